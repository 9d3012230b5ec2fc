"""Whose turn it is."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents.models import Agent, Availability, Role
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.models import Ticket
from routing.models import Ledger, LedgerEntry, RoundRobinSettings, RoutingDecision
from routing.reasons import candidates
from routing.router import route_ticket
from routing.shifts import go_offline
from tests.factories import make_agent, make_team, make_ticket
from tests.people import at_once
from tests.tickets.reading import again

pytestmark = pytest.mark.django_db


@pytest.fixture
def three() -> list[Agent]:
    return [make_agent(name, online=True) for name in ("Ada", "Bob", "Eva")]


def arrive(**fields: Any) -> Agent | None:
    """Who gets a new ticket."""
    team = fields.pop("team", None)
    ticket = make_ticket(**fields)
    if team:
        Ticket.objects.filter(pk=ticket.pk).update(team=team)
    route_ticket(ticket.pk, cause="test")
    return again(ticket).assignee


def latest() -> RoutingDecision:
    return RoutingDecision.objects.latest("pk")


def outcomes() -> dict[str, str]:
    return {str(each.agent): each.outcome for each in candidates(latest())}


def test_tickets_go_round(three: list[Agent]) -> None:
    """A4, B5."""
    assert [arrive() for _ in range(7)] == [*three, *three, three[0]]


def test_channels_share_one_pool(three: list[Agent]) -> None:
    """B3, B15."""
    assert [arrive(channel=channel) for channel in ("email", "sms", "social", "api")] == [*three, three[0]]


def test_one_agent_online_gets_every_ticket_until_another_comes() -> None:
    """B11, B16."""
    ada, _bob = make_agent("Ada", online=True), make_agent("Bob")

    alone = [arrive() for _ in range(3)]
    eva = make_agent("Eva", online=True)

    assert alone == [ada, ada, ada]
    assert [arrive() for _ in range(4)] == [eva, ada, eva, ada]


@pytest.mark.parametrize("fields", [{"role": Role.ANALYST}, {"is_active": False}])
def test_whoever_does_not_answer_gets_nothing(fields: dict[str, Any]) -> None:
    """B2: even with a switch that was left Online."""
    ada = make_agent("Ada", online=True)
    Agent.objects.filter(pk=make_agent("Bob", online=True).pk).update(**fields)

    assert [arrive() for _ in range(3)] == [ada, ada, ada]
    assert outcomes() == {"Ada": "taken"}


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN, Role.MANAGER, Role.AGENT])
def test_everybody_of_role_agent_or_higher_takes_part(role: Role) -> None:
    """B2."""
    agent = make_agent(role=role, online=True)

    assert arrive() == agent


def test_offline_agent_gets_nothing_and_keeps_their_place(three: list[Agent]) -> None:
    """A15: who returns after a while has waited longest, and gets one ticket, not all they missed."""
    ada, bob, eva = three
    arrive()
    go_offline(bob)

    without = [arrive() for _ in range(4)]
    Availability.objects.filter(agent=bob).update(is_online=True)

    assert without == [eva, ada, eva, ada]
    assert [arrive() for _ in range(4)] == [bob, eva, ada, bob]


def test_going_offline_rebalances_nothing(three: list[Agent]) -> None:
    """B14."""
    arrive()

    go_offline(three[0])

    assert Ticket.objects.get().assignee == three[0]


def test_nobody_online_leaves_it_unassigned_and_says_so() -> None:
    """R12, C3."""
    make_agent("Ada")
    go_offline(make_agent("Bob", online=True))

    assert arrive() is None
    assert (latest().waiting_because, outcomes()) == ("nobody is online", {"Ada": "offline", "Bob": "offline"})
    assert Ledger.objects.exists() is False


def test_why_names_every_candidate(three: list[Agent], settings: Any) -> None:
    """I2, C18: who was skipped is seen to be."""
    RoundRobinSettings.objects.create(pk=1, capacity=1)
    make_agent("Off")
    stale = make_agent("Stale", online=True)
    Availability.objects.filter(agent=stale).update(seen_at=timezone.now() - timedelta(seconds=settings.PRESENCE_TTL + 1))
    arrive()

    assert arrive() == three[1]
    assert outcomes() == {"Off": "offline", "Stale": "away", "Ada": "full", "Bob": "taken", "Eva": "not their turn"}
    assert latest().agent == three[1]
    assert {agent for agent, _outcome in latest().candidates} == set(Agent.objects.values_list("pk", flat=True))


def test_agent_without_a_sign_of_life_is_skipped_and_stays_online(settings: Any) -> None:
    """C18."""
    ada, bob = make_agent("Ada", online=True), make_agent("Bob", online=True)
    late = timezone.now() + timedelta(seconds=settings.PRESENCE_TTL + 1)
    with time_machine.travel(late, tick=False):
        Availability.objects.filter(agent=bob).update(seen_at=late)

        given = [arrive() for _ in range(2)]

    assert given == [bob, bob]
    assert Availability.objects.get(agent=ada).is_online is True


def test_by_hand_does_not_disturb_the_rotation(three: list[Agent]) -> None:
    """A20."""
    ada, bob, eva = three
    arrive()
    taken = make_ticket()

    assign_agent(taken, bob, by=bob)

    assert [arrive() for _ in range(3)] == [bob, eva, ada]
    assert dict(LedgerEntry.objects.values_list("agent__name", "received")) == {"Ada": 2, "Bob": 1, "Eva": 1}


def test_team_is_a_filter_over_the_one_ledger(three: list[Agent]) -> None:
    """C3, B15: a turn in the team is a turn."""
    ada, bob, eva = three
    team = make_team("Returns", ada, bob)

    assert [arrive(team=team), arrive(), arrive(), arrive(team=team), arrive(team=team)] == [ada, bob, eva, ada, bob]


def test_ticket_of_a_team_goes_to_no_outsider(three: list[Agent]) -> None:
    """A12, C3: it waits in the team's inbox."""
    team = make_team("Returns", make_agent("Off"))

    assert arrive(team=team) is None
    assert (latest().waiting_because, outcomes()) == ("nobody is online", {"Off": "offline"})
    assert Ticket.objects.get().team == team


