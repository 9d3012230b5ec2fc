"""The card that tells how the rule tests fare, beside a rule and before publishing (I4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from routing.models import Rule
from routing.rule_set import Written
from routing.rule_tests.results import Result, results

SHOWN = 8


@dataclass(frozen=True)
class Line:
    """One test: where its example goes, seen from the rule that the page is about."""

    result: Result
    goes_to: str


@dataclass(frozen=True)
class Card:
    total: int
    passed: int
    lines: list[Line]

    @property
    def left_out(self) -> int:
        return self.total - len(self.lines)


def tests_of(rule: Rule, contents: list[Written]) -> Card:
    """Of the rules as they would be published now: those that fail first, then those whose example this rule takes."""
    found = results(contents)
    ranked = sorted(found, key=lambda result: (result.passed, rule.pk not in _takers(result)))
    return _card(ranked, [_beside(result, rule) for result in ranked[:SHOWN]])


def tests_in(tested: list[Result]) -> Card:
    """Of a set that somebody is about to publish: those that fail first."""
    found = sorted(tested, key=lambda result: result.passed)
    return _card(found, [result.reached or _("no rule") for result in found[:SHOWN]])


def _card(found: list[Result], goes_to: Iterable[str]) -> Card:
    lines = [Line(result, words) for result, words in zip(found, goes_to, strict=False)]
    return Card(len(found), sum(result.passed for result in found), lines)


def _takers(result: Result) -> set[int]:
    """The rules that decide where the example goes."""
    return {rule.id for rule in (result.winner, *result.views) if rule}


def _beside(result: Result, rule: Rule) -> str:
    return rule.goes_to if rule.pk in _takers(result) else _("not this rule")
