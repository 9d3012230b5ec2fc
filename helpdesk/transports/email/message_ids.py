"""Our own Message-IDs: the only thing in a mail that proves which ticket it answers (V10)."""

from __future__ import annotations

import re
from email.utils import parseaddr

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

_OURS = re.compile(r"<desk\.([1-9][0-9]{0,18})\.([1-9][0-9]{0,18})\.([0-9a-f]{32})@[^<>@\s]+>")


def make_message_id(ticket_id: int, message_id: int) -> str:
    """`<desk.{ticket}.{message}.{hmac}@{domain}>`, always the same for the same message."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    return f"<desk.{ticket_id}.{message_id}.{_proof(ticket_id, message_id, settings.SECRET_KEY)}@{domain}>"


def ticket_of(reference: str) -> int | None:
    """The ticket number in a Message-ID that we made, compared in constant time; None for any other text."""
    ours = _OURS.fullmatch(reference)
    if ours is None:
        return None
    ticket_id, message_id = int(ours[1]), int(ours[2])
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    is_proven = any(constant_time_compare(ours[3], _proof(ticket_id, message_id, secret)) for secret in secrets)
    return ticket_id if is_proven else None


def _proof(ticket_id: int, message_id: int, secret: str | bytes) -> str:
    """128 bits of HMAC-SHA256, in hexadecimal."""
    return salted_hmac("helpdesk.message_id", f"{ticket_id}.{message_id}", secret=secret, algorithm="sha256").hexdigest()[:32]
