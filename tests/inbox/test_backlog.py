"""Tickets of people who are not there (I8)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.models import Agent, BusinessHours, Role, Toast
from helpdesk.inbox.lists.backlog import backlog_of
from helpdesk.inbox.ticket.history import lines
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.acts.bulk import undo
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.permissions import NotAllowed
from routing.backlog import absent_owners, plan, spread
from routing.models import LedgerEntry, RoundRobinSettings
from tests.factories import make_agent, make_team
from tests.inbox.leaving import gone, left, owners, switched_off, unseen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("always_open")]


def test_offline_for_long_enough_is_absent() -> None:
    """Not: who has just gone, who is there, who has nothing open."""
    make_agent("Online", online=True)
    for agent in (gone("Gone"), switched_off(gone("Just gone"), minutes=59), make_agent("Here", online=True)):
        left(agent)
    gone("Without tickets")

    assert [str(agent) for agent in absent_owners()] == ["Gone"]


def test_offline_with_a_page_open_is_absent_too() -> None:
    """I8: their own switch says that they are not there."""
    left(unseen(gone(), minutes=0))

    assert [str(agent) for agent in absent_owners()] == ["Gone"]


def test_online_without_a_sign_of_life_is_absent_too() -> None:
    """C18: the switch says Online, and nobody is there."""
    left(unseen(make_agent("Asleep", online=True), hours=3))

    assert [str(agent) for agent in absent_owners()] == ["Asleep"]


def test_whoever_cannot_sign_in_is_absent_at_once() -> None:
    ada = make_agent("Ada", online=True)
    left(ada)
    Agent.objects.filter(pk=ada.pk).update(is_active=False)

    assert absent_owners() == [ada]


def test_time_counts_while_the_desk_is_open() -> None:
    """Nobody is absent over night."""
    left(gone())
    BusinessHours.objects.update(days={})

    assert absent_owners() == []


@pytest.mark.parametrize(("minutes", "found"), [(0, 0), (60, 1), (179, 1), (240, 0)])
def test_patience_is_a_setting(minutes: int, found: int) -> None:
    RoundRobinSettings.objects.create(pk=1, backlog_after=minutes)
    left(gone())

    assert len(absent_owners()) == found


def test_closed_and_sleeping_tickets_are_not_left() -> None:
    owner = gone()
    closed, asleep = left(owner, 2)
    Ticket.objects.filter(pk=closed.pk).update(closed_at=timezone.now())
    Ticket.objects.filter(pk=asleep.pk).update(snoozed_until=timezone.now() + timedelta(hours=1))

    assert absent_owners() == []


def test_tickets_are_spread_in_turn_over_those_who_are_there(cleo: Agent) -> None:
    """Of a team over its members; of none over everybody. These are turns of the one ledger (B15)."""
    owner, ada, bob = gone(), make_agent("Ada", online=True), make_agent("Bob", online=True)
    loose, in_team = left(owner, 2), left(owner, 2, make_team("Returns", bob))

    outcome = spread(None, by=cleo)

    assert (outcome.changed, owners(loose), owners(in_team)) == (4, ["Ada", "Bob"], ["Bob", "Bob"])
    assert dict(LedgerEntry.objects.values_list("agent__name", "received")) == {"Ada": 1, "Bob": 3}
    told = Toast.objects.filter(agent__in=[ada, bob]).order_by("agent__name")
    assert [(toast.agent.name, len(toast.about)) for toast in told] == [("Ada", 1), ("Bob", 3)]


def test_history_says_that_it_was_a_turn(cleo: Agent) -> None:
    """Cleo chose nobody."""
    make_agent("Bob", online=True)
    [ticket] = left(gone())

    spread(None, by=cleo)

    [_assigned, given] = lines(ticket.history.filter(kind="assigned"), reader=cleo)
    assert given.sentence == "<b>You</b> spread tickets that were left: it was the turn of <b>Bob</b>."


def test_plan_says_what_spreading_does_and_does_nothing(cleo: Agent) -> None:
    owner, ada, bob = gone(), make_agent("Ada", online=True), make_agent("Bob", online=True)
    tickets = left(owner, 3) + left(owner, 2, make_team("Returns", make_agent("Off")))

    found = plan(None)

    assert (found.count, found.gets, found.stays) == (5, {ada: 2, bob: 1}, ["2 tickets stay where they are: nobody in Returns is Online."])
    assert (owners(tickets), LedgerEntry.objects.exists()) == (["Gone"] * 5, False)
    assert (spread(None, by=cleo).changed, owners(tickets)) == (3, ["Ada", "Bob", "Ada", "Gone", "Gone"])


def test_full_agents_get_no_more(cleo: Agent) -> None:
    """C8."""
    RoundRobinSettings.objects.create(pk=1, capacity=1)
    make_agent("Ada", online=True)
    tickets = left(gone(), 2)

    outcome = spread(None, by=cleo)

    assert (owners(tickets), outcome.left) == (["Ada", "Gone"], ["1 ticket stays where it is: everybody is full."])


def test_spreading_is_undone_but_for_what_was_touched(cleo: Agent) -> None:
    bob = make_agent("Bob", online=True)
    tickets = left(gone(), 3)
    act = spread(None, by=cleo).act
    assert act is not None
    assign_agent(tickets[1], cleo, by=bob)

    outcome = undo(act, by=cleo)

    assert (outcome.changed, owners(tickets)) == (2, ["Gone", "Cleo", "Gone"])


def test_members_spread_their_team_and_nothing_else() -> None:
    """A manager may do it everywhere."""
    bob, outsider = make_agent("Bob", online=True), make_agent("Eva")
    team, owner = make_team("Returns", bob), gone()
    tickets = left(owner) + left(owner, 1, team)

    for agent, scope in ((bob, None), (outsider, team), (make_agent(role=Role.ANALYST), team)):
        with pytest.raises(NotAllowed):
            spread(scope, by=agent)
    spread(team, by=bob)

    assert owners(tickets) == ["Gone", "Bob"]


def test_banner_is_for_managers_and_members(cleo: Agent) -> None:
    bob, eva = make_agent("Bob"), make_agent("Eva")
    team, owner = make_team("Returns", bob), gone()
    left(owner, 2), left(owner, 1, team)
    key = f"team-{team.pk}"

    def counted(agent: Agent) -> list[int | None]:
        return [found.count if (found := backlog_of(agent, place)) else None for place in ("all", key, "mine", "team-999999", "team-x")]

    assert [counted(agent) for agent in (cleo, bob, eva)] == [[3, 1, None, None, None], [None, 1, None, None, None], [None] * 5]
    banner = backlog_of(cleo, key)
    assert banner is not None
    assert (banner.owners, banner.url) == ([owner], f"/backlog/?in={key}")
