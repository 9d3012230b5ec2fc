"""Who has a ticket: by hand (A5, A26, A29, A30), and the claim that round robin makes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from agents.models import Agent, Team
from helpdesk.tickets.acts.bulk import Chosen, Outcome, Part, carry_out, hold, in_short
from helpdesk.tickets.acts.turns import take_turns_back, tell_of
from helpdesk.tickets.events import record_event
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.permissions import must_answer, must_be_able_to_answer


class AlreadyTaken(Exception):
    """Somebody else has the ticket (A23). `assignee` is who, None if it was returned."""

    def __init__(self, assignee: Agent | None) -> None:
        self.assignee = assignee
        super().__init__(_("%(name)s took this a moment ago.") % {"name": assignee} if assignee else _("It was returned to the queue a moment ago."))


@transaction.atomic
def assign_agent(ticket: Ticket, agent: Agent | None, *, by: Agent) -> None:
    """By hand; `None` returns it to its team or to Unassigned. Does not touch the rotation (A20)."""
    must_answer(by)
    if agent is not None:
        must_be_able_to_answer(agent)
    changed = Ticket.objects.filter(pk=ticket.pk).exclude(assignee=agent) if agent else Ticket.objects.filter(pk=ticket.pk, assignee__isnull=False)
    if changed.update(assignee=agent, assigned_automatically=False):
        take_turns_back([ticket])
        _assigned(ticket, agent, by=by)


@transaction.atomic
def assign_if_still(ticket: Ticket, agent: Agent | None, *, seen: Agent | None, by: Agent) -> None:
    """As `assign_agent`, but only if the assignee is still the one the person saw; else AlreadyTaken (A23)."""
    now = Ticket.objects.filter(pk=ticket.pk, assignee=seen).update(assignee=seen)
    if not now:
        raise AlreadyTaken(Agent.objects.filter(tickets=ticket).first())
    assign_agent(ticket, agent, by=by)


def claim_for(ticket: Ticket, agent: Agent) -> bool:
    """Round robin's: only if the ticket is open and awake and nobody has it. Inside the caller's transaction."""
    claimed = Ticket.objects.awake().filter(pk=ticket.pk, assignee=None).update(assignee=agent, assigned_automatically=True)
    if claimed:
        _assigned(ticket, agent, by=None)
    return bool(claimed)


def _assigned(ticket: Ticket, agent: Agent | None, *, by: Agent | None) -> None:
    ticket.assignee = agent
    if agent is None:
        record_event(ticket, "unassigned", by=by)
        return
    record_event(ticket, "assigned", by=by, agent=agent.pk, name=str(agent))
    if agent != by:
        tell_of([ticket], agent)


@transaction.atomic
def assign_team(ticket: Ticket, team: Team | None, *, by: Agent | None) -> None:
    """R12: leaves Unassigned and lands in the team's inbox. `None` takes the team away."""
    if by is not None:
        must_answer(by)
    changed = Ticket.objects.filter(pk=ticket.pk).exclude(team=team) if team else Ticket.objects.filter(pk=ticket.pk, team__isnull=False)
    if not changed.update(team=team):
        return
    ticket.team = team
    if team is None:
        record_event(ticket, "team_cleared", by=by)
    else:
        record_event(ticket, "team_set", by=by, team=team.pk, name=team.name)


@transaction.atomic
def assign_many(chosen: Chosen, agent: Agent | None, *, by: Agent) -> Outcome:
    """A25: as `assign_agent`, of tickets whose assignee is still the one the person saw. Of the others it says who has them (A23)."""
    if agent is not None:
        must_be_able_to_answer(agent)
    others = [ticket for ticket in hold(chosen, by=by) if ticket.assignee_id != (agent and agent.pk)]
    free: list[Ticket] = []
    taken: list[Ticket] = []
    for ticket in others:
        is_as_seen = ticket.assignee_id == chosen.seen.get(ticket.pk, ticket.assignee_id)
        (free if is_as_seen else taken).append(ticket)
    part = Part(free, {"assignee": agent, "assigned_automatically": False}, [assigned_event(agent)])
    outcome = carry_out("assigned" if agent else "unassigned", [part], by=by, left=taken_by(taken))
    if agent is not None and agent != by:
        tell_of(free, agent)
    return outcome


