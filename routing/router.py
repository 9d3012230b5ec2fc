"""★ Where a ticket goes, and why: read this from top to bottom to know how Bob got it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from helpdesk.tickets.acts.assignment import assign_team
from helpdesk.tickets.events import record_event
from helpdesk.tickets.models import SavedView, Ticket, TicketEvent, ViewEntry
from routing.inputs import keep_ticket
from routing.matching import Match, match_rules
from routing.models import RoutingDecision
from routing.round_robin import give_to_next_agent
from routing.rule_set import Rules, live
from routing.teams import match_teams, next_team
from routing.waiting import waiting


def route_ticket(ticket_id: int, *, cause: str) -> RoutingDecision:
    """Rules, then teams' tags and segments, then the agent whose turn it is (C13), once for each `cause`.

    The same cause again changes nothing and returns the first decision.
    """
    decided = RoutingDecision.objects.filter(ticket=ticket_id, cause=cause)
    try:
        return decided.first() or _decide(ticket_id, cause)
    except IntegrityError:  # another worker has decided at the same time
        return decided.get()


def route_once_more(ticket_id: int, *, cause: str) -> RoutingDecision | None:
    """C11: by what arrived after it was routed, if nobody has it yet: no agent, no team, and no person has put it where it is."""
    if not waiting().filter(pk=ticket_id, team=None).exists():
        return None
    return route_ticket(ticket_id, cause=cause)


@transaction.atomic
def _decide(ticket_id: int, cause: str) -> RoutingDecision:
    """One transaction: the ticket is locked before it is read, the ledger last."""
    Ticket.objects.hold(ticket_id)
    ticket = Ticket.objects.select_related("customer", "team", "assignee").prefetch_related("tags").get(pk=ticket_id)
    version = live()
    match = match_rules(ticket, version.rules, now := timezone.now())
    decision = _kept(RoutingDecision(ticket=ticket, cause=cause, at=now, rule_set_id=version.id), version.rules, match)
    if not decision.team_was_chosen:
        decision.team, decision.teams = match.team, [] if match.team else match_teams(ticket)
    decision.save()
    if ticket.is_open:
        _enter_views(ticket, match.views)
    if ticket.is_open and ticket.assignee_id is None:
        _give(ticket, decision)
    record_event(
        ticket, "routed", decision=decision.pk, team=str(decision.team or ""), agent=str(decision.agent or ""), waiting_because=decision.waiting_because
    )
    return decision


def _kept(decision: RoutingDecision, rules: Rules, match: Match) -> RoutingDecision:
    """With what the rules looked at, and what they said."""
    keep_ticket(decision, decision.ticket, rules)
    decision.team_was_chosen = with_chosen_team(Ticket.objects.filter(pk=decision.ticket_id)).exists()
    decision.matched = ",".join(["", *(str(rule.id) for rule in match.outcome.matched), ""])
    decision.rule = match.outcome.winner.id if match.outcome.winner else None
    decision.values, decision.until = match.values, {str(rule.id): end.isoformat() for rule, end in match.until.items()}
    return decision


def with_chosen_team(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Those whose team a person has set or taken away since they were opened: that stands. What routing set, it sets anew."""
    latest = TicketEvent.objects.filter(ticket=OuterRef("pk"), kind__in=("created", "reopened", "team_set", "team_cleared")).order_by("-pk")
    found = tickets.annotate(latest=Subquery(latest.values("kind")[:1]), latest_by=Subquery(latest.values("by")[:1]))
    return found.filter(latest__in=("team_set", "team_cleared"), latest_by__isnull=False)


def _enter_views(ticket: Ticket, views: Mapping[SavedView, datetime | None]) -> None:
    """R13: not assigned, still available to every agent. C20: with the end of what was true then."""
    for view, end in views.items():
        ViewEntry.objects.get_or_create(view=view, ticket=ticket, defaults={"true_until": end})


def _give(ticket: Ticket, decision: RoutingDecision) -> None:
    """R12, A12: the team first; then one of its members, or of everybody."""
    decision.team = decision.team or next_team(decision.teams)
    if decision.team is not None:
        assign_team(ticket, decision.team, by=None)
    turn = give_to_next_agent(ticket)
    decision.agent, decision.candidates, decision.waiting_because = turn.agent, turn.candidates, turn.waiting_because
    decision.left_alone = turn.agent is None and ticket.team_id is None and ticket.snoozed_until is None
    decision.save(update_fields=["team", "agent", "candidates", "waiting_because", "left_alone"])
