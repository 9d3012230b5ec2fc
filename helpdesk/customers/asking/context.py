"""What conditions ask about customers, loaded once for many of them and for all definitions at once (R1, R2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from django.db.models import Q

from helpdesk.conditions.grammar import Definition, GroupCondition, MetricCondition
from helpdesk.customers.facts import profile_value
from helpdesk.customers.models import Customer, Event, Membership


@dataclass(slots=True)
class Occurrence:
    """An event, as conditions look at it."""

    occurred_at: datetime
    value: Decimal | None
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class CustomerContext:
    """A `Subject` without a ticket. It knows the events that the definitions it was loaded for ask about, and no others."""

    customer: Customer
    now: datetime
    happenings: Mapping[str, Sequence[Occurrence]]
    memberships: frozenset[str]

    def profile(self, name: str) -> Any:
        return profile_value(self.customer, name)

    def ticket(self, name: str) -> Any:
        """A customer alone has no ticket: nothing is known of one."""
        return None

    def events(self, metric: str) -> Iterable[Occurrence]:
        return self.happenings.get(metric, ())

    def groups(self) -> Collection[str]:
        return self.memberships


@dataclass(frozen=True)
class Asked:
    """What definitions ask about customers: gathered once, for however many customers and instants."""

    metrics: tuple[MetricCondition, ...]
    event_properties: bool
    segments: bool


def asked_by(definitions: Iterable[Definition]) -> Asked:
    wanted = tuple(definitions)
    metrics = tuple({condition for definition in wanted for condition in _metrics(definition)})
    return Asked(metrics, any(metric.metric_filters for metric in metrics), any(_asks_groups(each) for each in wanted))


def load_contexts(customers: Sequence[Customer], asked: Asked, now: datetime) -> list[CustomerContext]:
    """In the order of `customers`. At most two queries, however many customers and definitions: events and memberships, where they are asked about."""
    events = _events(customers, _windows(asked.metrics, now), with_properties=asked.event_properties)
    groups = _memberships(customers) if asked.segments else {}
    return [CustomerContext(each, now, events.get(each.pk, {}), frozenset(groups.get(each.pk, ()))) for each in customers]


def _windows(metrics: Iterable[MetricCondition], now: datetime) -> dict[str, datetime | None]:
    """Of each metric, since when its events can matter; None for ever."""
    since: dict[str, datetime | None] = {}
    for condition in metrics:
        start = condition.timeframe.window(now)[0]
        known = since.get(condition.metric, start)
        since[condition.metric] = None if start is None or known is None else min(start, known)
    return since


@lru_cache(maxsize=10_000)
def _metrics(definition: Definition) -> tuple[MetricCondition, ...]:
    return tuple(each for group in definition.groups for each in group.conditions if isinstance(each, MetricCondition))


@lru_cache(maxsize=10_000)
def _asks_groups(definition: Definition) -> bool:
    return any(isinstance(each, GroupCondition) for group in definition.groups for each in group.conditions)


def _events(customers: Sequence[Customer], windows: Mapping[str, datetime | None], *, with_properties: bool) -> dict[int, dict[str, list[Occurrence]]]:
    found: dict[int, dict[str, list[Occurrence]]] = defaultdict(lambda: defaultdict(list))
    if windows:
        columns = ("customer_id", "metric", "occurred_at", "value", *(["properties"] if with_properties else []))
        in_time = [Q(metric=metric, **({"occurred_at__gte": since} if since else {})) for metric, since in windows.items()]
        rows = Event.objects.filter(reduce(or_, in_time), customer__in=[each.pk for each in customers]).values_list(*columns)
        for customer, metric, *what in rows:
            found[customer][metric].append(Occurrence(*what))
    return found


def _memberships(customers: Sequence[Customer]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = Membership.objects.filter(customer__in=[each.pk for each in customers], until=None).values_list("customer_id", "segment_id")
    for customer, segment in rows:
        found[customer].add(str(segment))
    return found
