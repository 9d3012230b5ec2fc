"""Tickets assigned per agent (B12)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.models import Agent, Role
from helpdesk.reports.asked import Asked
from helpdesk.reports.questions import BY_HAND, BY_TURN, tickets_behind
from helpdesk.reports.service import given
from helpdesk.tickets.acts.assignment import assign_agent, assign_many
from helpdesk.tickets.acts.bulk import Chosen, undo
from helpdesk.tickets.acts.lifecycle import close_many
from helpdesk.tickets.acts.spam import mark_spam
from helpdesk.tickets.models import TicketEvent
from routing.backlog import spread
from routing.router import route_ticket
from tests.factories import make_agent, make_ticket

pytestmark = pytest.mark.django_db


def counts(asked: Asked | None = None) -> dict[str, tuple[int, int]]:
    return {str(each.agent): (each.by_turn, each.by_hand) for each in given(asked or Asked.usual())}


def test_b12_tickets_assigned_per_agent_by_turn_and_by_hand() -> None:
    """With round robin the numbers are nearly equal; by hand is told apart."""
    ada, bob = (make_agent(name, online=True) for name in ("Ada", "Bob"))
    tickets = [make_ticket() for _ in range(5)]
    for ticket in tickets:
        route_ticket(ticket.pk, cause="created")
    assign_agent(tickets[0], bob, by=ada)

    assert counts() == {"Ada": (3, 0), "Bob": (2, 1)}


def test_b12_what_was_undone_does_not_count_and_undoing_something_else_changes_nothing() -> None:
    ada, bob, kept, slip = make_agent("Ada"), make_agent("Bob"), make_ticket(), make_ticket()
    assign_agent(kept, bob, by=ada)

    for act in (close_many(Chosen([kept.pk]), by=ada).act, assign_many(Chosen([slip.pk]), bob, by=ada).act):
        assert act is not None
        undo(act, by=ada)

    assert (counts(), list(tickets_behind(Asked.usual(), BY_HAND, agent=bob))) == ({"Bob": (0, 1), "Ada": (0, 0)}, [kept])


def test_i8_spread_ticket_counts_as_a_turn() -> None:
    """A manager asked for it, and round robin chose."""
    gone, ada, cleo = make_agent("Gone"), make_agent("Ada", online=True), make_agent("Cleo", role=Role.MANAGER)
    ticket = make_ticket()
    assign_agent(ticket, gone, by=gone)
    Agent.objects.filter(pk=gone.pk).update(is_active=False)

    spread(None, by=cleo)

    assert (counts(), [tickets_behind(Asked.usual(), BY_TURN, agent=ada).get()]) == ({"Ada": (1, 0), "Gone": (0, 1), "Cleo": (0, 0)}, [ticket])


def test_who_got_most_is_first_however_they_got_it() -> None:
    ada, bob = make_agent("Ada", online=True), make_agent("Bob")
    route_ticket(make_ticket().pk, cause="created")
    for ticket in (make_ticket(), make_ticket()):
        assign_agent(ticket, bob, by=ada)

    assert list(counts().items()) == [("Bob", (0, 2)), ("Ada", (1, 0))]


def test_ticket_that_comes_back_to_somebody_counts_once() -> None:
    ada, bob = make_agent("Ada"), make_agent("Bob")
    ticket = make_ticket()
    for agent in (ada, bob, ada, None, ada):
        assign_agent(ticket, agent, by=bob)

    found = [tickets_behind(Asked.usual(), BY_HAND, agent=agent).count() for agent in (ada, bob)]
    assert (counts(), found, tickets_behind(Asked.usual(), BY_TURN).count()) == ({"Ada": (0, 1), "Bob": (0, 1)}, [1, 1], 0)


def test_assigned_counts_on_the_day_of_the_assignment_and_in_its_channel() -> None:
    ada = make_agent("Ada")
    old, text = make_ticket(), make_ticket(channel="sms")
    for ticket in (old, text):
        assign_agent(ticket, ada, by=ada)
    TicketEvent.objects.filter(ticket=old, kind="assigned").update(at=timezone.now() - timedelta(days=40))
    first = Asked.usual().first

    assert (counts(), counts(Asked(first, Asked.usual().last, "email")), counts(Asked.usual().before)) == ({"Ada": (0, 1)}, {"Ada": (0, 0)}, {"Ada": (0, 1)})


def test_who_left_is_still_counted_and_spam_is_not() -> None:
    ada, bob = make_agent("Ada"), make_agent("Bob")
    ticket, spam = make_ticket(), make_ticket()
    for each in (ticket, spam):
        assign_agent(each, ada, by=bob)
    mark_spam(Chosen([spam.pk]), by=bob)
    Agent.objects.filter(pk=ada.pk).update(is_active=False)

    assert counts() == {"Ada": (0, 1), "Bob": (0, 0)}
