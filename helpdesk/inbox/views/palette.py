"""What the command palette finds beyond the page that it lies over."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agents.models import Agent
from helpdesk.customers.asking.patience import PATIENCE, TookTooLong, within
from helpdesk.inbox.access import reads_customers
from helpdesk.inbox.customers.lines import find_customers
from helpdesk.inbox.lists.searching import asked_at
from helpdesk.inbox.pages import AgentRequest
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.search import newest, parse
from helpdesk.tickets.search.pages import Hit, hits

MOST = 5  # tickets, and customers: the palette is for who knows what they want


@reads_customers
@require_safe
def palette(request: AgentRequest) -> HttpResponse:
    """V3: tickets that the reader may see."""
    text = asked_at(request.GET).text
    context = {"tickets": _tickets(request.user, text), "customers": find_customers(text.strip()[:200])[:MOST] if len(text.strip()) > 1 else []}
    return render(request, "inbox/_palette_found.html", context | {"q": text})


def _tickets(reader: Agent, text: str) -> tuple[Hit, ...]:
    """A bare number is most often a ticket's, which then comes first."""
    tickets, number = Ticket.objects.visible_to(reader), text.strip()
    try:
        with within(PATIENCE):
            exact = newest(tickets, f"#{number}", limit=1) if number.isascii() and number.isdigit() else []
            others = newest(tickets, text, limit=MOST) if parse(text) else []
    except TookTooLong:
        return ()
    return hits([*exact, *(other for other in others if other not in exact)][:MOST], text)
