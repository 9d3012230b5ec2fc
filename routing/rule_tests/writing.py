"""Writing rule tests: who may publish rules says what these must do (R3)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agents.models import Agent, Team
from agents.text import one_line
from helpdesk.customers.filing.incoming import Refusal
from helpdesk.tickets.models import SavedView, Ticket
from routing.rule_tests.example import as_example
from routing.rule_tests.models import RuleTest
from routing.rules import must_publish

_WRITTEN = ("name", "at", "example", "team", "team_name", "no_other_views", "changed_at")


class RuleTestError(ValueError):
    """Why it cannot be done, in words for the user."""


def create_test(
    name: str,
    example: dict[str, Any],
    *,
    at: datetime,
    by: Agent | None,
    team: Team | None = None,
    views: Collection[SavedView] = (),
    no_other_views: bool = False,
    ticket: Ticket | None = None,
) -> RuleTest:
    """`example`: the arguments of `as_example`. `team` None: no rule may name one. RuleTestError, NotForYou."""
    test = RuleTest(by=by, ticket=ticket)
    change_test(test, by=by, name=name, example=example, at=at, team=team, views=views, no_other_views=no_other_views)
    return test


@transaction.atomic
def change_test(
    test: RuleTest,
    *,
    by: Agent | None,
    name: str,
    example: dict[str, Any],
    at: datetime,
    team: Team | None = None,
    views: Collection[SavedView] = (),
    no_other_views: bool = False,
) -> None:
    """All of it at once. RuleTestError, also where it was deleted meanwhile; NotForYou."""
    must_publish(by)
    if test.pk:
        _hold(test)
    test.name, test.at, test.example = _proper_name(name), at, _kept(example)
    test.team, test.team_name, test.no_other_views = team, team.name if team else "", no_other_views
    _save(test)
    test.views.set(views)


def delete_test(test: RuleTest, *, by: Agent | None) -> None:
    must_publish(by)
    test.delete()


def _hold(test: RuleTest) -> None:
    """Nobody else changes it until commit."""
    if RuleTest.objects.select_for_update().filter(pk=test.pk).values_list("pk").first() is None:
        raise RuleTestError(_("“%(name)s” was deleted meanwhile.") % {"name": test})


def _proper_name(name: str) -> str:
    name = one_line(name)
    if not name:
        raise RuleTestError(_("A test needs a name."))
    if len(name) > 120:
        raise RuleTestError(_("A test's name has at most 120 characters."))
    return name


def _kept(example: dict[str, Any]) -> dict[str, Any]:
    try:
        return as_example(**example)
    except Refusal as problem:
        raise RuleTestError(str(problem)) from problem


def _save(test: RuleTest) -> None:
    try:
        with transaction.atomic():
            test.save(update_fields=_WRITTEN if test.pk else None)
    except IntegrityError:
        raise RuleTestError(_("There is a test named “%(name)s” already.") % {"name": test}) from None
