"""Files: put beside a draft, taken away again, downloaded (V1, V4)."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from helpdesk.inbox.access import signed_in
from helpdesk.inbox.pages import AgentRequest, back_to_ticket, place_of, ticket_page, visible_ticket
from helpdesk.inbox.ticket.composer import BOTH_KEPT, composer, keep_typed
from helpdesk.inbox.ticket.uploads import attach_files
from helpdesk.tickets.conversation.attachments import RefusedFile, detach, detach_all
from helpdesk.tickets.conversation.downloads import download
from helpdesk.tickets.models import Attachment, Ticket


@signed_in
@require_http_methods(["POST", "DELETE"])
def attachments(request: AgentRequest, number: int) -> HttpResponse:
    """For scripts: the files of the draft as they are now, and what was refused; a form without scripts saves its draft with them.

    DELETE, which a form posts: none is left.
    """
    ticket = visible_ticket(request, number)
    if request.method == "DELETE" or request.POST.get("_method") == "DELETE":
        detach_all(ticket, by=request.user)
        return _without(request, ticket)
    problem = ""
    try:
        attach_files(request, ticket)
    except RefusedFile as refusal:
        problem = str(refusal)
    return _files(request, ticket, problem, status=422 if problem else 200)


@signed_in
@require_http_methods(["GET", "POST", "DELETE"])
def attachment(request: AgentRequest, attachment_id: int) -> HttpResponse:
    """GET: the bytes. DELETE, which a form posts: away from one's own draft."""
    found = _visible(request, attachment_id)
    if request.method == "GET":
        return download(found)
    if found.draft is None:
        raise Http404
    ticket = visible_ticket(request, found.draft.ticket_id)
    detach(found, by=request.user)
    return _without(request, ticket)


def _without(request: AgentRequest, ticket: Ticket) -> HttpResponse:
    """A form without scripts has sent all that is typed along."""
    if request.htmx:
        return _files(request, ticket)
    if "body" in request.POST:
        _draft, unseen = keep_typed(ticket, request.POST, by=request.user)
        if unseen:
            return ticket_page(request, ticket, status=409, body_error=BOTH_KEPT)
    return back_to_ticket(request, ticket)


def _visible(request: AgentRequest, attachment_id: int) -> Attachment:
    """V3: of a ticket that they may see; of a draft, their own."""
    tickets = Ticket.objects.visible_to(request.user)
    is_theirs = Q(message__ticket__in=tickets) | Q(draft__agent=request.user, draft__ticket__in=tickets)
    return get_object_or_404(Attachment.objects.select_related("message", "draft"), is_theirs, pk=attachment_id)


def _files(request: AgentRequest, ticket: Ticket, problem: str = "", *, status: int = 200) -> HttpResponse:
    context = composer(ticket, reader=request.user) | {"ticket": ticket, "file_error": problem, "place": place_of(request)}
    return render(request, "inbox/_files.html", context, status=status)