def assigned_event(agent: Agent | None) -> tuple[str, dict[str, Any]]:
    return ("assigned", {"agent": agent.pk, "name": str(agent)}) if agent else ("unassigned", {})


def taken_by(tickets: Sequence[Ticket]) -> list[str]:
    """A23: “Already taken by Anna: #12, #13.”, for each who has some."""
    names = {agent.pk: str(agent) for agent in Agent.objects.filter(pk__in={ticket.assignee_id for ticket in tickets if ticket.assignee_id})}
    numbers: dict[int | None, list[int]] = {}
    for ticket in tickets:
        numbers.setdefault(ticket.assignee_id, []).append(ticket.pk)
    return [_taken(names.get(agent or 0, ""), in_short(some)) for agent, some in numbers.items()]


def _taken(name: str, numbers: str) -> str:
    if name:
        return _("Already taken by %(name)s: %(numbers)s.") % {"name": name, "numbers": numbers}
    return _("Returned to the queue a moment ago: %(numbers)s.") % {"numbers": numbers}


@transaction.atomic
def assign_team_many(chosen: Chosen, team: Team | None, *, in_turn: Sequence[Agent], by: Agent) -> Outcome:
    """B14: each goes to the team, and to the next of `in_turn`, its members who are Online; who of them has one keeps it.

    With nobody there the tickets wait in the team's inbox. By hand, so nobody's turn is used up (A20): whoever has the fewest tickets is first.
    """
    held = hold(chosen, by=by)
    if team is None:
        return carry_out("team_cleared", [Part([ticket for ticket in held if ticket.team_id], {"team": None}, [("team_cleared", {})])], by=by)
    in_turn, there = _fewest_first(in_turn), {agent.pk for agent in in_turn}
    others = [ticket for ticket in held if ticket.assignee_id not in there]
    receivers: Sequence[Agent | None] = in_turn or [None]
    shares = [(agent, others[start :: len(receivers)]) for start, agent in enumerate(receivers)]
    parts = [_to_team([ticket for ticket in held if ticket.assignee_id in there], team)]
    parts += [_to_team(share, team, assigned_event(agent), assignee=agent, assigned_automatically=False) for agent, share in shares]
    outcome = carry_out("team_set", itertools.chain(*parts), by=by)
    for agent, share in shares:
        if agent is not None and agent != by:
            tell_of(share, agent)
    return outcome


def _fewest_first(agents: Sequence[Agent]) -> list[Agent]:
    """Those with as many stay in their order."""
    load = dict(Ticket.objects.open().filter(assignee__in=agents).order_by().values_list("assignee").annotate(Count("pk")))
    return sorted(agents, key=lambda agent: load.get(agent.pk, 0))


def _to_team(tickets: Sequence[Ticket], team: Team, assigned: tuple[str, dict[str, Any]] | None = None, **given: Any) -> list[Part]:
    """Those that are in the team already have one row of history less, and so have those that nobody had and nobody gets."""
    parts: dict[tuple[bool, bool], Part] = {}
    agent = given.get("assignee")
    for ticket in tickets:
        does = (ticket.team_id != team.pk, assigned is not None and ticket.assignee_id != (agent and agent.pk))
        events = [("team_set", {"team": team.pk, "name": team.name})] if does[0] else []
        events += [assigned] if assigned and does[1] else []
        parts.setdefault(does, Part([], {"team": team} | (given if does[1] else {}), events)).tickets.append(ticket)
    return [part for does, part in parts.items() if any(does)]
