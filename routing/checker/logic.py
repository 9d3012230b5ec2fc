"""What is wrong with rules by their logic alone (I3), whatever tickets come.

The first matching team rule takes a ticket, and every matching view rule applies (C13): only an earlier team rule can leave a team
rule without tickets, and only one with the same view can make a view rule superfluous.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from time import monotonic

import z3

from helpdesk.conditions.grammar import Definition
from helpdesk.customers.predictions.bands import Bands
from routing.checker.example import shown
from routing.checker.findings import CheckedRule, Kind, Verdict
from routing.checker.formulas import Formulas
from routing.checker.solving import Solver
from routing.checker.terms import Term, instant

_MOST_TRIES = 10  # to find a ticket that an earlier rule takes from another


class Logic:
    """The rules as formulas. `seconds`: how long it may take; what has not been decided by then is not found."""

    def __init__(self, rules: Sequence[CheckedRule], bands: Bands, *, seconds: float) -> None:
        self.rules, until = rules, monotonic() + seconds
        self.formulas = Formulas(bands, until)
        self.groups = {group: self.formulas.group(group) for rule in rules for group in rule.definition.groups}
        self.terms = [z3.And([self.groups[group] for group in rule.definition.groups]) for rule in rules]
        self.solver = Solver(self.formulas.terms, self.formulas.laws(), until)

    def verdicts(self, *, examples_at: datetime | None = None) -> Iterator[Verdict]:
        """At most one of each rule, in their order. Only rules that are not dead are named in those of others.

        `examples_at` an instant: tickets as they may be then are looked for that an earlier rule takes from a rule that is not dead.
        """
        alive: list[int] = []
        for place, rule in enumerate(self.rules):
            verdict = self._of_team_rule(place, alive) if rule.team is not None else self._of_another(place, alive)
            if verdict:
                yield verdict
                continue
            if rule.team is not None and examples_at:
                yield from islice(self._taken(place, self._with_team(alive), examples_at), 1)
            alive.append(place)

    def _of_team_rule(self, place: int, earlier: Sequence[int]) -> Verdict | None:
        rivals = self._with_team(earlier)
        if self.solver.is_possible([self._matches(place), *map(self._passes_by, rivals)]):
            return None
        if found := self._contradiction(place):
            return found
        if covering := self._covering(place, rivals):
            return self._duplicate(place, covering) or Verdict(Kind.SHADOWED, place, (covering[0],))
        together = self._together(place, rivals)
        return None if self.solver.is_late else Verdict(Kind.UNREACHABLE, place, together)

    def _of_another(self, place: int, earlier: Sequence[int]) -> Verdict | None:
        """Of a rule with a view, or with nothing yet."""
        rule = self.rules[place]
        alike = [other for other in earlier if rule.view is not None and self.rules[other].destination == rule.destination]
        return self._contradiction(place) or self._duplicate(place, self._covering(place, alike))

    def _contradiction(self, place: int) -> Verdict | None:
        if self.solver.is_possible([self._matches(place)]):
            return None
        groups = {self.solver.literal(self.groups[group]).get_id(): group for group in self.rules[place].definition.groups}
        core = self.solver.core([], [self.solver.literal(self.groups[group]) for group in groups.values()])
        return Verdict(Kind.CONTRADICTORY, place, shown=Definition(tuple(groups[literal.get_id()] for literal in core)))

    def _covering(self, place: int, others: Sequence[int]) -> list[int]:
        """Those that match whatever this rule matches."""
        return [others[found] for found in self.solver.implied(self.terms[place], [self.terms[other] for other in others])]

    def _duplicate(self, place: int, covering: Sequence[int]) -> Verdict | None:
        for other in covering:
            is_same_place = self.rules[other].destination == self.rules[place].destination
            if is_same_place and not self.solver.is_possible([self._matches(other), self._passes_by(place)]):
                return Verdict(Kind.DUPLICATE, place, (other,))
        return None

    def _together(self, place: int, others: Sequence[int]) -> tuple[int, ...]:
        """As few of them as leave it nothing, in the sense that none could be left out."""
        places = {self._passes_by(other).get_id(): other for other in others}
        core = self.solver.core([self._matches(place)], [self._passes_by(other) for other in others])
        return tuple(places[literal.get_id()] for literal in core)

    def _taken(self, place: int, rivals: Sequence[int], now: datetime) -> Iterator[Verdict]:
        """Tickets that this rule matches, and that go to another team by an earlier one."""
        is_now = self.solver.literal(self.formulas.terms.now == instant(now))
        elsewhere = [other for other in rivals if self.rules[other].team != self.rules[place].team]
        for other in elsewhere[:_MOST_TRIES]:
            before = [each for each in rivals if each < other]
            wanted = [is_now, self._matches(place), self._matches(other), *map(self._passes_by, before)]
            if self.solver.is_possible(wanted) and self.solver.model is not None:
                matching, others = ([self.rules[each].definition for each in some] for some in ((place, other), before))
                if example := shown(self.formulas, self.solver.model, now, matching=matching, others=others):
                    yield Verdict(Kind.PARTLY_SHADOWED, place, (other,), example)

    def _with_team(self, places: Sequence[int]) -> list[int]:
        return [place for place in places if self.rules[place].team is not None]

    def _matches(self, place: int) -> Term:
        return self.solver.literal(self.terms[place])

    def _passes_by(self, place: int) -> Term:
        return self.solver.literal(z3.Not(self.terms[place]))
