"""Whose turn it is (A4, B5, B15): one ledger for the desk, a team is a filter over it (C3).

Fair because there is one counter: whoever increments it holds the turn until commit, so picks happen one
after the other. The agent whose last turn is longest ago is next; agents who are eligible for the same
tickets therefore alternate strictly, and their counts differ by at most one (I7).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from agents.availability import presence_of, still_online
from agents.hours import desk_hours, is_open
from agents.models import Agent
from helpdesk.tickets.acts.assignment import claim_for
from helpdesk.tickets.models import Ticket
from routing.models import Ledger, LedgerEntry, RoundRobinSettings

IS_OFF = "round robin is off"
OUTSIDE_HOURS = "outside business hours"
NOBODY_ONLINE = "nobody is online"
EVERYBODY_FULL = "everybody is full"
IS_ASLEEP = "it is snoozed"


@dataclass
class Turn:
    """What came of asking for an agent: who, or why nobody; and each candidate's number with the reason (I2)."""

    agent: Agent | None = None
    waiting_because: str = ""
    candidates: list[list[Any]] = field(default_factory=list)


def round_robin_settings() -> RoundRobinSettings:
    return RoundRobinSettings.objects.filter(pk=1).first() or RoundRobinSettings(pk=1)


def give_to_next_agent(ticket: Ticket) -> Turn:
    """Inside the caller's transaction, late in it: the one ledger row is held from here until commit.

    The caller holds the ticket (`Ticket.objects.hold`) and has seen since that it is open and that nobody has it. One that sleeps
    is given to nobody; it waits as soon as it wakes.
    """
    if ticket.snoozed_until is not None:
        return Turn(waiting_because=IS_ASLEEP)
    settings = round_robin_settings()
    if not settings.is_on:
        return Turn(waiting_because=IS_OFF)
    if settings.only_in_hours(ticket.channel) and not is_open(desk_hours(), timezone.now()):
        return Turn(waiting_because=OUTSIDE_HOURS)
    if not _candidates(ticket).filter(availability__is_online=True).exists():
        return Turn(waiting_because=NOBODY_ONLINE, candidates=[[agent.pk, "offline"] for agent in _candidates(ticket)])
    rotation = Rotation(_candidates(ticket), limit=settings.capacity)
    turn = rotation.take()
    if turn.agent is not None and claim_for(ticket, turn.agent):
        rotation.note(turn)
        rotation.close()
    return turn


def _candidates(ticket: Ticket) -> QuerySet[Agent]:
    agents = Agent.objects.answering()
    return agents.filter(teams=ticket.team_id) if ticket.team_id else agents


@dataclass
class _Seat:
    """One agent's place in a rotation."""

    agent: Agent
    last_turn: int
    received: int
    load: int
    is_held: bool | None = None

    def is_there(self) -> bool:
        """Asked of the switch itself, once: from here until commit it stays Online."""
        if self.is_held is None:
            self.is_held = still_online(self.agent.pk)
        return self.is_held


class Rotation:
    """The turns of one transaction, for one ticket or for many: the ledger is held from here until commit.

    `limit`: an agent with so many open automatic tickets takes no turn; 0 = no limit. What is taken here counts.
    """

    def __init__(self, agents: QuerySet[Agent], *, limit: int) -> None:
        self.limit = limit
        self.next_number = self.first_number = hold_the_ledger()
        self.seats = _seats(agents, limit)

    def take(self, *, among: Collection[int] | None = None) -> Turn:
        """The next turn, of anybody or of these agents: longest without one first; who never had one before everybody."""
        turn = Turn()
        for seat in self.seats:
            if among is None or seat.agent.pk in among:
                turn.candidates.append([seat.agent.pk, self._outcome(seat, turn)])
        if turn.agent is None:
            is_full = any(outcome == "full" for _agent, outcome in turn.candidates)
            turn.waiting_because = EVERYBODY_FULL if is_full else NOBODY_ONLINE
        return turn

    def _outcome(self, seat: _Seat, turn: Turn) -> str:
        presence = presence_of(seat.agent)
        if presence != "online":
            return presence
        if self.limit and seat.load >= self.limit:
            return "full"
        if turn.agent is not None:
            return "not their turn"
        if not seat.is_there():
            return "offline"
        turn.agent = seat.agent
        return "taken"

    def use(self, *, among: Collection[int] | None = None) -> Turn:
        turn = self.take(among=among)
        if turn.agent is not None:
            self.note(turn)
        return turn

    def note(self, turn: Turn) -> None:
        """It was used: whoever had it goes to the end."""
        seat = next(seat for seat in self.seats if seat.agent == turn.agent)
        seat.last_turn, seat.received, seat.load = self.next_number, seat.received + 1, seat.load + 1
        self.next_number += 1
        self.seats.remove(seat)
        self.seats.append(seat)

    def close(self) -> None:
        """Into the ledger."""
        moved = [seat for seat in self.seats if seat.last_turn >= self.first_number]
        entries = [LedgerEntry(agent=seat.agent, last_turn=seat.last_turn, received=seat.received) for seat in moved]
        LedgerEntry.objects.bulk_create(entries, update_conflicts=True, unique_fields=["agent"], update_fields=["last_turn", "received"])
        if self.next_number > self.first_number + 1:
            Ledger.objects.filter(pk=1).update(turn=self.next_number - 1)


def hold_the_ledger() -> int:
    """The number of this turn. The write is the lock: it waits for every turn before it to commit."""
    if not Ledger.objects.filter(pk=1).update(turn=F("turn") + 1):
        Ledger.objects.get_or_create(pk=1)
        Ledger.objects.filter(pk=1).update(turn=F("turn") + 1)
    return Ledger.objects.get(pk=1).turn


def _seats(agents: QuerySet[Agent], limit: int) -> list[_Seat]:
    """The load is asked for only where there is a limit: every other turn waits for this one."""
    rows = in_turn(agents).select_related("availability").annotate(last_turn=F("ledger_entry__last_turn"), received=F("ledger_entry__received"))
    loaded = rows.annotate(load=load_of_agent() if limit else Value(0))
    return [_Seat(row, row.last_turn or 0, row.received or 0, row.load) for row in loaded]


def in_turn(agents: QuerySet[Agent]) -> QuerySet[Agent]:
    """Longest without a turn first; who never had one before everybody."""
    return agents.order_by(F("ledger_entry__last_turn").asc(nulls_first=True), "pk")


def load_of_agent() -> Coalesce:
    """Of each agent: their open automatic tickets. A subquery, which the index of open ones answers: every other turn waits for this one."""
    held = Ticket.objects.open().filter(assignee=OuterRef("pk"), assigned_automatically=True)
    return Coalesce(Subquery(held.values("assignee").annotate(load=Count("pk")).values("load")), 0)
