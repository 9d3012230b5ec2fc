"""Which of our inboxes a mail is for. settings.EMAIL_INBOXES lists them, lower case; empty: whatever is written to."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings


def own_inbox(address: str) -> str | None:
    """The inbox of ours that an address belongs to, also as `support+order@…`; None when it is not ours."""
    name, _at, domain = address.lower().rpartition("@")
    plain = f"{name.partition('+')[0]}@{domain}"
    return next((known for known in (address.lower(), plain) if known in settings.EMAIL_INBOXES), None)


def inbox_of(recipients: Sequence[str], *, given: str = "") -> str:
    """`given` by the envelope or the operator decides; else the first recipient that is ours, or our first inbox.

    "" when nothing tells: no inboxes are set and the mail names no recipient.
    """
    if given:
        return own_inbox(given) or given.lower()
    ours = [inbox for recipient in recipients if (inbox := own_inbox(recipient))]
    return next(iter([*ours, *settings.EMAIL_INBOXES, *recipients]), "")


def is_taken(address: str) -> bool:
    """Whether the listener takes mail for this address."""
    return not settings.EMAIL_INBOXES or own_inbox(address) is not None
