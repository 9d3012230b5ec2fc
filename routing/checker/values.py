"""What one look may see: a text, a number, yes or no, a list, an object, or nothing; and how one type of filter follows from another.

The links are those of JSON: a number has a text, a date is a text, a list has none of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import z3

from helpdesk.conditions.base import Filter
from helpdesk.conditions.dates import Date, as_moment
from helpdesk.conditions.filters import Boolean, Existence, ListFilter, Numeric, String, as_number
from routing.checker.entries import Entries
from routing.checker.terms import Term, Terms, bounds, instant
from routing.checker.texts import Text


@dataclass(frozen=True)
class Shape:
    """What is known of a look beforehand. `texts`: it is one of these, or no text. `always`: what of it is always there."""

    texts: tuple[str, ...] = ()
    always: str = ""
    is_text_or_nothing: bool = False


class Value:
    """Variables for each type of filter that asks, and the laws between them."""

    def __init__(self, terms: Terms, shape: Shape) -> None:
        self.terms, self.shape = terms, shape
        self.text, self.entries = Text(terms), Entries(terms)
        self.is_set = terms.truth("set")
        self.is_number, self.number = terms.truth("is number"), terms.number("number")
        self.is_moment, self.moment = terms.truth("is moment"), terms.whole("moment")
        self.is_true, self.is_false = terms.truth("true"), terms.truth("false")
        self.days: dict[Date, Term] = defaultdict(lambda: terms.truth("day"))
        self.asked: set[type[Filter]] = set()

    def passes(self, wanted: Filter) -> Term:
        self.asked.add(type(wanted))
        match wanted:
            case Numeric():
                return self._compares(wanted)
            case String():
                return self.text.passes(wanted)
            case Boolean():
                return self.is_true if wanted.value else self.is_false
            case Existence():
                return self.is_set if wanted.operator == "is-set" else z3.Not(self.is_set)
            case ListFilter():
                return self.entries.passes(wanted)
            case Date():
                return z3.And(self.is_moment, self._lies(wanted))
        raise TypeError(wanted)

    def _compares(self, wanted: Numeric) -> Term:
        holds, negated = self.terms.compared(wanted, self.number)
        return z3.Not(z3.And(self.is_number, holds)) if negated else z3.And(self.is_number, holds)

    def _lies(self, wanted: Date) -> Term:
        """The days of a year stay free, but that a day is in one month only."""
        return self.days[wanted] if wanted.operator in Date.yearless else self.terms.within(self.moment, *bounds(wanted))

    def laws(self) -> Iterator[Term]:
        yield from self._laws_of_shape()
        yield from self._laws_of_types()
        yield from self.text.laws()
        yield from self.entries.laws()
        for text, is_it in self.text.named.items():
            yield z3.Implies(is_it, self.terms.all(self._read(text)))
        months = [term for wanted, term in self.days.items() if wanted.operator == "calendar-month"]
        if len(months) > 1:
            yield z3.AtMost(*months, 1)

    def _laws_of_shape(self) -> Iterator[Term]:
        if self.shape.texts:
            yield z3.Implies(self.text.is_there, self.terms.any(self.text.named[text] for text in self.shape.texts))
        if self.shape.always:
            yield {"text": self.text.is_there, "list": self.entries.is_there, "moment": self.is_moment}[self.shape.always]
        if self.shape.is_text_or_nothing:
            yield z3.Not(z3.Or(self.is_true, self.is_false, self.entries.is_there))
            yield z3.Implies(self.is_set, self.text.is_there)

    def _laws_of_types(self) -> Iterator[Term]:
        there, named = self.text.is_there, self.text.named
        yield z3.Implies(z3.Or(self.is_number, self.is_moment, self.is_true, self.is_false), there)
        yield z3.Implies(there, z3.And(z3.Not(self.entries.is_there), self.is_set == z3.Not(named[""])))
        yield z3.Implies(self.entries.is_there, self.is_set == self.entries.is_filled)
        if Boolean in self.asked:
            yield z3.And(z3.Implies(self.is_true, named["true"]), z3.Implies(self.is_false, named["false"]))
        yield z3.Not(z3.And(self.is_number, self.is_moment))

    def _read(self, text: str) -> Iterator[Term]:
        """What other filters read in this very text, whatever it was before it was read as one."""
        number, moment = as_number(text), as_moment(text)
        yield self.is_number == (number is not None)
        yield self.is_moment == (moment is not None)
        if number is not None and Numeric in self.asked:
            yield self.number == self.terms.double(number)
        if moment and Date in self.asked:
            yield self.moment == instant(moment)
            yield from (term == (moment.month == wanted.quantity) for wanted, term in self.days.items() if wanted.operator == "calendar-month")
