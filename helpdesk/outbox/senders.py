"""Who can send what: transports register themselves here when Django starts."""

from __future__ import annotations

from collections.abc import Callable

from helpdesk.outbox.models import Delivery

Sender = Callable[[Delivery], None]

_senders: dict[str, Sender] = {}


class CannotSend(Exception):
    """Another attempt would fail, too. The text says why, to the agent who wants it sent."""


class NoSender(CannotSend):
    """Nothing is set up that could send this."""


def register(kind: str, send: Sender) -> None:
    """`send` delivers one Delivery or raises: CannotSend ends it, after anything else it is called again for the same one."""
    _senders[kind] = send


def sender_for(kind: str) -> Sender:
    try:
        return _senders[kind]
    except KeyError:
        raise NoSender(f"Nothing is set up to send by {kind}.") from None
