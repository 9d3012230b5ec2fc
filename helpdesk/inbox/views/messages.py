"""What an agent writes, and whether it has left the house."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.inbox.access import signed_in
from helpdesk.inbox.forms import MessageForm
from helpdesk.inbox.pages import AgentRequest, back_to_ticket, first_error, list_key, ticket_page, visible_ticket
from helpdesk.outbox.deliveries import try_again
from helpdesk.tickets.conversation import add_note, reply
from helpdesk.tickets.models import Message, Ticket


@signed_in
@require_POST
def messages(request: AgentRequest, number: int) -> HttpResponse:
    ticket = visible_ticket(request, number)
    form = MessageForm(request.POST)
    if not form.is_valid():
        written = {"body": request.POST.get("body", ""), "kind": request.POST.get("kind", "")}
        return ticket_page(request, ticket, status=422, body_error=first_error(form), **written)
    write = add_note if form.cleaned_data["kind"] == "note" else reply
    write(ticket, form.cleaned_data["body"], by=request.user)
    return back_to_ticket(request, ticket)


@signed_in
@require_http_methods(["GET", "POST"])
def delivery(request: AgentRequest, message_id: int) -> HttpResponse:
    """GET: the message with the state of its delivery, which a page asks for while it is on its way. POST: try again."""
    message = _visible_message(request, message_id)
    if message.sent_to is None:
        raise Http404
    if request.method == "POST":
        try_again(message.sent_to)
        return back_to_ticket(request, message.ticket)
    return render(request, "inbox/_message.html", {"message": message, "key": list_key(request)})


def _visible_message(request: AgentRequest, message_id: int) -> Message:
    tickets = Ticket.objects.visible_to(request.user)
    message = Message.objects.select_related("agent", "sent_to", "ticket").filter(pk=message_id, ticket__in=tickets).first()
    if message is None:
        raise Http404
    return message
