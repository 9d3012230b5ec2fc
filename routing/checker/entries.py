"""What one list may hold."""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Iterator

import z3

from helpdesk.conditions.filters import ListFilter, positive
from routing.checker.terms import Term, Terms

_MOST = 100  # entries that are counted, and substrings whose pairs are looked at
_LENGTHS = {
    "length-equals": operator.eq,
    "length-greater-than": operator.gt,
    "length-greater-than-or-equal": operator.ge,
    "length-less-than": operator.lt,
    "length-less-than-or-equal": operator.le,
}


class Entries:
    """Each entry that rules name is held or not; what else is in the list counts in its length alone."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.is_there, self.is_filled, self.length = terms.truth("list"), terms.truth("filled"), terms.whole("length")
        self.is_measured = False
        self.held: dict[str, Term] = defaultdict(lambda: terms.truth("entry"))
        self.substrings: dict[str, Term] = defaultdict(lambda: terms.truth("substring"))

    def passes(self, wanted: ListFilter) -> Term:
        if compare := _LENGTHS.get(wanted.operator):
            self.is_measured = True
            return z3.And(self.is_there, compare(self.length, wanted.value))
        name, negated = positive(wanted.operator)
        holds = self._holds(name, wanted.entries())
        return z3.Not(holds) if negated else holds

    def _holds(self, name: str, wanted: str | tuple[str, ...]) -> Term:
        if isinstance(wanted, str):
            return (self.substrings if name == "contains-substring" else self.held)[wanted]
        each = [self.held[entry] for entry in wanted]
        return self.terms.any(each) if name == "contains-any" else self.terms.all(each)

    def laws(self) -> Iterator[Term]:
        for holds in (*self.held.values(), *self.substrings.values()):
            yield z3.Implies(holds, z3.And(self.is_there, self.is_filled))
        if self.is_measured:
            yield z3.And(self.length >= 0, self.is_filled == (self.length > 0))
        if self.is_measured and 1 < len(self.held) <= _MOST:
            yield self.length >= z3.Sum([z3.If(holds, 1, 0) for holds in self.held.values()])
        if len(self.substrings) <= _MOST:
            yield from self._laws_of_substrings()

    def _laws_of_substrings(self) -> Iterator[Term]:
        wholes = [*self.held.items(), *self.substrings.items()]
        for text, holds in self.substrings.items():
            if not text:
                yield z3.Implies(z3.And(self.is_there, self.is_filled), holds)
            yield from (z3.Implies(held, holds) for whole, held in wholes if text in whole)
