"""Files of a request, whether a script sent them one by one or a form all at once."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile

from helpdesk.inbox.pages import AgentRequest
from helpdesk.tickets.conversation.attachments import File, RefusedFile, attach, must_be_small
from helpdesk.tickets.models import Ticket


def attach_files(request: AgentRequest, ticket: Ticket) -> None:
    """All that can be kept; then raises RefusedFile for the first that cannot."""
    refused: list[RefusedFile] = []
    for upload in request.FILES.getlist("files"):
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
