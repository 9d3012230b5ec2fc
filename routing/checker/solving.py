"""Questions to z3: can all of this be true at once, and if not, which of it is enough to make it impossible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from time import monotonic

import z3

from routing.checker.terms import Term, Terms

_EACH = 1_000  # milliseconds


class Solver:
    """Gives up at `until` of the clock that only goes forward; what was not found out in time counts as possible."""

    def __init__(self, terms: Terms, laws: Iterable[Term], until: float) -> None:
        self.terms, self.until = terms, until
        self.model: Term = None
        self.names: dict[int, tuple[Term, Term]] = {}
        self.solver = z3.Solver(ctx=terms.context)
        self.solver.set("smt.phase_selection", 0)
        self.solver.set("ctrl_c", False)  # the process's own handlers stay
        self.solver.add(*laws)

    @property
    def is_late(self) -> bool:
        return monotonic() > self.until

    def literal(self, term: Term) -> Term:
        """A name that the term can be demanded by. Of what was never demanded the solver need not think."""
        if term.get_id() not in self.names:
            name = self.terms.truth("literal")
            self.solver.add(z3.Implies(name, term))
            self.names[term.get_id()] = (name, term)  # while the term is kept, no other has its number
        return self.names[term.get_id()][0]

    def is_possible(self, literals: Iterable[Term]) -> bool:
        left = int((self.until - monotonic()) * 1_000)
        self.solver.set("timeout", min(max(left, 1), _EACH))
        found = self.solver.check(*literals) if left > 0 else z3.unknown
        self.model = self.solver.model() if found == z3.sat else None
        return bool(found != z3.unsat)

    def core(self, given: Sequence[Term], literals: Sequence[Term]) -> list[Term]:
        """Those of `literals` that are impossible beside the given, none of which could be left out. They are, together."""
        needed = list(literals)
        for each in literals:
            without = [other for other in needed if other is not each]
            if len(without) < len(needed) and not self.is_possible([*given, *without]):
                used = {literal.get_id() for literal in self.solver.unsat_core()}
                needed = [other for other in without if other.get_id() in used]
        return needed

    def implied(self, given: Term, terms: Sequence[Term]) -> Iterator[int]:
        """Which of the terms are true whenever the given one is, by their places."""
        left = list(range(len(terms)))
        while left:
            place, *left = left
            if not self.is_possible([self.literal(given), self.literal(z3.Not(terms[place]))]):
                yield place
            else:
                left = [other for other in left if self._may_follow(terms[other])]

    def _may_follow(self, term: Term) -> bool:
        """By the model that was found last; if it gave up there is none to say so."""
        return self.model is not None and z3.is_true(self.model.eval(term, model_completion=True))
