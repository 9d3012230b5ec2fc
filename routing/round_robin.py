"""Whose turn it is (A4, B5, B15): one ledger for the desk, a team is a filter over it (C3).

Fair because there is one counter: whoever increments it holds the turn until commit, so picks happen one
after the other. The agent whose last turn is longest ago is next; agents who are eligible for the same
tickets therefore alternate strictly, and their counts differ by at most one (I7).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from agents.availability import presence_of, still_online
from agents.hours import desk_hours, is_open
from agents.models import Agent
from helpdesk.tickets.assignment import claim_for
from helpdesk.tickets.models import Ticket
from routing.models import Ledger, LedgerEntry, RoundRobinSettings

IS_OFF = "round robin is off"
OUTSIDE_HOURS = "outside business hours"
NOBODY_ONLINE = "nobody is online"
EVERYBODY_FULL = "everybody is full"


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

    The caller holds the ticket (`Ticket.objects.hold`) and has seen since that it is open and that nobody has it.
    """
    settings = round_robin_settings()
    if not settings.is_on:
        return Turn(waiting_because=IS_OFF)
    if settings.only_in_hours(ticket.channel) and not is_open(desk_hours(), timezone.now()):
        return Turn(waiting_because=OUTSIDE_HOURS)
    if not _candidates(ticket).filter(availability__is_online=True).exists():
        return Turn(waiting_because=NOBODY_ONLINE, candidates=[[agent.pk, "offline"] for agent in _candidates(ticket)])
    return _take_turn(ticket, settings.capacity)


def _take_turn(ticket: Ticket, capacity: int) -> Turn:
    turn_number = hold_the_ledger()
    turn = Turn()
    for agent in _in_order(ticket, capacity):
        outcome = _outcome(agent, turn, capacity)
        if outcome == "taken" and claim_for(ticket, agent):
            _note_turn(agent, turn_number)
            turn.agent = agent
        turn.candidates.append([agent.pk, outcome])
    if turn.agent is None:
        is_full = any(outcome == "full" for _agent, outcome in turn.candidates)
        turn.waiting_because = EVERYBODY_FULL if is_full else NOBODY_ONLINE
    return turn


def hold_the_ledger() -> int:
    """The number of this turn. The write is the lock: it waits for every turn before it to commit."""
    if not Ledger.objects.filter(pk=1).update(turn=F("turn") + 1):
        Ledger.objects.get_or_create(pk=1)
        Ledger.objects.filter(pk=1).update(turn=F("turn") + 1)
    return Ledger.objects.get(pk=1).turn


def _candidates(ticket: Ticket) -> QuerySet[Agent]:
    agents = Agent.objects.answering()
    return agents.filter(teams=ticket.team_id) if ticket.team_id else agents


def _in_order(ticket: Ticket, capacity: int) -> QuerySet[Agent]:
    """Longest without a turn first; who never had one before everybody."""
    last_turn = F("ledger_entry__last_turn")
    agents = _candidates(ticket).select_related("availability").order_by(last_turn.asc(nulls_first=True), "pk")
    return agents.annotate(load=_load()) if capacity else agents


def _load() -> Coalesce:
    """Of each agent: their open automatic tickets. A subquery, which the index of open ones answers: every other turn waits for this one."""
    held = Ticket.objects.open().filter(assignee=OuterRef("pk"), assigned_automatically=True)
    return Coalesce(Subquery(held.values("assignee").annotate(load=Count("pk")).values("load")), 0)


def _outcome(agent: Agent, turn: Turn, capacity: int) -> str:
    presence = presence_of(getattr(agent, "availability", None))
    if presence != "online":
        return presence
    if capacity and agent.load >= capacity:  # type: ignore[attr-defined] # annotated in _in_order
        return "full"
    if turn.agent is not None:
        return "not their turn"
    return "taken" if still_online(agent.pk) else "offline"


def _note_turn(agent: Agent, turn_number: int) -> None:
    LedgerEntry.objects.get_or_create(agent=agent)
    LedgerEntry.objects.filter(agent=agent).update(last_turn=turn_number, received=F("received") + 1)
