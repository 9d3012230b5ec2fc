"""Tickets that wait for somebody (C8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_ox.testing import run_tasks

from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.models import Ticket
from routing import waiting as waiting_module
from routing.models import Ledger, RoundRobinSettings, RoutingDecision
from routing.router import route_ticket
from routing.shifts import go_offline, go_online
from routing.waiting import route_waiting
from tests.factories import CHANNEL_IS_SMS, all_of, make_agent, make_rule, make_team, make_ticket
from tests.people import at_once
from tests.tickets.reading import again, history

pytestmark = pytest.mark.django_db


def waiting(**fields: Any) -> Ticket:
    """A ticket for which routing found nobody."""
    team = fields.pop("team", None)
    ticket = make_ticket(**fields)
    Ticket.objects.filter(pk=ticket.pk).update(team=team)
    run_tasks(raise_failures=True)
    assert again(ticket).assignee is None
    return ticket


def owners(*tickets: Ticket) -> list[str | None]:
    return [str(row.assignee) if row.assignee else None for row in map(again, tickets)]


def test_going_online_hands_out_oldest_first() -> None:
    """C8."""
    RoundRobinSettings.objects.create(pk=1, capacity=2)
    now = timezone.now()
    young, old, middle = (waiting(created_at=now - timedelta(hours=age)) for age in (1, 3, 2))
    ada = make_agent("Ada")

    go_online(ada)
    before_the_job = owners(old)
    run_tasks(raise_failures=True)

    assert (before_the_job, owners(old, middle, young)) == ([None], ["Ada", "Ada", None])


def test_first_agent_online_is_not_flooded() -> None:
    """C8: the rest goes to whoever comes next."""
    RoundRobinSettings.objects.create(pk=1, capacity=2)
    tickets = [waiting() for _ in range(3)]
    for name in ("Ada", "Bob"):
        go_online(make_agent(name))
        run_tasks(raise_failures=True)

    assert owners(*tickets) == ["Ada", "Ada", "Bob"]


def test_handed_out_ticket_says_why_and_to_whom() -> None:
    """I2."""
    ticket = waiting()
    bob, off = make_agent("Bob", online=True), make_agent("Off")

    given = route_waiting()

    decision = RoutingDecision.objects.get()
    assert (given, decision.agent, decision.waiting_because) == (1, bob, "")
    assert decision.candidates == [[bob.pk, "taken"], [off.pk, "offline"]]
    assert [kind for kind, _, _ in history(ticket)] == ["scored", "routed", "assigned"]


def test_nobody_there_changes_nothing() -> None:
    ticket = waiting()
    rows = history(ticket)

    given = route_waiting()

    assert (given, owners(ticket), history(ticket), Ledger.objects.exists()) == (0, [None], rows, False)


def test_ticket_that_was_not_routed_yet_does_not_wait() -> None:
    """C11: its score and its rules come first."""
    ticket = make_ticket()
    make_agent("Ada", online=True)

    assert (route_waiting(), owners(ticket)) == (0, [None])


def test_closed_ticket_does_not_wait() -> None:
    ada, ticket = make_agent("Ada"), waiting()
    close(ticket, by=ada)
    go_online(ada)

    assert (route_waiting(), owners(ticket)) == (0, [None])


def test_ticket_that_a_person_returned_stays_where_they_put_it() -> None:
    """A30: whether it was given to them or they took it; the rotation must not bring it back within the minute."""
    ada = make_agent("Ada")
    taken = waiting()
    assign_agent(taken, ada, by=ada)
    go_online(ada)
    given = make_ticket()
    route_ticket(given.pk, cause="test")
    for ticket in (taken, given):
        assign_agent(again(ticket), None, by=ada)

    handed_out = route_waiting()

    assert (handed_out, owners(taken, given)) == (0, [None, None])


def test_ticket_of_a_team_waits_for_a_member() -> None:
    """C3."""
    bob = make_agent("Bob")
    team = make_team("Returns", bob)
    in_team, loose = waiting(team=team), waiting()
    make_agent("Ada", online=True)

    first = route_waiting()
    before = owners(in_team, loose)
    go_online(bob)
    second = route_waiting()

    assert (first, before, second, owners(in_team)) == (1, [None, "Ada"], 1, ["Bob"])


def test_stuck_team_holds_up_nobody_else(django_assert_max_num_queries: Any) -> None:
    """However many of its tickets are older; and each of them costs no query of its own."""
    team = make_team("Returns", make_agent("Off"))
    stuck = [waiting(team=team) for _ in range(5)]
    chat, loose = waiting(channel="sms"), waiting()
    make_agent("Ada", online=True)

    with django_assert_max_num_queries(50):
        given = route_waiting()

    assert (given, owners(*stuck, chat, loose)) == (2, [None] * 5 + ["Ada", "Ada"])


def test_full_agents_take_no_turns() -> None:
    """Nor is the ledger held for every ticket that waits."""
    RoundRobinSettings.objects.create(pk=1, capacity=1)
    tickets = [waiting() for _ in range(4)]
    make_agent("Ada", online=True)

    route_waiting()

    assert owners(*tickets) == ["Ada", None, None, None]
    assert Ledger.objects.get().turn == 1


def test_offline_again_before_the_job_gets_nothing() -> None:
    """A15."""
    ticket = waiting()
    ada = make_agent("Ada", online=True)
    go_offline(ada)

    run_tasks(raise_failures=True)

    assert owners(ticket) == [None]


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_hand_out_each_ticket_once() -> None:
    tickets = [waiting() for _ in range(4)]
    for name in ("Ada", "Bob"):
        make_agent(name, online=True)

    given = at_once(route_waiting, route_waiting)

    assert sum(given) == 4
    assert sorted(map(str, owners(*tickets))) == ["Ada", "Ada", "Bob", "Bob"]
    assert [kind for ticket in tickets for kind, _, _ in history(ticket)] == ["scored", "routed", "assigned"] * 4


@pytest.mark.django_db(transaction=True)
def test_routing_again_and_handing_out_at_once_wait_for_each_other_in_order() -> None:
    """A ticket that came back unowned still waits from before: both want it and the ledger, and must want them in the same order."""
    ada = make_agent("Ada")

    for number in range(3):
        tickets = [waiting(channel="sms") for _ in range(4)]
        make_rule(to=make_team("", ada), when=all_of(CHANNEL_IS_SMS), position=9 - number)
        go_online(ada)

        def route_again(tickets: list[Ticket] = tickets) -> None:
            for ticket in tickets:
                route_ticket(ticket.pk, cause="again")

        at_once(route_again, route_waiting)

        assert owners(*tickets) == ["Ada"] * 4
        go_offline(ada)


def test_ticket_that_fails_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = make_ticket(), make_ticket()
    for ticket in (first, second):
        route_ticket(ticket.pk, cause="created")
    hand_out = waiting_module._hand_out

    def fail_for_the_first(numbers: Any) -> Any:
        if first.pk in numbers:
            raise RuntimeError("This ticket cannot be given.")
        return hand_out(numbers)

    monkeypatch.setattr(waiting_module, "_hand_out", fail_for_the_first)
    ida = make_agent("Ida", online=True)

    route_waiting()

    assert [again(ticket).assignee for ticket in (first, second)] == [None, ida]
