"""The grammar of conditions (SPEC part 3): JSON in, dataclasses out, or an error that names the place; and back again.

definition := {"condition_groups": [group, …]}     groups joined by AND
group      := {"conditions": [condition, …]}       conditions in a group joined by OR
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from helpdesk.conditions.base import Filter
from helpdesk.conditions.dates import Date, Timeframe
from helpdesk.conditions.filter_grammar import parse_filter, parse_timeframe
from helpdesk.conditions.filters import Existence, ListFilter, Numeric, String
from helpdesk.conditions.regions import REGIONS
from helpdesk.conditions.shape import DefinitionError, choice, fields, items, join, text, texts, truth

__all__ = ["DefinitionError", "as_json", "parse_definition"]

LIMIT = 100
TICKET_FIELDS = ("channel", "tags", "status", "sentiment", "sentiment_score", "subject", "body", "language", "team", "assignee", "priority", "created")
EXPECTED_DATE = "expected_date_of_next_purchase"
DIMENSIONS = (
    *("average_days_between_orders", "average_order_value", "churn_probability", "historic_clv", "historic_number_of_orders"),
    *("predicted_clv", "predicted_number_of_orders", "total_clv", EXPECTED_DATE),
)
SUBSCRIPTIONS = {True: ("any", "subscribed"), False: ("any", "unsubscribed", "never_subscribed")}


@dataclass(frozen=True)
class MetricFilter:
    """Which events count: those whose property passes."""

    property: str
    filter: Filter

    def as_json(self) -> dict[str, Any]:
        return {"property": self.property, "filter": self.filter.as_json()}


@dataclass(frozen=True)
class MetricCondition:
    """What someone has done, or not done (R8)."""

    metric: str
    measurement: str
    measurement_filter: Numeric
    timeframe: Timeframe
    metric_filters: tuple[MetricFilter, ...] = ()
    type: ClassVar[str] = "profile-metric"

    def as_json(self) -> dict[str, Any]:
        written = {
            "type": self.type,
            "metric": self.metric,
            "measurement": self.measurement,
            "measurement_filter": self.measurement_filter.as_json(),
            "timeframe_filter": self.timeframe.as_json(),
        }
        return written | ({"metric_filters": [wanted.as_json() for wanted in self.metric_filters]} if self.metric_filters else {})


@dataclass(frozen=True)
class PropertyCondition:
    """Properties about someone (R9): a well-known name, or `properties['x']`."""

    property: str
    filter: Filter
    type: ClassVar[str] = "profile-property"

    def as_json(self) -> dict[str, Any]:
        return {"type": self.type, "property": self.property, "filter": self.filter.as_json()}


@dataclass(frozen=True)
class TicketCondition(PropertyCondition):
    """Ticket properties (R10)."""

    type: ClassVar[str] = "ticket-property"


@dataclass(frozen=True)
class PredictionCondition:
    """Predictive analytics (R2, R5): numbers, and the date of the next purchase."""

    dimension: str
    filter: Filter
    type: ClassVar[str] = "profile-predictive-analytics"

    def as_json(self) -> dict[str, Any]:
        return {"type": self.type, "dimension": self.dimension, "filter": self.filter.as_json()}


@dataclass(frozen=True)
class GroupCondition:
    """In any of these segments, or in none of them."""

    is_member: bool
    group_ids: tuple[str, ...]
    type: ClassVar[str] = "profile-group-membership"

    def as_json(self) -> dict[str, Any]:
        return {"type": self.type, "is_member": self.is_member, "group_ids": list(self.group_ids)}


@dataclass(frozen=True)
class RegionCondition:
    in_region: bool
    region_id: str
    type: ClassVar[str] = "profile-region"

    def as_json(self) -> dict[str, Any]:
        return {"type": self.type, "in_region": self.in_region, "region_id": self.region_id}


@dataclass(frozen=True)
class ConsentCondition:
    """Whether we may send marketing on this channel, and why; who never chose is `never_subscribed`."""

    channel: str
    can_receive_marketing: bool
    subscription: str = "any"
    type: ClassVar[str] = "profile-marketing-consent"

    def as_json(self) -> dict[str, Any]:
        status = {} if self.subscription == "any" else {"consent_status": {"subscription": self.subscription}}
        return {"type": self.type, "consent": {"channel": self.channel, "can_receive_marketing": self.can_receive_marketing} | status}


Condition = MetricCondition | PropertyCondition | TicketCondition | PredictionCondition | GroupCondition | RegionCondition | ConsentCondition


@dataclass(frozen=True)
class Group:
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Definition:
    groups: tuple[Group, ...]


def as_json(definition: Definition) -> dict[str, Any]:
    """What `parse_definition` reads as the same definition."""
    return {"condition_groups": [{"conditions": [condition.as_json() for condition in group.conditions]} for group in definition.groups]}


def parse_definition(data: Any) -> Definition:
    """DefinitionError for anything that is not the grammar; nothing unknown is passed over in silence."""
    _must_be_storable(data)
    groups = items(fields(data, "", "condition_groups"), "condition_groups", "")
    parsed = Definition(tuple(_group(group, f"condition_groups[{i}]") for i, group in enumerate(groups)))
    if sum(len(group.conditions) for group in parsed.groups) > LIMIT:
        raise DefinitionError("condition_groups", f"at most {LIMIT} conditions")
    return parsed


def _must_be_storable(data: Any) -> None:
    """Half a surrogate pair and NUL are JSON, but no page can show the one and PostgreSQL keeps neither."""
    try:
        written = json.dumps(data, ensure_ascii=False)
        written.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise DefinitionError("definition", "text that can be stored") from error
    if "\\u0000" in written:
        raise DefinitionError("definition", "text without NUL characters")


def _group(data: Any, path: str) -> Group:
    conditions = items(fields(data, path, "conditions"), "conditions", path)
    return Group(tuple(_condition(condition, f"{path}.conditions[{i}]") for i, condition in enumerate(conditions)))


def _condition(data: Any, path: str) -> Condition:
    return _CONDITIONS[choice(data, "type", path, tuple(_CONDITIONS))](data, path)


def _metric(data: Any, path: str) -> MetricCondition:
    fields(data, path, "type", "metric", "measurement", "measurement_filter", "timeframe_filter", optional=["metric_filters"])
    measured = parse_filter(data["measurement_filter"], f"{path}.measurement_filter", Numeric)
    assert isinstance(measured, Numeric)
    wanted = items(data, "metric_filters", path) if data.get("metric_filters") else []
    return MetricCondition(
        metric=text(data, "metric", path),
        measurement=choice(data, "measurement", path, ("count", "sum")),
        measurement_filter=measured,
        timeframe=parse_timeframe(data["timeframe_filter"], f"{path}.timeframe_filter"),
        metric_filters=tuple(_metric_filter(one, f"{path}.metric_filters[{i}]") for i, one in enumerate(wanted)),
    )


def _metric_filter(data: Any, path: str) -> MetricFilter:
    fields(data, path, "property", "filter")
    return MetricFilter(text(data, "property", path), parse_filter(data["filter"], f"{path}.filter"))


def _profile_property(data: Any, path: str) -> PropertyCondition:
    fields(data, path, "type", "property", "filter")
    return PropertyCondition(text(data, "property", path), parse_filter(data["filter"], f"{path}.filter"))


def _ticket_property(data: Any, path: str) -> TicketCondition:
    fields(data, path, "type", "property", "filter")
    name = choice(data, "property", path, TICKET_FIELDS)
    allowed = _TICKET_FILTERS.get(name, (String, Existence))  # any other would never match, and not say so
    return TicketCondition(name, parse_filter(data["filter"], f"{path}.filter", *allowed))


_TICKET_FILTERS: dict[str, tuple[type[Any], ...]] = {
    "tags": (ListFilter, Existence),
    "sentiment_score": (Numeric, Existence),
    "created": (Date, Existence),
}


def _prediction(data: Any, path: str) -> PredictionCondition:
    fields(data, path, "type", "dimension", "filter")
    dimension = choice(data, "dimension", path, DIMENSIONS)
    kind = Date if dimension == EXPECTED_DATE else Numeric
    return PredictionCondition(dimension, parse_filter(data["filter"], f"{path}.filter", kind, Existence))


def _membership(data: Any, path: str) -> GroupCondition:
    fields(data, path, "type", "is_member", "group_ids")
    return GroupCondition(truth(data["is_member"], join(path, "is_member")), texts(data["group_ids"], join(path, "group_ids")))


def _region(data: Any, path: str) -> RegionCondition:
    fields(data, path, "type", "in_region", "region_id")
    return RegionCondition(truth(data["in_region"], join(path, "in_region")), choice(data, "region_id", path, tuple(REGIONS)))


def _consent(data: Any, path: str) -> ConsentCondition:
    fields(data, path, "type", "consent")
    consent, path = data["consent"], join(path, "consent")
    fields(consent, path, "channel", "can_receive_marketing", optional=["consent_status"])
    channel = choice(consent, "channel", path, ("email", "sms", "push"))
    can_receive = truth(consent["can_receive_marketing"], join(path, "can_receive_marketing"))
    if "consent_status" not in consent:
        return ConsentCondition(channel, can_receive)
    status = fields(consent["consent_status"], join(path, "consent_status"), "subscription")
    return ConsentCondition(channel, can_receive, choice(status, "subscription", join(path, "consent_status"), SUBSCRIPTIONS[can_receive]))


_CONDITIONS: dict[str, Callable[[Any, str], Condition]] = {
    MetricCondition.type: _metric,
    PropertyCondition.type: _profile_property,
    PredictionCondition.type: _prediction,
    GroupCondition.type: _membership,
    RegionCondition.type: _region,
    ConsentCondition.type: _consent,
    TicketCondition.type: _ticket_property,
}
