"""Who has a ticket, chosen in the overview (A5, A29, A30). Its team is moved by an act."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from helpdesk.inbox.access import signed_in
from helpdesk.inbox.forms import AssignmentForm
from helpdesk.inbox.pages import AgentRequest, back_to_ticket, first_error, ticket_page, visible_ticket
from helpdesk.tickets.acts.assignment import AlreadyTaken, assign_if_still


@signed_in
@require_POST
def assignment(request: AgentRequest, number: int) -> HttpResponse:
    """A23: only if the assignee is still the one whom the person saw; else 409 and the page as it is now."""
    ticket = visible_ticket(request, number)
    form = AssignmentForm(request.POST)
    if not form.is_valid():
        return ticket_page(request, ticket, status=422, notice=first_error(form))
    try:
        assign_if_still(ticket, form.cleaned_data["assignee"], seen=form.cleaned_data["seen_assignee"], by=request.user)
    except AlreadyTaken as taken:
        return ticket_page(request, visible_ticket(request, number), status=409, notice=str(taken))
    return back_to_ticket(request, ticket)
