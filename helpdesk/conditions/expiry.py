"""How long a match holds (I12): "Placed Order at 13:07 → true until 15:07"."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from helpdesk.conditions.base import Filter
from helpdesk.conditions.dates import HORIZON, Date, as_moment
from helpdesk.conditions.evaluate import Answers, Subject, ask, compile_definition
from helpdesk.conditions.grammar import Condition, Definition, MetricCondition, PredictionCondition, PropertyCondition


def valid_until(definition: Definition, subject: Subject, now: datetime, *, horizon: timedelta = HORIZON) -> datetime | None:
    """The first instant, from now on, at which it is not true if nothing else happens; None when that is not before the horizon: ten years."""
    return next_change(definition, subject, now, horizon=horizon) if compile_definition(definition)(subject, now) else now.astimezone(UTC)


def next_change(definition: Definition, subject: Subject, now: datetime, *, horizon: timedelta = HORIZON) -> datetime | None:
    """The first instant after now at which the answer is another if nothing else happens; None when that is not before the horizon.

    Only at the turns of its dates can the answer change: so it is asked at each, in order, and nowhere between.
    """
    now = now.astimezone(UTC)
    matches = compile_definition(definition)
    answer = matches(subject, now)
    turns = {turn for group in definition.groups for condition in group.conditions for turn in _turns(condition, subject, now) if now < turn <= now + horizon}
    return next((moment for moment in sorted(turns) if matches(subject, moment) is not answer), None)


def _turns(condition: Condition, subject: Subject, now: datetime) -> Iterator[datetime]:
    match condition:
        case MetricCondition():
            for event in subject.events(condition.metric):
                yield from condition.timeframe.turns(event.occurred_at, now)
                for wanted in condition.metric_filters:
                    yield from _turns_of_value(wanted.filter, event.properties.get(wanted.property), now)
        case PropertyCondition() | PredictionCondition():
            yield from _turns_of_value(condition.filter, ask(condition).value(Answers(subject, now)), now)


def _turns_of_value(test: Filter, value: object, now: datetime) -> Iterator[datetime]:
    moment = as_moment(value)
    if isinstance(test, Date) and moment is not None:
        yield from test.turns(moment, now)
