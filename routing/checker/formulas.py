"""Conditions as formulas over what a ticket and its customer may be (see `helpdesk.conditions.evaluate.ask`).

They over-approximate: every ticket is a model, but not every model a ticket. What the formulas exclude, no ticket can be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import z3

from helpdesk.conditions.filters import Numeric
from helpdesk.conditions.grammar import (
    Condition,
    ConsentCondition,
    Group,
    GroupCondition,
    MetricCondition,
    PredictionCondition,
    PropertyCondition,
    RegionCondition,
    TicketCondition,
)
from helpdesk.customers.facts import OWN, stored_name
from helpdesk.customers.predictions.bands import Bands
from helpdesk.tickets.models import Channel, Priority, SentimentLabel
from routing.checker.happenings import Happenings
from routing.checker.terms import Term, Terms
from routing.checker.values import Shape, Value

Look = tuple[str, str]  # of whom or what, and its name

_SCORES = {"urgent": (0, 5), "negative": (0, 3), "neutral": (4, 6), "positive": (7, 8), "promoter": (9, 10)}  # C10
_CHURN_RISK = ("customer", "churn_risk by its number")  # not the custom property of that name
_TEXT = Shape(is_text_or_nothing=True)
_ALWAYS_TEXT = Shape(is_text_or_nothing=True, always="text")
_SHAPES: dict[Look, Shape] = {
    **{("customer", name): _TEXT for name in OWN},
    **{("ticket", name): _TEXT for name in ("team", "assignee", "sentiment_score")},
    **{("ticket", name): _ALWAYS_TEXT for name in ("subject", "body", "language")},
    ("ticket", "channel"): Shape(tuple(Channel.values), "text", is_text_or_nothing=True),
    ("ticket", "status"): Shape(("open", "closed"), "text", is_text_or_nothing=True),
    ("ticket", "priority"): Shape(tuple(Priority.values), "text", is_text_or_nothing=True),
    ("ticket", "sentiment"): Shape(tuple(SentimentLabel.values), is_text_or_nothing=True),
    ("ticket", "tags"): Shape(always="list"),
    ("ticket", "created"): Shape(always="moment"),
}


class Formulas:
    """`bands`: the lowest number of each churn risk, the highest first."""

    def __init__(self, bands: Bands, until: float) -> None:
        self.terms, self.bands = Terms(), bands
        terms = self.terms
        self.values: dict[Look, Value] = {}
        self.happenings: dict[str, Happenings] = defaultdict(lambda: Happenings(terms, until))
        self.segments: dict[str, Term] = defaultdict(lambda: terms.truth("segment"))

    def group(self, group: Group) -> Term:
        return self.terms.any(map(self.condition, group.conditions))

    def condition(self, condition: Condition) -> Term:
        match condition:
            case MetricCondition():
                return self._measures(condition.measurement_filter, self.happenings[condition.metric].measured(condition))
            case TicketCondition(property=name):
                return self.value(("ticket", name)).passes(condition.filter)
            case PropertyCondition(property=name) | PredictionCondition(dimension=name):
                return self.value(look_of(name)).passes(condition.filter)
            case GroupCondition():
                return _if(condition.is_member, self.terms.any(self.segments[each] for each in condition.group_ids))
            case RegionCondition():
                return _if(condition.in_region, self.value(look_of("country")).text.parts["region", condition.region_id])
            case ConsentCondition():
                return self._consents(condition)

    def value(self, look: Look) -> Value:
        if look not in self.values:
            risks = Shape(tuple(band for _limit, band in self.bands), is_text_or_nothing=True)
            self.values[look] = Value(self.terms, risks if look == _CHURN_RISK else _SHAPES.get(look, Shape()))
        return self.values[look]

    def _measures(self, wanted: Numeric, measured: Term) -> Term:
        holds, negated = self.terms.compared(wanted, measured)
        return _if(not negated, holds)

    def _consents(self, condition: ConsentCondition) -> Term:
        text = self.value(look_of(f"{condition.channel}_consent")).text
        subscribed, unsubscribed = text.named["subscribed"], text.named["unsubscribed"]
        if condition.can_receive_marketing:
            return subscribed
        never = z3.Not(z3.Or(subscribed, unsubscribed))
        return {"any": z3.Not(subscribed), "unsubscribed": unsubscribed, "never_subscribed": never}[condition.subscription]

    def laws(self) -> Iterator[Term]:
        """What holds of every ticket, as far as the conditions that were turned into formulas ask."""
        yield from self._laws_of_sentiment()
        yield from self._laws_of_churn()
        for source in (self.values, self.happenings):
            for each in source.values():
                yield from each.laws()

    def _laws_of_sentiment(self) -> Iterator[Term]:
        """Neither or both, and only as they go together."""
        if not {("ticket", "sentiment"), ("ticket", "sentiment_score")}.isdisjoint(self.values):
            label, score = self.value(("ticket", "sentiment")).text, self.value(("ticket", "sentiment_score"))
            whole = self.terms.whole("score")
            fitting = [z3.And(label.named[name], whole >= low, whole <= high) for name, (low, high) in _SCORES.items()]
            scored = z3.And(score.is_number, score.number == z3.ToReal(whole), z3.Or(fitting))
            yield z3.If(label.is_there, scored, z3.Not(score.text.is_there))

    def _laws_of_churn(self) -> Iterator[Term]:
        """A risk has a number, though not every number has a risk: the text “0.9” is a number to filters, and no risk."""
        if _CHURN_RISK in self.values:
            risk, number = self.value(_CHURN_RISK).text, self.value(look_of("churn_probability"))
            higher = self.terms.all([])
            for limit, band in self.bands:
                reaches = number.number >= self.terms.double(limit)
                yield z3.Implies(risk.named[band], z3.And(number.is_number, reaches, higher))
                higher = z3.And(higher, z3.Not(reaches))


def look_of(name: str) -> Look:
    """What a property of the customer is kept as: two names may mean the same."""
    return _CHURN_RISK if name.removeprefix("$") == "churn_risk" else ("customer", stored_name(name))


def _if(wanted: bool, holds: Term) -> Term:
    return holds if wanted else z3.Not(holds)
