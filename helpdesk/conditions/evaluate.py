"""Evaluates a definition for one customer or ticket at an instant, and keeps what it saw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from helpdesk.conditions.grammar import Condition, Definition, MetricCondition, PropertyCondition
from helpdesk.conditions.wording import describe_condition


class Happening(Protocol):
    """One event: its time and its value, None when it has none."""

    @property
    def occurred_at(self) -> datetime: ...
    @property
    def value(self) -> Any: ...


class Subject(Protocol):
    """Who or what is asked about. Loaded once, asked by all rules."""

    now: datetime

    def profile(self, name: str) -> Any: ...
    def ticket(self, name: str) -> Any: ...
    def events(self, metric: str) -> Iterable[Happening]: ...


KEPT = 200


@dataclass(frozen=True)
class Seen:
    """One condition as it was evaluated (I2): its words, the value seen, true or false. Of a text the record keeps the first KEPT characters."""

    text: str
    value: Any
    result: bool

    def as_json(self) -> dict[str, Any]:
        return {"text": self.text, "value": self.value[:KEPT] if isinstance(self.value, str) else self.value, "result": self.result}


def evaluate(definition: Definition, subject: Subject) -> tuple[bool, list[Seen]]:
    """Whether it matches, and every condition with the value seen."""
    groups = [[_look(condition, subject) for condition in group.conditions] for group in definition.groups]
    return all(any(seen.result for seen in group) for group in groups), [seen for group in groups for seen in group]


def _look(condition: Condition, subject: Subject) -> Seen:
    value = _value(condition, subject)
    test = condition.measurement_filter if isinstance(condition, MetricCondition) else condition.filter
    return Seen(describe_condition(condition), value, test.matches(value))


def _value(condition: Condition, subject: Subject) -> Any:
    if isinstance(condition, MetricCondition):
        return _measure(condition, subject)
    if isinstance(condition, PropertyCondition):
        return subject.profile(condition.property)
    return subject.ticket(condition.property)


def _measure(condition: MetricCondition, subject: Subject) -> float:
    since, until = condition.timeframe.window(subject.now)
    events = [event for event in subject.events(condition.metric) if (since is None or since <= event.occurred_at) and event.occurred_at < until]
    return len(events) if condition.measurement == "count" else float(sum(event.value or 0 for event in events))
