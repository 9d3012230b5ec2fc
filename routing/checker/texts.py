"""What one text may be: one of the texts that rules name, or any other, of which only so much is known as follows from its parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import permutations

import z3

from helpdesk.conditions.filters import String, positive
from helpdesk.conditions.regions import REGIONS, lies_in
from routing.checker.terms import Term, Terms

_MOST = 200  # parts whose pairs are looked at, and texts times parts by a hundred: beyond that parts stay free

Part = tuple[str, str]  # ("starts-with", "Re:"), ("region", "united_states")


class Text:
    """It is there or not, is at most one of those that are named, and has parts."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.is_there = terms.truth("text")
        self.named: dict[str, Term] = defaultdict(lambda: terms.truth("named"))
        self.parts: dict[Part, Term] = defaultdict(lambda: terms.truth("part"))

    def passes(self, wanted: String) -> Term:
        name, negated = positive(wanted.operator)
        if isinstance(wanted.value, tuple):
            holds = self.terms.any(self.named[text] for text in wanted.value)
        else:
            holds = self.named[wanted.value] if name == "equals" else self.parts[name, wanted.value]
        return z3.Not(holds) if negated else holds

    def laws(self) -> Iterator[Term]:
        yield z3.Implies(self.terms.any(self.named.values()), self.is_there)
        if len(self.named) > 1:
            yield z3.AtMost(*self.named.values(), 1)
        for (name, value), holds in self.parts.items():
            yield z3.Implies(holds, self.is_there)
            if not value and name != "regex":
                yield holds == self.is_there
        if len(self.parts) * len(self.named) <= 100 * _MOST:
            yield from self._laws_of_named()
        if len(self.parts) <= _MOST:
            yield from self._laws_of_parts()

    def _laws_of_named(self) -> Iterator[Term]:
        for part, holds in self.parts.items():
            test = _test(part)
            for text, is_it in self.named.items():
                yield z3.Implies(is_it, holds if test(text) else z3.Not(holds))

    def _laws_of_parts(self) -> Iterator[Term]:
        for (part, holds), (other, other_holds) in permutations(self.parts.items(), 2):
            if _implies(part, other):
                yield z3.Implies(holds, other_holds)
            elif _excludes(part, other):
                yield z3.Not(z3.And(holds, other_holds))


def _test(part: Part) -> Callable[[str], bool]:
    name, value = part
    if name == "region":
        return lambda text: lies_in(text, value)
    test = String(name, value).test()
    return lambda text: test(text, None)  # type: ignore[arg-type]  # tests of texts do not ask what time it is


def _implies(part: Part, other: Part) -> bool:
    match part, other:
        case ("starts-with", text), ("starts-with", start):
            return text.startswith(start)
        case ("ends-with", text), ("ends-with", end):
            return text.endswith(end)
        case ("starts-with" | "ends-with" | "contains", text), ("contains", inner):
            return inner in text
    return False


def _excludes(part: Part, other: Part) -> bool:
    """Asked where neither implies the other in this order; in the other order it may."""
    match part, other:
        case ("starts-with", text), ("starts-with", start):
            return not start.startswith(text)
        case ("ends-with", text), ("ends-with", end):
            return not end.endswith(text)
        case ("region", region), ("region", another):
            return REGIONS[region].isdisjoint(REGIONS[another])
    return False
