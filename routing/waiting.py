"""Tickets that wait for somebody, and how they are handed out: oldest first, at an even pace (C8)."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.tasks import task
from django.utils import timezone

from agents.availability import present
from agents.hours import desk_hours, is_open
from agents.models import Agent, Availability, Team
from helpdesk.tickets.acts.assignment import assigned_event
from helpdesk.tickets.acts.turns import tell_of
from helpdesk.tickets.events import record_events
from helpdesk.tickets.models import Channel, Ticket, TicketEvent
from routing.models import RoundRobinSettings, RoutingDecision
from routing.round_robin import EVERYBODY_FULL, IS_OFF, NOBODY_ONLINE, OUTSIDE_HOURS, Rotation, Turn, load_of_agent, round_robin_settings

log = logging.getLogger(__name__)
BATCH = 500  # tickets of one transaction, which holds the ledger for as long as it takes


def waiting() -> QuerySet[Ticket]:
    """Oldest first. A ticket waits when routing found nobody for it. One that a person returned does not: it stays where they put it (A30).

    The latest event is the one written last: clocks differ between machines.
    """
    latest = TicketEvent.objects.filter(ticket=OuterRef("pk"), kind__in=("routed", "assigned", "unassigned")).order_by("-pk")
    unowned = Ticket.objects.awake().filter(assignee=None).annotate(latest=Subquery(latest.values("kind")[:1]))
    return unowned.filter(latest="routed").order_by("created_at", "pk")


def why_waiting(ticket: Ticket) -> str:
    """What holds up a ticket that waits, at this moment, in the words of `round_robin`; "" where nothing does."""
    settings = round_robin_settings()
    if not settings.is_on:
        return IS_OFF
    if ticket.channel not in _served(settings):
        return OUTSIDE_HOURS
    there = Agent.objects.answering().filter(pk__in=Availability.objects.filter(present()).values("agent"))
    among = set((there.filter(teams=ticket.team_id) if ticket.team_id else there).values_list("pk", flat=True))
    if not among:
        return NOBODY_ONLINE
    return "" if among.intersection(_able(settings)) else EVERYBODY_FULL


def route_waiting() -> int:
    """Hands out what waits until nobody can take more (C8). Returns how many went out."""
    given, failed = 0, set[int]()
    while numbers := _next_in_line(failed):
        before = len(failed)
        count = _hand_out_together(numbers, failed)
        given += count
        if not count and len(failed) == before:  # others hold them: they are being dealt with
            break
    return given


def _hand_out_together(numbers: Sequence[int], failed: set[int]) -> int:
    """In one transaction. One that fails must not keep the others waiting: it is found by halves, and tried again the next minute."""
    try:
        return _hand_out(numbers)
    except Exception:
        if len(numbers) == 1:
            log.exception("Ticket %s was not handed out", numbers[0])
            failed.update(numbers)
            return 0
    middle = len(numbers) // 2
    return _hand_out_together(numbers[:middle], failed) + _hand_out_together(numbers[middle:], failed)


def _next_in_line(failed: Collection[int]) -> list[int]:
    """Those whose channel is served at this moment, and for which somebody is there who has room. Nothing is locked for this."""
    settings = round_robin_settings()
    able = _able(settings) if settings.is_on else []
    if not able:
        return []
    teams = Team.members.through.objects.filter(agent__in=able).values("team")
    found = waiting().filter(Q(team=None) | Q(team__in=teams), channel__in=_served(settings)).exclude(pk__in=failed)
    return list(found.values_list("pk", flat=True)[:BATCH])


def _served(settings: RoundRobinSettings) -> list[str]:
    hours, now = desk_hours(), timezone.now()
    return [channel for channel in Channel.values if not settings.only_in_hours(channel) or is_open(hours, now)]


def _able(settings: RoundRobinSettings) -> list[int]:
    """The numbers of those who are Online and have room."""
    able = Agent.objects.answering().filter(pk__in=Availability.objects.filter(present()).values("agent"))
    if limit := settings.handing_out:
        able = able.annotate(load=load_of_agent()).filter(load__lt=limit)
    return list(able.values_list("pk", flat=True))


@transaction.atomic
def _hand_out(numbers: Sequence[int]) -> int:
    """One transaction for all: the tickets are held first, then the ledger, then the switch of each who gets one."""
    tickets = _hold(numbers)
    if not tickets:
        return 0
    members = members_of({ticket.team_id for ticket in tickets if ticket.team_id})
    rotation = Rotation(Agent.objects.answering(), limit=round_robin_settings().handing_out)
    turns = [(ticket, rotation.use(among=members[ticket.team_id] if ticket.team_id else None)) for ticket in tickets]
    rotation.close()
    _keep_reasons([(ticket, turn) for ticket, turn in turns if turn.agent is not None])
    return _claim([(ticket, turn.agent) for ticket, turn in turns if turn.agent is not None])


def _hold(numbers: Sequence[int]) -> list[Ticket]:
    """Those that still wait. One that somebody else holds is being dealt with; to wait for it could be to wait for each other."""
    held = Ticket.objects.filter(pk__in=numbers).order_by("pk").select_for_update(skip_locked=True, no_key=True)
    return list(waiting().filter(pk__in=list(held.values_list("pk", flat=True))).select_related("customer"))


def members_of(teams: Collection[int]) -> dict[int, set[int]]:
    """Of each of these teams the numbers of its members."""
    members: dict[int, set[int]] = {team: set() for team in teams}
    for team, agent in Team.members.through.objects.filter(team__in=teams).values_list("team", "agent"):
        members[team].add(agent)
    return members


def _keep_reasons(turns: Sequence[tuple[Ticket, Turn]]) -> None:
    """I2: of each ticket the latest decision says who got it and who did not. Turns repeat, so many decisions get the same.

    One that waits on keeps what was so when it was decided; `why_waiting` says what is so now.
    """
    latest = RoutingDecision.objects.filter(ticket__in=[ticket for ticket, _turn in turns]).order_by().values("ticket")
    decision_of = dict(latest.values_list("ticket", Max("pk")))
    alike: dict[str, tuple[Turn, list[int]]] = {}
    for ticket, turn in turns:
        alike.setdefault(str((turn.candidates, turn.waiting_because)), (turn, []))[1].append(decision_of[ticket.pk])
    for turn, decisions in alike.values():
        kept = {"agent": turn.agent, "candidates": turn.candidates, "waiting_because": turn.waiting_because}
        RoutingDecision.objects.filter(pk__in=decisions).update(**kept)


def _claim(given: Sequence[tuple[Ticket, Agent]]) -> int:
    """As `assignment.claim_for`, in a number of statements that grows with the agents alone."""
    shares: dict[Agent, list[Ticket]] = {}
    for ticket, agent in given:
        ticket.assignee = agent
        shares.setdefault(agent, []).append(ticket)
    for agent, tickets in shares.items():
        Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).update(assignee=agent, assigned_automatically=True)
        tell_of(tickets, agent)
    record_events([(tickets, *assigned_event(agent)) for agent, tickets in shares.items()], by=None)
    return len(given)


@task
def route_waiting_job() -> int:
    """When somebody goes Online, and every minute for the hours that have opened and agents who have closed tickets."""
    return route_waiting()
