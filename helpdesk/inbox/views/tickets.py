"""A ticket's page."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from agents.toasts import dismiss_toasts_of
from helpdesk.inbox.access import signed_in
from helpdesk.inbox.pages import AgentRequest, ticket_page, visible_ticket
from helpdesk.tickets.acts.marks import mark_read


@signed_in
@require_safe
def ticket(request: AgentRequest, number: int) -> HttpResponse:
    """Opening it takes away the reader's own mark, and toasts that lead here; a page that keeps itself up to date opens nothing."""
    found = visible_ticket(request, number)
    if request.htmx.target != "conversation":
        mark_read(found, by=request.user)
        dismiss_toasts_of(request.user, found.get_absolute_url())
    return ticket_page(request, found)
