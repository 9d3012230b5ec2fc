"""The middle of a ticket's page: messages and history in one order of time."""

from __future__ import annotations

from datetime import datetime

from agents.models import Agent
from helpdesk.inbox.history import Line, lines
from helpdesk.tickets.models import Message, Ticket

LATEST = 100


def conversation(ticket: Ticket, *, reader: Agent, everything: bool) -> tuple[list[Message | Line], int]:
    """What is shown, oldest first, and how many earlier messages are left out.

    A thread of thousands of messages (a loop of two machines) must not make a page of them all.
    """
    messages = ticket.messages.select_related("agent", "sent_to").order_by("-created_at", "-id")
    shown = list(messages if everything else messages[:LATEST])[::-1]
    left_out = 0 if len(shown) < LATEST else messages.count() - len(shown)
    since = shown[0].created_at if left_out else None
    items: list[Message | Line] = [*shown, *_history(ticket, reader, since)]
    return sorted(items, key=moment), left_out


def _history(ticket: Ticket, reader: Agent, since: datetime | None) -> list[Line]:
    events = ticket.history.select_related("by")
    return lines(events.filter(at__gte=since) if since else events, reader=reader)


def moment(item: Message | Line) -> datetime:
    return item.at if isinstance(item, Line) else item.created_at
