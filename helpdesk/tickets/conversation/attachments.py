"""Files with messages: what came in, what is put beside a draft, and what they may be called (V4)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from agents.models import Agent
from agents.text import readable
from helpdesk.tickets.conversation.drafts import open_draft
from helpdesk.tickets.models import Attachment, Channel, Message, Ticket
from helpdesk.tickets.permissions import must_answer

NAME_LIMIT = 200
MOST_FILES = 50
# By their first bytes: what says of itself that it is a picture may be a program.
_SIGNATURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF87a": "image/gif", b"GIF89a": "image/gif"}
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}")
UNKNOWN = "application/octet-stream"
TEXT_ALONE = (Channel.SMS, Channel.SOCIAL)


class RefusedFile(ValueError):
    """The message is for the user."""


@dataclass(frozen=True, kw_only=True)
class File:
    """As it came; nothing in it is trusted."""

    name: str
    content: bytes
    content_type: str = ""
    content_id: str = ""


@transaction.atomic
def attach(ticket: Ticket, file: File, *, by: Agent) -> Attachment:
    """Beside this person's draft, until that is sent. Raises RefusedFile."""
    must_answer(by)
    draft = open_draft(ticket, by=by)
    _must_fit(file, draft.attachments.aggregate(size=Sum("size", default=0))["size"], draft.attachments.count())
    return Attachment.objects.create(draft=draft, **_columns(file))


def detach(attachment: Attachment, *, by: Agent) -> None:
    """Only from one's own draft: what was sent is sent."""
    Attachment.objects.filter(pk=attachment.pk, draft__agent=by).delete()


def detach_all(ticket: Ticket, *, by: Agent) -> None:
    """Of one's own draft."""
    Attachment.objects.filter(draft__ticket=ticket, draft__agent=by).delete()


def why_without_files(ticket: Ticket) -> str:
    """Why the customer can be sent none, in words; "" where they can. A note can have files anywhere."""
    if ticket.channel not in TEXT_ALONE:
        return ""
    return _("Files cannot be sent by %(channel)s. Remove them, or send a link.") % {"channel": ticket.get_channel_display()}


def must_carry_files(ticket: Ticket) -> None:
    if refusal := why_without_files(ticket):
        raise RefusedFile(refusal)


def keep_files(message: Message, files: Iterable[File]) -> None:
    """Those that came with a message."""
    Attachment.objects.bulk_create([Attachment(message=message, **_columns(file)) for file in files])


def safe_name(name: str) -> str:
    """One that leads nowhere, looks like what it is, and keeps its ending: no path, no control character, no turning of the text."""
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(character for character in last if not unicodedata.category(character).startswith("C"))
    bare = " ".join(shown.split()).strip(". ")
    stem, dot, ending = bare.rpartition(".")
    if len(bare) > NAME_LIMIT and dot and len(ending) <= 20:
        return f"{stem[: NAME_LIMIT - len(ending) - 1]}.{ending}"
    return bare[:NAME_LIMIT] or "attachment"


def media_type(file: File) -> str:
    """What the first bytes say, where it is about being shown; else what was claimed, if that is a type at all."""
    found = next((kind for signature, kind in _SIGNATURES.items() if file.content.startswith(signature)), "")
    if not found and file.content[:4] == b"RIFF" and file.content[8:12] == b"WEBP":
        found = "image/webp"
    claimed = file.content_type.partition(";")[0].strip().lower()
    if found or claimed in ("image/png", "image/jpeg", "image/gif", "image/webp"):
        return found or UNKNOWN
    return claimed if _MEDIA_TYPE.fullmatch(claimed) else UNKNOWN


def must_be_small(name: str, size: int) -> None:
    """Raises RefusedFile. To be asked before the bytes are read."""
    if size > settings.ATTACHMENT_LIMIT:
        raise RefusedFile(_("“%(name)s” is larger than %(limit)s.") % {"name": safe_name(name), "limit": filesizeformat(settings.ATTACHMENT_LIMIT)})


def _must_fit(file: File, size: int, count: int) -> None:
    limit = settings.ATTACHMENT_LIMIT
    names = {"name": safe_name(file.name), "limit": filesizeformat(limit)}
    if not file.content:
        raise RefusedFile(_("“%(name)s” is empty.") % names)
    must_be_small(file.name, len(file.content))
    if size + len(file.content) > limit:
        raise RefusedFile(_("With “%(name)s” the files of this message would be larger than %(limit)s together.") % names)
    if count >= MOST_FILES:
        raise RefusedFile(_("A message can have %(count)d files.") % {"count": MOST_FILES})


def _columns(file: File) -> dict[str, str | int | bytes]:
    content_id = "".join(readable(file.content_id).split()).strip("<>")[:NAME_LIMIT]
    return {"name": safe_name(file.name), "content_type": media_type(file), "content_id": content_id, "size": len(file.content), "content": file.content}
