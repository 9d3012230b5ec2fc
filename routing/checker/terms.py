"""The variables of one check. They live in a context of their own: z3's global one is not to be used by two threads."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import z3

from helpdesk.conditions.dates import INSTANT, Date, Timeframe
from helpdesk.conditions.filters import Numeric, positive

Term = Any  # z3 has no types
Bound = timedelta | datetime | None  # around now, on the calendar, or none

_COMPARISONS = {
    "equals": operator.eq,
    "greater-than": operator.gt,
    "greater-than-or-equal": operator.ge,
    "less-than": operator.lt,
    "less-than-or-equal": operator.le,
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)  # far enough from both ends of the calendar for every window


class Terms:
    """Every number, text and instant is over-approximated: what is not said of a variable, it may be."""

    def __init__(self) -> None:
        self.context = z3.Context()
        self.now = self.whole("now")  # microseconds since 1970, as all instants

    def truth(self, name: str) -> Term:
        return z3.FreshBool(name, self.context)

    def whole(self, name: str) -> Term:
        return z3.FreshInt(name, self.context)

    def number(self, name: str) -> Term:
        return z3.FreshReal(name, self.context)

    def double(self, value: float) -> Term:
        exact = Fraction(float(value))
        return int(exact) if exact.denominator == 1 else z3.RealVal(str(exact), self.context)

    def compared(self, wanted: Numeric, number: Term) -> tuple[Term, bool]:
        """What the filter says without its *not*, and whether it had one."""
        name, negated = positive(wanted.operator)
        return _COMPARISONS[name](number, self.double(wanted.value)), negated

    def all(self, terms: Iterable[Term]) -> Term:
        return z3.And([z3.BoolVal(True, self.context), *terms])

    def any(self, terms: Iterable[Term]) -> Term:
        return z3.Or([z3.BoolVal(False, self.context), *terms])

    def bound(self, bound: timedelta | datetime) -> Term:
        return self.now + bound // INSTANT if isinstance(bound, timedelta) else instant(bound)

    def within(self, moment: Term, low: Bound, high: Bound) -> Term:
        since = [] if low is None else [self.bound(low) <= moment]
        return self.all(since if high is None else [*since, moment < self.bound(high)])


def instant(moment: datetime) -> int:
    return (moment - _EPOCH) // INSTANT


def bounds(stretch: Date | Timeframe) -> tuple[Bound, Bound]:
    """The half-open stretch, as it lies at any time. The calendar wins where a timeframe's end is also that of the past."""
    since, until = stretch.window(_SOME_DAY)
    return stretch.start or (since and since - _SOME_DAY), stretch.end or (until and until - _SOME_DAY)
