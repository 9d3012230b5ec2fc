"""A ticket's closure: made by closing, taken away by reopening."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from helpdesk.inbox.access import signed_in
from helpdesk.inbox.pages import AgentRequest, back_to_ticket, ticket_page, visible_ticket
from helpdesk.tickets.acts.lifecycle import ThreadIsOpen, close, reopen


@signed_in
@require_http_methods(["POST", "DELETE"])
def closure(request: AgentRequest, number: int) -> HttpResponse:
    """A form cannot send DELETE: it posts `_method=DELETE`."""
    ticket = visible_ticket(request, number)
    if request.method == "POST" and request.POST.get("_method") != "DELETE":
        close(ticket, by=request.user)
        return back_to_ticket(request, ticket)
    try:
        reopen(ticket, by=request.user)
    except ThreadIsOpen as problem:
        return ticket_page(request, ticket, status=409, notice=str(problem))
    return back_to_ticket(request, ticket)
