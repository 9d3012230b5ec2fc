"""How often things may have happened, and for how much.

Of one metric and one set of filters, `before` each bound so many events have happened: numbers that rise with the bounds. A window
holds what lies between two of them, so that windows within each other, side by side and apart relate as they should. What moves with
now and what is fixed on the calendar are two scales, which meet in “until now”; otherwise nothing is said of one by the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise, permutations

import z3

from helpdesk.conditions.dates import INSTANT, Timeframe
from helpdesk.conditions.grammar import MetricCondition, MetricFilter
from routing.checker.solving import Solver
from routing.checker.terms import Bound, Term, Terms, bounds
from routing.checker.values import Shape, Value

_MOST = 20  # sets of filters of one metric that are compared by their meaning; more only by what they name

Wanted = frozenset[MetricFilter]


class Happenings:
    """Of one metric."""

    def __init__(self, terms: Terms, until: float) -> None:
        self.terms, self.until = terms, until
        self.before: dict[tuple[Wanted, Bound], Term] = defaultdict(lambda: terms.whole("before"))
        self.sums: dict[tuple[Wanted, Timeframe], Term] = defaultdict(lambda: terms.number("sum"))

    def measured(self, condition: MetricCondition) -> Term:
        """How many, or how much."""
        wanted = frozenset(condition.metric_filters)
        if condition.measurement == "count":
            return self._count(wanted, condition.timeframe)
        return self.sums[wanted, condition.timeframe]

    def _count(self, wanted: Wanted, timeframe: Timeframe) -> Term:
        low, high = bounds(timeframe)
        return self.before[wanted, high] - (0 if low is None else self.before[wanted, low])

    def laws(self) -> Iterator[Term]:
        for (wanted, timeframe), total in list(self.sums.items()):
            yield z3.Implies(self._count(wanted, timeframe) == 0, total == 0)
        sets = {wanted for wanted, _bound in self.before}
        event = _AnEvent(self.terms, sets if len(sets) <= _MOST else (), self.until)
        for wanted in sets:
            yield from (step >= 0 if event.is_possible(wanted) else step == 0 for step in self._steps(wanted))
        for fewer, more in permutations(sets, 2):
            if more < fewer or event.passes_too(fewer, more):
                yield from (some <= others for some, others in zip(self._steps(fewer), self._steps(more), strict=True))

    @cached_property
    def _scales(self) -> list[list[Bound]]:
        known = {bound for _wanted, bound in self.before}
        around_now = sorted({bound for bound in known if isinstance(bound, timedelta)} | {INSTANT})
        return [[*around_now], [*sorted(bound for bound in known if isinstance(bound, datetime)), INSTANT]]

    def _steps(self, wanted: Wanted) -> list[Term]:
        """What has happened between each bound and the next, of both scales."""
        scales = [[self.before[wanted, bound] for bound in scale] for scale in self._scales]
        return [step for numbers in scales for step in (numbers[0], *(later - earlier for earlier, later in pairwise(numbers)))]


class _AnEvent:
    """Any event of a metric, and the sets of filters that it may pass. Of other sets nothing is known."""

    def __init__(self, terms: Terms, sets: Iterable[Wanted], until: float) -> None:
        properties: dict[str, Value] = defaultdict(lambda: Value(terms, Shape()))
        passes = {wanted: terms.all(properties[each.property].passes(each.filter) for each in wanted) for wanted in sets}
        self.solver = Solver(terms, (law for value in properties.values() for law in value.laws()), until)
        self.passes = {wanted: self.solver.literal(term) for wanted, term in passes.items()}
        self.fails = {wanted: self.solver.literal(z3.Not(term)) for wanted, term in passes.items()}

    def is_possible(self, wanted: Wanted) -> bool:
        return wanted not in self.passes or self.solver.is_possible([self.passes[wanted]])

    def passes_too(self, fewer: Wanted, more: Wanted) -> bool:
        asked = {each.property for each in fewer}
        if not (fewer in self.passes and all(each.property in asked for each in more)):
            return False
        return not self.solver.is_possible([self.passes[fewer], self.fails[more]])
