"""What an agent writes, and whether it has left the house."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from agents.text import number_in
from helpdesk.inbox.access import signed_in
from helpdesk.inbox.forms import MessageForm
from helpdesk.inbox.pages import AgentRequest, back_to_ticket, first_error, place_of, ticket_page, visible_ticket
from helpdesk.inbox.ticket.composer import BOTH_KEPT, keep_typed
from helpdesk.inbox.ticket.conversation import with_parts
from helpdesk.inbox.ticket.uploads import attach_files
from helpdesk.outbox.deliveries import try_again
from helpdesk.tickets.acts.snoozing import NotATime, read_until
from helpdesk.tickets.conversation.attachments import RefusedFile
from helpdesk.tickets.conversation.messages import MergedAway, UnfilledMacro, add_note
from helpdesk.tickets.conversation.sending import AlreadyLeft, WroteMeanwhile, send_reply, take_back
from helpdesk.tickets.models import Message, Ticket


@signed_in
@require_POST
def messages(request: AgentRequest, number: int) -> HttpResponse:
    """`seen` is the last message that the writer's page shows: whoever answered after that is read first (409)."""
    ticket = visible_ticket(request, number)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _again(request, ticket, first_error(form))
    try:
        attach_files(request, ticket)
        if not _write(request, ticket, form):
            return ticket_page(request, ticket, status=409, body_error=BOTH_KEPT)
    except WroteMeanwhile as problem:
        return _again(request, ticket, str(problem), status=409)
    except (RefusedFile, UnfilledMacro, MergedAway, NotATime) as problem:
        return _again(request, ticket, str(problem))
    return back_to_ticket(request, ticket)


@transaction.atomic
def _write(request: AgentRequest, ticket: Ticket, form: MessageForm) -> bool:
    """The draft becomes the message. False where it holds what its writer has typed on another page and not seen on this one."""
    text, (draft, unseen) = form.cleaned_data["body"], keep_typed(ticket, request.POST, by=request.user)
    if unseen:
        return False
    if form.cleaned_data["kind"] == "note":
        add_note(ticket, text, by=request.user, draft=draft)
    else:
        seen = number_in(request.POST.get("seen", ""))
        send_reply(ticket, text, by=request.user, draft=draft, seen=seen, **_then(request.POST.get("then", "")))
    return True


def _then(value: str) -> dict[str, Any]:
    """ "close", or "snooze:" and until when; else nothing. Raises NotATime."""
    act, _colon, until = value.partition(":")
    return {"and_close": act == "close", "snooze_until": read_until(until, timezone.now()) if act == "snooze" else None}


def _again(request: AgentRequest, ticket: Ticket, problem: str, *, status: int = 422) -> HttpResponse:
    """Nothing typed is lost."""
    written = {"body": request.POST.get("body", ""), "kind": request.POST.get("kind", "")}
    return ticket_page(request, ticket, status=status, body_error=problem, **written)


@signed_in
@require_http_methods(["GET", "POST"])
def delivery(request: AgentRequest, message_id: int) -> HttpResponse:
    """GET: the message with the state of its delivery, which a page asks for while it is on its way. POST: try again."""
    message = visible_message(request, message_id)
    if request.method == "GET":
        return render(request, "inbox/_message.html", {"message": message, "place": place_of(request)})
    if message.sent_to is None:
        raise Http404
    try_again(message.sent_to)
    return back_to_ticket(request, message.ticket)


@signed_in
@require_http_methods(["POST", "DELETE"])
def sending(request: AgentRequest, message_id: int) -> HttpResponse:
    """DELETE takes a reply back while it is held; a form posts the same."""
    message = visible_message(request, message_id)
    try:
        take_back(message, by=request.user)
    except AlreadyLeft as problem:
        return ticket_page(request, visible_ticket(request, message.ticket_id), status=409, notice=str(problem))
    return back_to_ticket(request, message.ticket)


def visible_message(request: AgentRequest, message_id: int) -> Message:
    """V3."""
    tickets = Ticket.objects.visible_to(request.user)
    return get_object_or_404(with_parts(Message.objects.select_related("ticket__customer")), pk=message_id, ticket__in=tickets)
