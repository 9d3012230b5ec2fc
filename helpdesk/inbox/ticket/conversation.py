"""The middle of a ticket's page: messages and history in one order of time."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from agents.models import Agent
from helpdesk.inbox.ticket.history import Line, lines
from helpdesk.tickets.models import Message, Original, Ticket

LATEST = 100
_ORIGINAL = Original.objects.filter(message=OuterRef("pk"))


def conversation(ticket: Ticket, *, reader: Agent, everything: bool) -> tuple[list[Message | Line], int]:
    """What is shown, oldest first, and how many earlier messages are left out.

    A thread of thousands of messages (a loop of two machines) must not make a page of them all.
    """
    messages = with_parts(ticket.messages.all()).order_by("-created_at", "-id")
    shown = list(messages if everything else messages[:LATEST])[::-1]
    left_out = 0 if len(shown) < LATEST else messages.count() - len(shown)
    since = shown[0].created_at if left_out else None
    items: list[Message | Line] = [*shown, *_history(ticket, reader, since)]
    return sorted(items, key=_place), left_out


def _place(item: Message | Line) -> tuple[bool, datetime]:
    """What is held leaves after all that is there, and does so by then: it stands where it will stay."""
    return isinstance(item, Message) and item.is_held, moment(item)


def with_parts(messages: QuerySet[Message]) -> QuerySet[Message]:
    """With all that a message shows."""
    return messages.select_related("agent", "sent_to").prefetch_related("attachments", "mentions__agent").annotate(has_original=Exists(_ORIGINAL))


def _history(ticket: Ticket, reader: Agent, since: datetime | None) -> list[Line]:
    events = ticket.history.select_related("by")
    return lines(events.filter(at__gte=since) if since else events, reader=reader)


def moment(item: Message | Line) -> datetime:
    return item.at if isinstance(item, Line) else item.created_at
