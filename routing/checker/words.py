"""Verdicts in words, for whoever manages the rules."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.conditions import wording_values as values
from helpdesk.conditions.wording import Names, describe
from routing.checker.findings import CheckedRule, Found, Kind, Verdict


def finding(rules: Sequence[CheckedRule], verdict: Verdict, names: Names) -> Found:
    """Rules are called by their places, counted from one, and their names."""
    by = [rules[place] for place in verdict.by]
    witness = describe(verdict.shown, names) if verdict.shown else "; ".join(describe(rule.definition, names) for rule in by)
    return Found(verdict.kind, rules[verdict.place].key, tuple(rule.key for rule in by), witness, _sentence(verdict, rules, witness))


def _sentence(verdict: Verdict, rules: Sequence[CheckedRule], witness: str) -> str:
    if verdict.kind == Kind.CONTRADICTORY:
        return _("No ticket can match, because this is never true: %(conditions)s.") % {"conditions": witness}
    if verdict.kind == Kind.UNREACHABLE:
        listed = [_("rule %(number)d (%(name)s)") % _called(rules, place) for place in verdict.by]
        return _("Every ticket that matches goes to another rule first: to %(rules)s.") % {"rules": values.listed(listed)}
    return _OF_ONE[verdict.kind] % {**_called(rules, verdict.by[0]), "example": witness}


def _called(rules: Sequence[CheckedRule], place: int) -> dict[str, int | str]:
    return {"number": place + 1, "name": values.name(rules[place].name)}


_OF_ONE = {
    Kind.SHADOWED: gettext_lazy("Every ticket that matches goes to rule %(number)d, %(name)s, first."),
    Kind.DUPLICATE: gettext_lazy("It matches the same tickets as rule %(number)d, %(name)s, and sends them to the same place."),
    Kind.PARTLY_SHADOWED: gettext_lazy("Some of its tickets go to rule %(number)d, %(name)s, first: for example where %(example)s."),
}
