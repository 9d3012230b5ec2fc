"""Whether a set of rules gives each example what it must have: asked at every change, and before a set is published (I4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from agents.models import Team
from helpdesk.conditions.evaluate import Answers
from helpdesk.customers.predictions.bands import same_bands
from routing.rule_set import Outcome, PlacedRule, Rules, Written, outcome_of
from routing.rule_tests.example import Example
from routing.rule_tests.models import RuleTest


@dataclass(frozen=True)
class Result:
    """Where the example went, and in `words` what is wrong with that, for the user; empty where it went where it must."""

    test: RuleTest
    outcome: Outcome
    words: str

    @property
    def passed(self) -> bool:
        return not self.words

    @property
    def winner(self) -> PlacedRule | None:
        return self.outcome.winner

    @property
    def views(self) -> list[PlacedRule]:
        """The rules that put it into a view."""
        return [rule for rule in self.outcome.matched if not rule.team]

    @property
    def reached(self) -> str:
        """The names of its team and its views; empty where no rule matched."""
        return ", ".join(dict.fromkeys(rule.goes_to for rule in (self.winner, *self.views) if rule))


def results(contents: list[Written], *, tests: Iterable[RuleTest] | None = None) -> list[Result]:
    """Of each test, or of `tests`, against these rules. At most four queries, however many tests and rules."""
    asked = list(RuleTest.objects.select_related("team").prefetch_related("views")) if tests is None else list(tests)
    if not asked:
        return []
    rules = Rules.of(contents)
    named = {rule.team for rule in rules.placed if rule.team}
    gone = named - set(Team.objects.filter(pk__in=named).values_list("pk", flat=True))
    with same_bands():
        return [_result(test, outcome_of(rules.outcome(Answers(Example(test, test.at), test.at)).matched, gone=gone)) for test in asked]


def _result(test: RuleTest, outcome: Outcome) -> Result:
    return Result(test, outcome, " ".join(filter(None, [_about_team(test, outcome.winner), *_about_views(test, outcome)])))


def _about_team(test: RuleTest, winner: PlacedRule | None) -> str:
    if test.team is None and test.team_name:
        return _("The team that it must reach, %(team)s, was deleted. Choose another.") % {"team": test.team_name}
    if test.team_id == (winner.team if winner else None):
        return ""
    if winner is None:
        return _("No rule named a team; it must go to %(expected)s.") % {"expected": test.team}
    if test.team is None:
        return _("Went to %(rule)s, but no rule may name a team.") % {"rule": _by_rule(winner)}
    return _("Went to %(rule)s instead of %(expected)s.") % {"rule": _by_rule(winner), "expected": test.team}


def _about_views(test: RuleTest, outcome: Outcome) -> Iterable[str]:
    """A view that a draft only names is found by its name, as it will be when it is made."""
    entered = [rule for rule in outcome.matched if not rule.team]
    expected = {view.pk: view.name for view in test.views.all()}
    for number, name in expected.items():
        if not any(rule.view == number or (rule.view is None and rule.goes_to == name) for rule in entered):
            yield _("Did not enter the view %(view)s.") % {"view": name}
    for rule in entered if test.no_other_views else ():
        if rule.view not in expected and not (rule.view is None and rule.goes_to in expected.values()):
            yield _("Entered the view %(rule)s, which it must not.") % {"rule": _by_rule(rule)}


def _by_rule(rule: PlacedRule) -> str:
    return _("%(to)s (rule %(number)d, %(name)s)") % {"to": rule.goes_to, "number": rule.number, "name": rule.name}
