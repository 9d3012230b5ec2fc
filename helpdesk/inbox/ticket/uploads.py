"""Files of a request, whether a script sent them one by one or a form all at once."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile

from helpdesk.inbox.pages import AgentRequest
from helpdesk.tickets.conversation.attachments import File, RefusedFile, attach, must_be_small, must_carry_files
from helpdesk.tickets.models import Ticket


def attach_files(request: AgentRequest, ticket: Ticket) -> None:
    """All that can be kept; then raises RefusedFile for the first that cannot. What goes out where files do not is refused at once."""
    refused: list[RefusedFile] = []
    uploads = request.FILES.getlist("files")
    if uploads and request.POST.get("kind") == "reply":
        must_carry_files(ticket)
    for upload in uploads:
        try:
            attach(ticket, _file(upload), by=request.user)
        except RefusedFile as problem:
            refused.append(problem)
    if refused:
        raise refused[0]


def _file(upload: UploadedFile[Any]) -> File:
    name = upload.name or ""
    must_be_small(name, upload.size or 0)
    return File(name=name, content=upload.read(), content_type=upload.content_type or "")
