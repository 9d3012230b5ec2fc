"""Why a ticket is where it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.models import Agent
from helpdesk.inbox.access import signed_in
from helpdesk.inbox.pages import AgentRequest, list_key, place_of, shell, visible_ticket
from helpdesk.inbox.ticket.decisions import cause, chosen, decision_lines, places, still_waits
from helpdesk.inbox.ticket.history import Line, lines
from helpdesk.inbox.ticket.reasons import in_short, waited
from helpdesk.tickets.models import SentimentLabel
from routing.inputs import Recorded
from routing.models import RoutingDecision
from routing.reasons import candidates, verdicts


@signed_in
@require_safe
def why(request: AgentRequest, number: int) -> HttpResponse:
    """I2: every rule with the values it saw, every candidate with the reason. `?decision=`: another than the latest."""
    ticket = visible_ticket(request, number)
    told = decision_lines(ticket)
    decision = chosen(told, ticket, request.GET.get("decision", ""))
    context = shell(request, list_key(request)) | {"place": place_of(request), "ticket": ticket}
    context |= {"decision": decision, "decisions": told, "places": places(ticket)}
    if decision is not None:
        context |= _in_full(decision, by_hand=_by_hand(decision, request.user) if decision == told[0].decision else [])
    return render(request, "inbox/why.html", context)


def _in_full(decision: RoutingDecision, *, by_hand: list[Line]) -> dict[str, Any]:
    found, waits = verdicts(decision), still_waits(decision)
    short = in_short(decision, found, since=[line.sentence for line in by_hand] + [waits])
    sentiment = SentimentLabel(decision.sentiment_label).label if decision.sentiment_label else ""
    then = {"then_tags": Recorded(decision, decision.at).ticket("tags"), "then_label": sentiment}
    whose = {"candidates": candidates(decision), "waited": waited(decision.waiting_because), "waits": waits}
    return then | whose | {"cause": cause(decision), "verdicts": found, "in_short": short, "by_hand": by_hand}


def _by_hand(decision: RoutingDecision, reader: Agent) -> list[Line]:
    """What a person has changed last since."""
    found = decision.ticket.history.filter(kind__in=["assigned", "unassigned"], by__isnull=False, at__gte=decision.at).select_related("by")
    return lines(found.order_by("-at", "-id")[:1], reader=reader)
