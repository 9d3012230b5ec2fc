"""A draft: saved while typing, or by its button; thrown away by another."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agents.text import number_in
from helpdesk.inbox.access import signed_in
from helpdesk.inbox.forms import LONGEST_MESSAGE
from helpdesk.inbox.pages import AgentRequest, back_to_ticket, ticket_page, visible_ticket
from helpdesk.inbox.ticket.uploads import attach_files
from helpdesk.tickets.conversation.attachments import RefusedFile
from helpdesk.tickets.conversation.drafts import SentMeanwhile, discard_draft, save_draft
from helpdesk.tickets.models import Ticket


@signed_in
@require_http_methods(["POST", "DELETE"])
def draft(request: AgentRequest, number: int) -> HttpResponse:
    """A script that names the `version` it knows is answered in JSON: the version now, and what there is to say."""
    ticket = visible_ticket(request, number)
    if request.method == "DELETE" or request.POST.get("_method") == "DELETE":
        discard_draft(ticket, by=request.user)
        return back_to_ticket(request, ticket)
    if len(request.POST.get("body", "")) > LONGEST_MESSAGE:
        return _too_long(request, ticket)
    if "version" in request.POST:
        return _as_typed(request, ticket)
    return _by_hand(request, ticket)


def _as_typed(request: AgentRequest, ticket: Ticket) -> HttpResponse:
    try:
        draft, replaced = save_draft(ticket, _text(request), is_internal=_is_note(request), seen=number_in(request.POST["version"]), by=request.user)
    except SentMeanwhile:
        return JsonResponse({"version": 0, "notice": ""}, status=409)
    notice = _("You have been writing this in another tab, too. This text has replaced that one.") if replaced else _("Draft saved")
    return JsonResponse({"version": draft.version if draft else 0, "notice": notice if draft else "", "replaced": replaced})


def _by_hand(request: AgentRequest, ticket: Ticket) -> HttpResponse:
    """Without scripts: text and files at once."""
    save_draft(ticket, _text(request), is_internal=_is_note(request), seen=None, by=request.user)
    try:
        attach_files(request, ticket)
    except RefusedFile as problem:
        return ticket_page(request, ticket, status=422, body_error=str(problem))
    return back_to_ticket(request, ticket)


def _text(request: AgentRequest) -> str:
    return request.POST.get("body", "")


def _is_note(request: AgentRequest) -> bool:
    return request.POST.get("kind") == "note"


def _too_long(request: AgentRequest, ticket: Ticket) -> HttpResponse:
    problem = _("That is longer than %(limit)d characters: it is not saved.") % {"limit": LONGEST_MESSAGE}
    if "version" in request.POST:
        return JsonResponse({"version": number_in(request.POST["version"]), "notice": problem}, status=422)
    return ticket_page(request, ticket, status=422, body_error=problem, body=request.POST.get("body", ""), kind=request.POST.get("kind", ""))
