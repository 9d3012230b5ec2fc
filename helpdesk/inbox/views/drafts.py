"""A draft: saved while typing, or by its button; thrown away by another."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from helpdesk.inbox.access import signed_in
from helpdesk.inbox.forms import LONGEST_MESSAGE
from helpdesk.inbox.pages import AgentRequest, back_to_ticket, ticket_page, visible_ticket
from helpdesk.inbox.ticket.composer import BOTH_KEPT, keep_typed
from helpdesk.inbox.ticket.uploads import attach_files
from helpdesk.tickets.conversation.attachments import RefusedFile
from helpdesk.tickets.conversation.drafts import SentMeanwhile, discard_draft, save_draft
from helpdesk.tickets.models import Ticket


@signed_in
@require_http_methods(["POST", "DELETE"])
def draft(request: AgentRequest, number: int) -> HttpResponse:
    """A script is answered in JSON: the `version` now, what there is to say, and what stands after the text now (`unseen`)."""
    ticket = visible_ticket(request, number)
    if request.method == "DELETE" or request.POST.get("_method") == "DELETE":
        discard_draft(ticket, by=request.user)
        return back_to_ticket(request, ticket)
    if len(request.POST.get("body", "")) > LONGEST_MESSAGE:
        return _too_long(request, ticket)
    return _as_typed(request, ticket) if _is_scripted(request) else _by_hand(request, ticket)


def _is_scripted(request: AgentRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _as_typed(request: AgentRequest, ticket: Ticket) -> HttpResponse:
    text, is_internal = request.POST.get("body", ""), request.POST.get("kind") == "note"
    try:
        draft, unseen = save_draft(ticket, text, is_internal=is_internal, seen=request.POST.get("version", ""), by=request.user)
    except SentMeanwhile:
        return JsonResponse({"version": "", "notice": "", "unseen": ""}, status=409)
    notice = str(BOTH_KEPT) if unseen else _("Draft saved") if draft else ""
    return JsonResponse({"version": draft.mark if draft else "", "notice": notice, "unseen": unseen})


def _by_hand(request: AgentRequest, ticket: Ticket) -> HttpResponse:
    """Without scripts: text and files at once."""
    _draft, unseen = keep_typed(ticket, request.POST, by=request.user)
    try:
        attach_files(request, ticket)
    except RefusedFile as problem:
        return ticket_page(request, ticket, status=422, body_error=str(problem))
    if unseen:
        return ticket_page(request, ticket, status=409, body_error=BOTH_KEPT)
    return back_to_ticket(request, ticket)


def _too_long(request: AgentRequest, ticket: Ticket) -> HttpResponse:
    problem = _("That is longer than %(limit)d characters: it is not saved.") % {"limit": LONGEST_MESSAGE}
    if _is_scripted(request):
        return JsonResponse({"version": request.POST.get("version", ""), "notice": problem, "unseen": ""}, status=422)
    return ticket_page(request, ticket, status=422, body_error=problem, body=request.POST.get("body", ""), kind=request.POST.get("kind", ""))
