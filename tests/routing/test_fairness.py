"""Round robin as a whole: whatever happens in whatever order, turns stay fair (I7)."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import hypothesis
import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule, run_state_machine_as_test

from agents.models import Agent, Team
from helpdesk.customers.models import Customer
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.events import record_event
from helpdesk.tickets.models import Ticket, TicketEvent
from routing.fairness import fairness
from routing.models import LedgerEntry
from routing.router import route_ticket
from routing.shifts import go_offline, go_online
from routing.waiting import route_waiting
from tests.factories import make_agent, make_customer, make_team, make_ticket

AGENTS = 4
WHO = st.integers(0, AGENTS - 1)


class Desk(RuleBasedStateMachine):
    """A desk and a model of it: who is Online, who had which turn, who waits."""

    tickets = Bundle("tickets")

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.customer: Customer = make_customer()
        self.agents: list[Agent] = [make_agent() for _ in range(AGENTS)]
        self.online: set[int] = set()
        self.turns: dict[int, int] = {}
        self.turn = 0
        self.waiting: list[tuple[int, int | None]] = []  # ticket, team
        self.since_both: dict[tuple[int, int], list[int]] = {pair: [0, 0] for pair in combinations(range(AGENTS), 2)}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @initialize(members=st.tuples(st.sets(WHO), st.sets(WHO)))
    def found_teams(self, members: tuple[set[int], set[int]]) -> None:
        self.members = members
        self.teams: list[Team] = [make_team("", *[self.agents[who] for who in sorted(team)]) for team in members]

    @rule(target=tickets, team=st.none() | st.integers(0, 1))
    def arrive(self, team: int | None) -> int:
        fields: dict[str, Any] = {"team": None if team is None else self.teams[team], "thread_key": str(self.turn) + str(Ticket.objects.count())}
        ticket = Ticket.objects.create(customer=self.customer, channel="email", inbox="desk", subject="Hello", **fields)
        record_event(ticket, "created", channel="email")

        route_ticket(ticket.pk, cause="test")

        if self._expect(ticket.pk, team) is None:
            self.waiting.append((ticket.pk, team))
        return ticket.pk

    @rule(who=WHO)
    def go_online(self, who: int) -> None:
        go_online(self.agents[who])
        self.online.add(who)
        self._begin_anew(who)

    @rule(who=WHO)
    def go_offline(self, who: int) -> None:
        go_offline(self.agents[who])
        self.online.discard(who)
        self._begin_anew(who)

    @rule()
    def hand_out(self) -> None:
        """The job that follows going Online."""
        route_waiting()

        self.waiting = [(ticket, team) for ticket, team in self.waiting if self._expect(ticket, team) is None]

    @rule(ticket=tickets, who=WHO)
    def take_by_hand(self, ticket: int, who: int) -> None:
        """A20: no turn of anybody's."""
        assign_agent(Ticket.objects.get(pk=ticket), self.agents[who], by=self.agents[who])
        self._forget(ticket)

    @rule(ticket=tickets)
    def return_by_hand(self, ticket: int) -> None:
        """A30. What waits goes on waiting."""
        assign_agent(Ticket.objects.get(pk=ticket), None, by=self.agents[0])

    @rule(tickets=st.lists(consumes(tickets), max_size=2))
    def close_some(self, tickets: list[int]) -> None:
        for ticket in tickets:
            close(Ticket.objects.get(pk=ticket), by=self.agents[0])
            self._forget(ticket)

    @invariant()
    def equals_had_equally_many(self) -> None:
        """I7: of two who could get the same tickets all the time, neither got two more than the other."""
        uneven = [pair for pair, (one, other) in self.since_both.items() if self._alike(*pair) and abs(one - other) > 1]
        assert uneven == []

    @invariant()
    def ledger_tells_what_was_given(self) -> None:
        received = dict(LedgerEntry.objects.values_list("agent", "last_turn"))
        assert sorted(received, key=lambda agent: received[agent]) == [self.agents[who].pk for who in sorted(self.turns, key=lambda who: self.turns[who])]
        automatic = TicketEvent.objects.filter(kind="assigned", by=None).values_list("ticket", flat=True)
        assert len(set(automatic)) == len(automatic) == sum(LedgerEntry.objects.values_list("received", flat=True))

    def _expect(self, ticket: int, team: int | None) -> int | None:
        """Who must have the ticket by the rules of the house: of those Online, whose last turn is longest ago."""
        eligible = self.online & (set(range(AGENTS)) if team is None else self.members[team])
        chosen = min(eligible, key=lambda who: (self.turns.get(who, -1), who), default=None)
        assert Ticket.objects.get(pk=ticket).assignee_id == (None if chosen is None else self.agents[chosen].pk)
        if chosen is not None:
            self.turn += 1
            self.turns[chosen] = self.turn
            for pair, counts in self.since_both.items():
                if chosen in pair and set(pair) <= eligible:
                    counts[pair.index(chosen)] += 1
        return chosen

    def _alike(self, one: int, other: int) -> bool:
        return all((one in team) == (other in team) for team in self.members)

    def _begin_anew(self, who: int) -> None:
        for pair in self.since_both:
            if who in pair:
                self.since_both[pair] = [0, 0]

    def _forget(self, ticket: int) -> None:
        self.waiting = [(other, team) for other, team in self.waiting if other != ticket]


@pytest.mark.django_db
def test_turns_are_fair_whatever_happens() -> None:
    """A15, A20, B5, B14–B16, C3, C8, I7: against a model, in random order."""
    examples = hypothesis.settings().max_examples // 10  # each is a day at the desk

    run_state_machine_as_test(Desk, settings=hypothesis.settings(max_examples=examples, stateful_step_count=30))


@pytest.mark.django_db
def test_i7_applying_the_rules_is_an_arrival_only_for_who_gets_something() -> None:
    """C14: a ticket that waits on has not come in once more."""
    waits, given, now = make_ticket(), make_ticket(), timezone.now()
    for ticket in (waits, given):
        route_ticket(ticket.pk, cause="created")
    route_ticket(waits.pk, cause="applied 1")
    ada = make_agent("Ada", online=True)
    route_ticket(given.pk, cause="applied 1")

    found = fairness(now, timezone.now())

    assert (found.arrivals, found.unasked) == (3, {"nobody is online": 2})
    assert [(share.agent, share.received, share.due) for share in found.shares] == [(ada, 1, 1)]
