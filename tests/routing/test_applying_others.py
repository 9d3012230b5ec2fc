"""Applying rules, when people and other publications come between."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.tickets.acts.assignment import assign_team
from helpdesk.tickets.models import SavedView, Ticket
from routing.applying import runs
from routing.applying.preview import preview
from routing.applying.runs import start
from routing.router import route_ticket
from tests.factories import CHANNEL_IS_SMS, all_of, make_agent, make_rule, make_team, make_ticket
from tests.routing.applications import work_through
from tests.tickets.reading import again

pytestmark = pytest.mark.django_db
IS_SMS = all_of(CHANNEL_IS_SMS)


def waiting() -> Ticket:
    """Routed before there was a rule for it."""
    ticket = make_ticket(channel="sms")
    route_ticket(ticket.pk, cause="created")
    return ticket


def test_team_that_a_person_took_away_is_not_promised_back() -> None:
    """It stands, whatever the rules say."""
    ida, team = make_agent(), make_team("Returns")
    taken_away, other = waiting(), waiting()
    assign_team(taken_away, team, by=ida)
    assign_team(taken_away, None, by=ida)
    make_rule(to=team, when=IS_SMS)

    seen = preview()
    work_through(start(by=None))

    assert (seen.read, seen.teams, seen.untouched) == (2, [(team, 1)], 1)
    assert [again(ticket).team for ticket in (taken_away, other)] == [None, team]


def test_view_that_was_deleted_is_not_promised() -> None:
    view = SavedView.objects.create(name="Watch")
    waiting()
    make_rule(to=view, when=IS_SMS)
    view.delete()

    seen = preview()

    assert (seen.views, seen.untouched) == ([], 1)


def test_run_never_applies_another_version_than_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody publishes after the first ticket: the second stays where it is, and the run ends."""
    old, new = make_team("Old"), make_team("New")
    first, second = waiting(), waiting()
    make_rule("Old", to=old, when=IS_SMS)
    route = runs.route_again

    def publish_after_the_first(*args: Any, **options: Any) -> Any:
        moved = route(*args, **options)
        monkeypatch.setattr(runs, "route_again", route)
        make_rule("New", to=new, when=IS_SMS)
        return moved

    monkeypatch.setattr(runs, "route_again", publish_after_the_first)

    run = work_through(start(by=None))

    assert [again(ticket).team for ticket in (first, second)] == [old, None]
    assert (run.status, run.done) == ("cancelled", 1)
