"""A ticket that two rules match: made up from a model, asked with the evaluator that routes, and put into words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import z3

from helpdesk.conditions.base import Filter
from helpdesk.conditions.dates import INSTANT, Date
from helpdesk.conditions.evaluate import Answers, ask, compile_definition
from helpdesk.conditions.filters import Boolean, ListFilter, Numeric, String, positive
from helpdesk.conditions.grammar import (
    Condition,
    ConsentCondition,
    Definition,
    Group,
    GroupCondition,
    MetricCondition,
    PredictionCondition,
    PropertyCondition,
    RegionCondition,
)
from routing.checker.formulas import Formulas, Look, look_of
from routing.checker.happenings import Happenings
from routing.checker.terms import Term
from routing.checker.texts import Text
from routing.checker.values import Value

_MOST = 50  # events, and entries of a list
_PARTS = ("contains", "starts-with", "ends-with", "regex")  # what else is in such a text was made up
_ANY_TEXT = "…"


@dataclass(frozen=True)
class Occurrence:
    occurred_at: datetime
    value: Any = None
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class MadeUp:
    """A `Subject`."""

    now: datetime
    values: dict[Look, Any]
    happenings: dict[str, list[Occurrence]]
    segments: list[str]

    def profile(self, name: str) -> Any:
        return self.values.get(look_of(name))

    def ticket(self, name: str) -> Any:
        return self.values.get(("ticket", name))

    def events(self, metric: str) -> Iterable[Occurrence]:
        return self.happenings.get(metric, [])

    def groups(self) -> Collection[str]:
        return self.segments


def shown(formulas: Formulas, model: Term, now: datetime, *, matching: Sequence[Definition], others: Iterable[Definition]) -> Definition | None:
    """What is true of a ticket that the first match and no other does, as conditions.

    None if the model is no such ticket after all, or nothing can be said of it.
    """
    try:
        ticket = _made_up(formulas, _Model(model), now)
    except OverflowError:  # a date or a number beyond all that there are
        return None
    if not all(compile_definition(each)(ticket, now) for each in matching) or any(compile_definition(each)(ticket, now) for each in others):
        return None
    asked = {condition for definition in matching for group in definition.groups for condition in group.conditions}
    answers = Answers(ticket, now)
    facts = dict.fromkeys(fact for condition in sorted(asked, key=repr) for fact in _facts(condition, answers))
    return Definition(tuple(Group((fact,)) for fact in facts)) if facts else None


class _Model:
    def __init__(self, model: Term) -> None:
        self.model = model

    def is_true(self, term: Term) -> bool:
        return bool(z3.is_true(self.model.eval(term, model_completion=True)))

    def whole(self, term: Term) -> int:
        return int(self.model.eval(term, model_completion=True).as_long())

    def number(self, term: Term) -> float:
        found = float(self.model.eval(term, model_completion=True).as_fraction())
        return int(found) if found.is_integer() else found

    def true(self, terms: Mapping[Any, Term]) -> list[Any]:
        return [name for name, term in terms.items() if self.is_true(term)]


def _made_up(formulas: Formulas, model: _Model, now: datetime) -> MadeUp:
    values = {look: _value(value, model, now) for look, value in formulas.values.items()}
    events = {metric: _events(happenings, model, now) for metric, happenings in formulas.happenings.items()}
    return MadeUp(now, values, events, model.true(formulas.segments))


def _value(value: Value, model: _Model, now: datetime) -> Any:
    """Of what it may be as JSON that which the filters asked about."""
    if model.is_true(value.entries.is_there):
        return _entries(value, model)
    if Boolean in value.asked and model.is_true(value.is_true):
        return True
    if Boolean in value.asked and model.is_true(value.is_false):
        return False
    if Date in value.asked and model.is_true(value.is_moment):
        away = model.whole(value.moment) - model.whole(value.terms.now)
        return (now + away * INSTANT).isoformat()
    if Numeric in value.asked and model.is_true(value.is_number):
        return model.number(value.number)
    return _text(value.text, model) if model.is_true(value.text.is_there) else None


def _entries(value: Value, model: _Model) -> list[str]:
    held = [*model.true(value.entries.held), *model.true(value.entries.substrings)]
    missing = model.whole(value.entries.length) - len(held) if value.entries.is_measured else 0
    return held + [f"{number}" for number in range(min(missing, _MOST))]


def _text(text: Text, model: _Model) -> str:
    if named := model.true(text.named):
        return str(named[0])
    parts = model.true(text.parts)
    starts, ends = (max((value for name, value in parts if name == wanted), key=len, default="") for wanted in ("starts-with", "ends-with"))
    return starts + "".join(f" {value} " for name, value in parts if name == "contains") + ends or _ANY_TEXT


def _events(happenings: Happenings, model: _Model, now: datetime) -> list[Occurrence]:
    """As many as lie between one bound around now and the next, each at the first instant there."""
    wanted = min((wanted for wanted, _bound in happenings.before), key=len)
    bounds = sorted({bound for _wanted, bound in happenings.before if isinstance(bound, timedelta)})
    before = [0, *(model.whole(happenings.before[wanted, bound]) for bound in bounds)]
    starts = [bounds[0] - timedelta(hours=1), *bounds]
    times = [now + start for start, (earlier, later) in zip(starts, pairwise(before), strict=False) for _ in range(min(later - earlier, _MOST))]
    total = max(map(model.number, happenings.sums.values()), default=0)
    return [Occurrence(at, total / len(times)) for at in times]


def _facts(condition: Condition, answers: Answers) -> Iterator[Condition]:
    """What a condition asked, answered; nothing where there is nothing."""
    value, holds = (answers[asked] for asked in ask(condition))
    match condition:
        case MetricCondition() if value:
            yield replace(condition, measurement_filter=Numeric("equals", value))
        case GroupCondition():
            yield from (GroupCondition(is_member=True, group_ids=(number,)) for number in value)
        case ConsentCondition() if value in ("subscribed", "unsubscribed"):
            yield ConsentCondition(condition.channel, value == "subscribed", value)
        case RegionCondition() if value:
            yield PropertyCondition("country", String("equals", value))
        case PropertyCondition(filter=wanted) | PredictionCondition(filter=wanted):
            is_whole = not isinstance(wanted, Date) and positive(wanted.operator)[0] not in _PARTS
            test = _equals(value) if is_whole else wanted if holds else None
            yield from [] if test is None else [replace(condition, filter=test)]


def _equals(value: Any) -> Filter | None:
    match value:
        case bool():
            return Boolean("equals", value)
        case int() | float():
            return Numeric("equals", value)
        case str() if value != _ANY_TEXT:
            return String("equals", value)
        case [_, *_]:
            return ListFilter("contains-all", tuple(value))
    return None
