"""Evaluates a definition for one customer or ticket at an instant: quickly, or keeping what it saw."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from helpdesk.conditions.base import Filter, Test
from helpdesk.conditions.dates import Timeframe
from helpdesk.conditions.grammar import (
    Condition,
    ConsentCondition,
    Definition,
    GroupCondition,
    MetricCondition,
    MetricFilter,
    PredictionCondition,
    PropertyCondition,
    RegionCondition,
    TicketCondition,
)
from helpdesk.conditions.regions import lies_in
from helpdesk.conditions.wording import Names, describe_condition


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


Matcher = Callable[[Subject, datetime], bool]


class Answers(dict["Look", Any]):
    """What a subject says at an instant: each look is made once, whoever asks and however often."""

    __slots__ = ("now", "subject")

    def __init__(self, subject: Subject, now: datetime) -> None:
        super().__init__()
        self.subject, self.now = subject, now.astimezone(UTC)

    def __missing__(self, look: Look) -> Any:
        found = self[look] = look(self)
        return found


Look = Callable[[Answers], Any]  # one function for equal questions, so that it can be the key of its answer


class Asked(NamedTuple):
    """A condition, ready to be asked: where its value comes from, and whether it holds."""

    value: Look
    holds: Look


KEPT = 200
_BEGINNING, _END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


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


def evaluate(
    definition: Definition, subject: Subject, *, answers: Answers | None = None, names: Names = None, asked: Mapping[Condition, Asked] | None = None
) -> tuple[bool, list[Seen]]:
    """Whether it matches, and every condition with the value seen. Definitions that share `answers` look up once what they all ask.

    `names` as in `describe`. `asked`: how each condition was asked when the answers were found.
    """
    answers = Answers(subject, subject.now) if answers is None else answers
    groups = [[_look(condition, answers, names, asked or {}) for condition in group.conditions] for group in definition.groups]
    return all(any(seen.result for seen in group) for group in groups), [seen for group in groups for seen in group]


def _look(condition: Condition, answers: Answers, names: Names, known: Mapping[Condition, Asked]) -> Seen:
    asked = known.get(condition) or ask(condition)
    return Seen(describe_condition(condition, names), answers[asked.value], answers[asked.holds])


@lru_cache(maxsize=1_000)
def compile_definition(definition: Definition) -> Matcher:
    """A function of the subject and of now, made once for equal definitions, and looking no further than it must."""
    holds = compiled(definition)
    return lambda subject, now: holds(Answers(subject, now))


@lru_cache(maxsize=2_000)
def compiled(definition: Definition) -> Callable[[Answers], bool]:
    """The same for those who share what was answered: what several definitions ask is looked up once."""
    groups = [[ask(condition).holds for condition in group.conditions] for group in definition.groups]

    def holds(answers: Answers) -> bool:
        for group in groups:  # loops, not all(any(…)): a generator for each group costs more than its conditions
            for condition in group:
                if answers[condition]:
                    break
            else:
                return False
        return True

    return holds


@lru_cache(maxsize=10_000)
def ask(condition: Condition) -> Asked:
    match condition:
        case MetricCondition():
            look = _measure(condition.metric, condition.measurement, condition.timeframe, condition.metric_filters)
            return _by(condition.measurement_filter, look)
        case TicketCondition(property=name):
            return _by(condition.filter, _ticket(name))
        case PropertyCondition(property=name) | PredictionCondition(dimension=name):
            return _by(condition.filter, _profile(name))
        case GroupCondition():
            return _asked(_shared_groups(condition.group_ids), lambda shared, _now: bool(shared) is condition.is_member)
        case RegionCondition():
            return _asked(_profile("country"), lambda country, _now: lies_in(country, condition.region_id) is condition.in_region)
        case ConsentCondition():
            return _asked(_profile(f"{condition.channel}_consent"), _consents(condition))


def _by(test: Filter, look: Look) -> Asked:
    return Asked(look, _asked(_read(look, type(test).reads), test.test()).holds)


def _asked(look: Look, test: Test) -> Asked:
    return Asked(look, lambda answers: test(answers[look], answers.now))


@lru_cache(maxsize=10_000)
def _read(look: Look, reads: Callable[[Any], Any]) -> Look:
    return lambda answers: reads(answers[look])


@lru_cache(maxsize=10_000)
def _profile(name: str) -> Look:
    return lambda answers: answers.subject.profile(name)


@lru_cache(maxsize=100)
def _ticket(name: str) -> Look:
    return lambda answers: answers.subject.ticket(name)


@lru_cache(maxsize=10_000)
def _shared_groups(group_ids: tuple[str, ...]) -> Look:
    wanted = frozenset(group_ids)
    return lambda answers: sorted(wanted.intersection(answers.subject.groups()))


@lru_cache(maxsize=10_000)
def _measure(metric: str, measurement: str, timeframe: Timeframe, metric_filters: tuple[MetricFilter, ...]) -> Look:
    """How many of the events count, or the sum of their values."""
    wanted = [(each.property, type(each.filter).reads, each.filter.test()) for each in metric_filters]

    def counted(answers: Answers) -> list[Happening]:
        since, until = timeframe.window(answers.now)
        since, until = since or _BEGINNING, until or _END
        events = [event for event in answers.subject.events(metric) if since <= event.occurred_at < until]
        for name, reads, test in wanted:
            events = [event for event in events if test(reads(event.properties.get(name)), answers.now)]
        return events

    if measurement == "count":
        return lambda answers: len(counted(answers))
    return lambda answers: float(sum(event.value or 0 for event in counted(answers)))


def _consents(condition: ConsentCondition) -> Test:
    def test(value: Any, _now: datetime) -> bool:
        status = value if value in ("subscribed", "unsubscribed") else "never_subscribed"
        return (status == "subscribed") is condition.can_receive_marketing and condition.subscription in ("any", status)

    return test
