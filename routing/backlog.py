"""Tickets whose owners are not there (I8): found, spread over those who are, and given back.

Not there is who has been Offline, whatever pages they have open, or Online without a sign of life, for a while of business hours; and
who can no longer sign in. Sleeping tickets are left out: nobody expects them to move.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.availability import presence_of
from agents.hours import desk_hours, has_been_open
from agents.models import Agent, Availability, BusinessHours, Team
from helpdesk.tickets.acts.assignment import assigned_event
from helpdesk.tickets.acts.bulk import Chosen, Outcome, Part, carry_out, hold
from helpdesk.tickets.acts.turns import tell_of
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.permissions import NotAllowed
from routing.round_robin import EVERYBODY_FULL, Rotation, Turn, round_robin_settings
from routing.waiting import members_of

MOST = 1_000  # tickets of one spreading, oldest first
KIND = "spread"  # of the act that is kept for its undoing


@dataclass(frozen=True)
class Plan:
    """Who gets how many, and sentences about those that stay. `because`: each reason for that."""

    count: int
    gets: dict[Agent, int]
    stays: list[str]
    because: set[str]


def absent_owners() -> list[Agent]:
    """Those of open tickets, by name. Two queries and those of the hours."""
    minutes = round_robin_settings().backlog_after
    theirs = Ticket.objects.awake().filter(assignee=OuterRef("pk"))
    owners = Agent.objects.filter(Exists(theirs)).select_related("availability").order_by("name", "pk")
    hours, now = desk_hours(), timezone.now()
    return [owner for owner in owners if minutes and _is_absent(owner, hours, timedelta(minutes=minutes), now)]


def _is_absent(owner: Agent, hours: BusinessHours, patience: timedelta, now: datetime) -> bool:
    if not owner.can_answer:
        return True
    if presence_of(owner, now) == "online":
        return False
    return has_been_open(hours, patience, since=_last_there(owner), until=now)


def _last_there(owner: Agent) -> datetime:
    """When they switched themselves Offline; without that, when they were last seen."""
    availability: Availability | None = getattr(owner, "availability", None)
    if availability is None:
        return owner.date_joined
    return availability.seen_at if availability.is_online else availability.changed_at


def left_tickets(team: Team | None = None, *, owners: Sequence[Agent] | None = None) -> QuerySet[Ticket]:
    """Oldest first; of a team or of the desk."""
    tickets = Ticket.objects.awake().filter(assignee__in=absent_owners() if owners is None else owners).order_by("created_at", "pk")
    return tickets.filter(team=team) if team else tickets


def may_spread(agent: Agent, team: Team | None) -> bool:
    """Managers everywhere, members in their team."""
    return agent.can_answer and (agent.is_manager or (team is not None and team.members.filter(pk=agent.pk).exists()))


def plan(team: Team | None) -> Plan:
    """What `spread` would do at this moment: the same picks, taken back."""
    with transaction.atomic():
        tickets = list(left_tickets(team)[:MOST])
        turns = _turns(tickets)
        transaction.set_rollback(True)
    given = Counter(turn.agent for _ticket, turn in turns if turn.agent is not None)
    return Plan(len(tickets), dict(given.most_common()), _why_left(turns), {turn.waiting_because for _ticket, turn in turns if turn.agent is None})


@transaction.atomic
def spread(team: Team | None, *, by: Agent) -> Outcome:
    """Each ticket to the next Online member of its team, or of the desk where it has none: turns like any others. NotAllowed."""
    if not may_spread(by, team):
        raise NotAllowed(_("Only managers and members of the team can do this."))
    owners = absent_owners()
    held = hold(Chosen(list(left_tickets(team, owners=owners).values_list("pk", flat=True)[:MOST])), by=by)
    absent = {owner.pk for owner in owners}
    tickets = [ticket for ticket in held if ticket.assignee_id in absent and ticket.is_open and ticket.snoozed_until is None]
    turns = _turns(sorted(tickets, key=lambda ticket: (ticket.created_at, ticket.pk)))
    shares: dict[Agent, list[Ticket]] = {}
    for ticket, turn in turns:
        if turn.agent is not None:
            shares.setdefault(turn.agent, []).append(ticket)
    parts = [Part(share, {"assignee": agent, "assigned_automatically": True}, [_spread_event(agent)]) for agent, share in shares.items()]
    besides = {"gets": {str(agent): len(share) for agent, share in shares.items()}}
    outcome = carry_out(KIND, parts, by=by, besides=besides, left=_why_left(turns))
    for agent, share in shares.items():
        tell_of(share, agent)
    return outcome


def _spread_event(agent: Agent) -> tuple[str, dict[str, Any]]:
    """Reports and history tell it as a turn: a person asked for it, and chose nobody."""
    kind, data = assigned_event(agent)
    return kind, data | {"spread": True}


def _turns(tickets: Sequence[Ticket]) -> list[tuple[Ticket, Turn]]:
    """Nobody who has a ticket of these is Online, so nobody gets their own."""
    if not tickets:
        return []
    members = members_of({ticket.team_id for ticket in tickets if ticket.team_id})
    rotation = Rotation(Agent.objects.answering(), limit=round_robin_settings().capacity)
    turns = [(ticket, rotation.use(among=members[ticket.team_id] if ticket.team_id else None)) for ticket in tickets]
    rotation.close()
    return turns


def _why_left(turns: Sequence[tuple[Ticket, Turn]]) -> list[str]:
    stay = Counter((ticket.team_id, turn.waiting_because) for ticket, turn in turns if turn.agent is None)
    names = dict(Team.objects.filter(pk__in=[team for team, _reason in stay if team]).values_list("pk", "name"))
    return [_stays(count, names.get(team or 0, ""), reason) for (team, reason), count in stay.items()]


def _stays(count: int, team: str, reason: str) -> str:
    told = ngettext("%(count)d ticket stays where it is", "%(count)d tickets stay where they are", count) % {"count": count}
    if reason == EVERYBODY_FULL:
        why = _("everybody in %(team)s is full") % {"team": team} if team else _("everybody is full")
    else:
        why = _("nobody in %(team)s is Online") % {"team": team} if team else _("nobody is Online")
    return _("%(told)s: %(why)s.") % {"told": told, "why": why}
