"""What people do by hand, just before and while routing is at work: it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

import pytest
from django.db import connections
from django.utils import timezone

from helpdesk.tickets.acts.assignment import assign_agent, assign_team
from helpdesk.tickets.acts.lifecycle import close, reopen
from helpdesk.tickets.models import SavedView, Ticket, TicketEvent
from routing import router
from routing import waiting as handing_out
from routing.matching import Match
from routing.models import LedgerEntry, RoutingDecision
from routing.router import route_ticket
from routing.rule_set import Rules
from routing.waiting import route_waiting
from tests.factories import CHANNEL_IS_SMS, all_of, make_agent, make_rule, make_team, make_ticket
from tests.tickets.reading import again, history

pytestmark = pytest.mark.django_db
IS_SMS = all_of(CHANNEL_IS_SMS)


def sms() -> Ticket:
    return make_ticket(channel="sms")


def kinds(ticket: Ticket) -> list[str]:
    return [kind for kind, _, _ in history(ticket)]


Overtake = Callable[[Ticket, Callable[[Ticket], object]], None]


@pytest.fixture
def route_while(monkeypatch: pytest.MonkeyPatch) -> Overtake:
    """`route_while(ticket, act)`: somebody else does `act`, over a connection of their own, while the rules are tried.

    They have to wait for the decision; if they had not to, they are done before it is made.
    """
    match = router.match_rules

    def route(ticket: Ticket, act: Callable[[Ticket], object]) -> None:
        def work() -> None:
            try:
                act(again(ticket))
            finally:
                connections.close_all()

        def match_late(held: Ticket, rules: Rules, now: datetime) -> Match:
            acting.append(other.submit(work))
            wait(acting, timeout=0.5)
            return match(held, rules, now)

        acting: list[Future[None]] = []
        monkeypatch.setattr(router, "match_rules", match_late)
        with ThreadPoolExecutor(1) as other:
            route_ticket(ticket.pk, cause="test")
        acting[0].result()

    return route


@pytest.mark.django_db(transaction=True)
def test_ticket_taken_at_the_last_moment_is_theirs_who_took_it(route_while: Overtake) -> None:
    """A20, I2: and the record names who had it first, whose turn that was."""
    ada, bob, ticket = make_agent("Ada", online=True), make_agent("Bob"), sms()

    route_while(ticket, lambda row: assign_agent(row, bob, by=bob))

    assert (again(ticket).assignee, RoutingDecision.objects.get().agent) == (bob, ada)
    assert kinds(ticket) == ["assigned", "routed", "assigned"]
    assert LedgerEntry.objects.get().received == 1


@pytest.mark.django_db(transaction=True)
def test_ticket_closed_at_the_last_moment_is_in_no_view(route_while: Overtake) -> None:
    """C20."""
    ida, view, ticket = make_agent(), SavedView.objects.create(name="Texts"), sms()
    make_rule(to=view, when=IS_SMS)
    make_rule(to=make_team(), when=IS_SMS)

    route_while(ticket, lambda row: close(row, by=ida))

    assert (again(ticket).is_open, list(view.tickets.all())) == (False, [])
    assert kinds(ticket) == ["team_set", "routed", "closed"]


@pytest.mark.django_db(transaction=True)
def test_team_set_at_the_last_moment_stands(route_while: Overtake) -> None:
    ida, chosen, ticket = make_agent(), make_team("Chosen"), sms()
    make_rule(to=make_team("Ruled"), when=IS_SMS)

    route_while(ticket, lambda row: assign_team(row, chosen, by=ida))

    assert again(ticket).team == chosen
    assert kinds(ticket) == ["team_set", "routed", "team_set"]


@pytest.mark.parametrize("is_taken_away", [False, True])
def test_team_chosen_before_routing_stands(is_taken_away: bool) -> None:
    """And the record does not say that the rule has set another."""
    ida, chosen, ticket = make_agent(), make_team("Chosen"), sms()
    make_rule(to=make_team("Ruled"), when=IS_SMS)
    assign_team(ticket, chosen, by=ida)
    if is_taken_away:
        assign_team(ticket, None, by=ida)

    decision = route_ticket(ticket.pk, cause="test")

    assert again(ticket).team == (None if is_taken_away else chosen)
    assert (decision.team, len(decision.matched_rules), history(ticket)[-1][2]["team"]) == (None, 1, "")


@pytest.mark.parametrize("by_hand", [True, False])
def test_returning_ticket_is_given_its_team_anew(by_hand: bool) -> None:
    """C21: a choice counts until the ticket is opened again; what routing has set it may change at any time."""
    ida, old, ruled, ticket = make_agent(), make_team("Old"), make_team("Ruled"), sms()
    make_rule(to=ruled, when=IS_SMS)
    assign_team(ticket, old, by=ida if by_hand else None)
    if by_hand:
        close(ticket, by=ida)
        reopen(ticket, by=ida)

    route_ticket(ticket.pk, cause="test")

    assert again(ticket).team == ruled


def waiting() -> Ticket:
    ticket = sms()
    route_ticket(ticket.pk, cause="test")
    return ticket


def test_ticket_taken_and_returned_during_the_job_stays_where_it_was_put(monkeypatch: pytest.MonkeyPatch) -> None:
    """A30: the job began when it still waited."""
    ida = make_agent("Ida")
    first, second = waiting(), waiting()
    ada = make_agent("Ada", online=True)
    hold = handing_out._hold

    def hold_late(numbers: Sequence[int]) -> list[Ticket]:
        assign_agent(again(second), ida, by=ida)
        assign_agent(again(second), None, by=ida)
        return hold(numbers)

    monkeypatch.setattr(handing_out, "_hold", hold_late)
    given = route_waiting()

    assert (given, again(first).assignee, again(second).assignee) == (1, ada, None)


def test_what_happened_last_was_written_last() -> None:
    """A30: whatever the clock of the machine says that wrote it."""
    ada, ticket = make_agent(online=False), waiting()
    assign_agent(ticket, ada, by=ada)
    assign_agent(ticket, None, by=ada)
    TicketEvent.objects.filter(kind__in=("assigned", "unassigned")).update(at=timezone.now() - timedelta(hours=1))
    make_agent(online=True)

    assert (route_waiting(), again(ticket).assignee) == (0, None)
