"""Files: put beside a draft, taken away again, downloaded (V1, V4)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.inbox.access import signed_in
from helpdesk.inbox.forms import LONGEST_MESSAGE
from helpdesk.inbox.pages import AgentRequest, back_to_ticket, list_key, visible_ticket
from helpdesk.inbox.ticket.uploads import attach_files
from helpdesk.tickets.conversation.attachments import RefusedFile, detach
from helpdesk.tickets.conversation.downloads import download
from helpdesk.tickets.conversation.drafts import draft_of, save_draft
from helpdesk.tickets.models import Attachment, Ticket


@signed_in
@require_POST
def attachments(request: AgentRequest, number: int) -> HttpResponse:
    """For scripts: the files of the draft as they are now, and what was refused. A form without scripts saves its draft with them."""
    ticket = visible_ticket(request, number)
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
    if request.htmx:
        return _files(request, ticket)
    if "body" in request.POST:  # the whole form, from a page without scripts
        save_draft(ticket, request.POST["body"][:LONGEST_MESSAGE], is_internal=request.POST.get("kind") == "note", seen=None, by=request.user)
    return back_to_ticket(request, ticket)


def _visible(request: AgentRequest, attachment_id: int) -> Attachment:
    """V3: of a ticket that they may see; of a draft, their own."""
    tickets = Ticket.objects.visible_to(request.user)
    found = Attachment.objects.select_related("message", "draft").filter(pk=attachment_id)
    file = (found.filter(message__ticket__in=tickets) | found.filter(draft__agent=request.user, draft__ticket__in=tickets)).first()
    if file is None:
        raise Http404
    return file


def _files(request: AgentRequest, ticket: Ticket, problem: str = "", *, status: int = 200) -> HttpResponse:
    draft = draft_of(ticket, request.user)
    context = {"ticket": ticket, "draft": draft, "files": draft.attachments.all() if draft else [], "file_error": problem, "key": list_key(request)}
    return render(request, "inbox/_files.html", context, status=status)
