"""Evaluates a definition for one customer or ticket at an instant: quickly, or keeping what it saw."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Protocol

from helpdesk.conditions.base import Test
from helpdesk.conditions.grammar import (
    Condition,
    ConsentCondition,
    Definition,
    GroupCondition,
    MetricCondition,
    PredictionCondition,
    PropertyCondition,
    RegionCondition,
    TicketCondition,
)
from helpdesk.conditions.regions import lies_in
from helpdesk.conditions.wording import describe_condition


class Happening(Protocol):
    """One event: its time, its value, None when it has none, and what else is known of it."""

    @property
    def occurred_at(self) -> datetime: ...
    @property
    def value(self) -> Any: ...
    @property
    def properties(self) -> Mapping[str, Any]: ...


class Subject(Protocol):
    """Who or what is asked about. Loaded once, asked by all rules.

    `profile` answers `email_consent` and the like with "subscribed" or "unsubscribed"; `groups` with the ids of segments.
    """

    now: datetime

    def profile(self, name: str) -> Any: ...
    def ticket(self, name: str) -> Any: ...
    def events(self, metric: str) -> Iterable[Happening]: ...
    def groups(self) -> Collection[str]: ...


Look = Callable[[Subject, datetime], Any]
Matcher = Callable[[Subject, datetime], bool]


KEPT = 200


@dataclass(frozen=True)
class Seen:
    """One condition as it was evaluated (I2): its words, the value seen, true or false. Of a text the record keeps the first KEPT characters."""

    text: str
    value: Any
    result: bool

    def as_json(self) -> dict[str, Any]:
        return {"text": self.text, "value": _kept(self.value), "result": self.result}


def _kept(value: Any) -> Any:
    if isinstance(value, str):
        return value[:KEPT]
    return value.isoformat() if isinstance(value, date) else value


def evaluate(definition: Definition, subject: Subject) -> tuple[bool, list[Seen]]:
    """Whether it matches, and every condition with the value seen."""
    now = subject.now.astimezone(UTC)
    groups = [[_look(condition, subject, now) for condition in group.conditions] for group in definition.groups]
    return all(any(seen.result for seen in group) for group in groups), [seen for group in groups for seen in group]


def _look(condition: Condition, subject: Subject, now: datetime) -> Seen:
    look, test = parts_of(condition)
    value = look(subject, now)
    return Seen(describe_condition(condition), value, test(value, now))


@lru_cache(maxsize=1_000)
def compile_definition(definition: Definition) -> Matcher:
    """A function of the subject and of now; made once for equal definitions, and looking no further than it must."""
    groups = [[parts_of(condition) for condition in group.conditions] for group in definition.groups]

    def matches(subject: Subject, now: datetime) -> bool:
        now = now.astimezone(UTC)
        for group in groups:  # loops, not all(any(…)): a generator for each group costs more than its conditions
            for look, test in group:
                if test(look(subject, now), now):
                    break
            else:
                return False
        return True

    return matches


@lru_cache(maxsize=10_000)
def parts_of(condition: Condition) -> tuple[Look, Test]:
    """Where its value comes from, and what is asked of it."""
    match condition:
        case MetricCondition():
            return _measure(condition), condition.measurement_filter.test()
        case TicketCondition(property=name):
            return lambda subject, _now: subject.ticket(name), condition.filter.test()
        case PropertyCondition(property=name) | PredictionCondition(dimension=name):
            return lambda subject, _now: subject.profile(name), condition.filter.test()
        case GroupCondition():
            return _shared_groups(condition), lambda value, _now: bool(value) is condition.is_member
        case RegionCondition():
            return lambda subject, _now: subject.profile("country"), lambda value, _now: lies_in(value, condition.region_id) is condition.in_region
        case ConsentCondition():
            return lambda subject, _now: subject.profile(f"{condition.channel}_consent"), _consents(condition)


def _measure(condition: MetricCondition) -> Look:
    """How many of the events count, or the sum of their values."""
    wanted = [(each.property, each.filter.test()) for each in condition.metric_filters]

    def counted(subject: Subject, now: datetime) -> Iterable[Happening]:
        since, until = condition.timeframe.window(now)
        for event in subject.events(condition.metric):
            in_time = (since is None or since <= event.occurred_at) and (until is None or event.occurred_at < until)
            if in_time and all(test(event.properties.get(name), now) for name, test in wanted):
                yield event

    if condition.measurement == "count":
        return lambda subject, now: sum(1 for _ in counted(subject, now))
    return lambda subject, now: float(sum(event.value or 0 for event in counted(subject, now)))


def _shared_groups(condition: GroupCondition) -> Look:
    wanted = frozenset(condition.group_ids)
    return lambda subject, _now: sorted(wanted.intersection(subject.groups()))


def _consents(condition: ConsentCondition) -> Test:
    def test(value: Any, _now: datetime) -> bool:
        status = value if value in ("subscribed", "unsubscribed") else "never_subscribed"
        return (status == "subscribed") is condition.can_receive_marketing and condition.subscription in ("any", status)

    return test