def test_team_without_members_waits(three: list[Agent]) -> None:
    """A11."""
    assert arrive(team=make_team("Empty")) is None
    assert (latest().waiting_because, latest().candidates) == ("nobody is online", [])


def test_full_agent_is_passed_over_until_one_is_closed(three: list[Agent]) -> None:
    """C8: open automatic tickets count, others do not."""
    RoundRobinSettings.objects.create(pk=1, capacity=1)
    ada, bob, eva = three
    assign_agent(make_ticket(), ada, by=ada)

    given = [arrive() for _ in range(4)]

    assert given == [ada, bob, eva, None]
    assert (latest().waiting_because, outcomes()) == ("everybody is full", {"Ada": "full", "Bob": "full", "Eva": "full"})
    close(Ticket.objects.get(assignee=bob), by=bob)
    assert arrive() == bob


def test_full_and_offline_is_full() -> None:
    """A desk whose one agent is full needs another reason than a desk that is empty."""
    RoundRobinSettings.objects.create(pk=1, capacity=1)
    make_agent("Ada", online=True)
    make_agent("Off")
    arrive()

    assert arrive() is None
    assert latest().waiting_because == "everybody is full"


def test_everybody_away_is_nobody_online(settings: Any) -> None:
    make_agent("Ada", online=True)

    with time_machine.travel(timezone.now() + timedelta(seconds=settings.PRESENCE_TTL + 1), tick=False):
        given = arrive()

    assert (given, latest().waiting_because, outcomes()) == (None, "nobody is online", {"Ada": "away"})


def test_manual_mode_assigns_nothing(three: list[Agent]) -> None:
    """A22, B4."""
    RoundRobinSettings.objects.create(pk=1, is_on=False)

    assert arrive() is None
    assert (latest().waiting_because, latest().candidates) == ("round robin is off", [])


@pytest.mark.django_db(transaction=True)
def test_turns_taken_at_once_are_fair() -> None:
    """I7."""
    agents = [make_agent(name, online=True) for name in ("Ada", "Bob", "Eva")]
    tickets = [make_ticket() for _ in range(10)]

    for pair in zip(*[iter(tickets)] * 5, strict=True):
        at_once(*[lambda ticket=ticket: route_ticket(ticket.pk, cause="test") for ticket in pair])

    shares = Counter(Ticket.objects.values_list("assignee", flat=True))
    assert sorted(shares.values()) == [3, 3, 4]
    assert set(shares) == {agent.pk for agent in agents}
    assert Ledger.objects.get().turn == 10


@pytest.mark.parametrize(("capacity", "counts"), [(0, 0), (5, 1)])
def test_turn_reads_no_closed_tickets(three: list[Agent], capacity: int, counts: int) -> None:
    """Every other turn waits for it: the load is asked for only where there is a limit, and by the index of open tickets."""
    RoundRobinSettings.objects.create(pk=1, capacity=capacity)
    ticket = make_ticket()

    with CaptureQueriesContext(connection) as queries:
        route_ticket(ticket.pk, cause="test")

    asked = [query["sql"] for query in queries if 'ORDER BY "routing_ledgerentry"."last_turn"' in query["sql"]]
    assert [sql.count('FROM "tickets_ticket"') for sql in asked] == [counts]
    assert [sql for sql in asked if 'JOIN "tickets_ticket"' in sql] == []
