"""A ticket's page, and why it is where it is."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from helpdesk.inbox.access import signed_in
from helpdesk.inbox.history import lines
from helpdesk.inbox.overview import latest_decision
from helpdesk.inbox.pages import AgentRequest, list_key, shell, ticket_page, visible_ticket
from helpdesk.inbox.reasons import in_short
from helpdesk.tickets.models import SentimentLabel, Ticket, TicketEvent
from routing.inputs import Recorded
from routing.reasons import candidates, verdicts


@signed_in
@require_safe
def ticket(request: AgentRequest, number: int) -> HttpResponse:
    return ticket_page(request, visible_ticket(request, number))


@signed_in
@require_safe
def why(request: AgentRequest, number: int) -> HttpResponse:
    """I2: every rule with the values it saw, every candidate with the reason."""
    ticket = visible_ticket(request, number)
    decision = latest_decision(ticket)
    by_hand = lines(_latest_by_hand(ticket), reader=request.user)
    context = shell(request, list_key(request)) | {"ticket": ticket, "decision": decision, "by_hand": by_hand}
    if decision is not None:
        found = verdicts(decision)
        context |= {"then_tags": Recorded(decision, decision.at).ticket("tags"), "then_label": label_of(decision.sentiment_label)}
        context |= {"verdicts": found, "candidates": candidates(decision), "in_short": in_short(decision, found, since=by_hand[0].sentence if by_hand else "")}
    return render(request, "inbox/why.html", context)


def label_of(sentiment: str) -> str:
    return str(SentimentLabel(sentiment).label) if sentiment else ""


def _latest_by_hand(ticket: Ticket) -> QuerySet[TicketEvent]:
    chosen = ticket.history.filter(kind__in=["assigned", "unassigned"], by__isnull=False).select_related("by")
    return chosen.order_by("-at", "-id")[:1]
