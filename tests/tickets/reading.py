"""What tests read back of a ticket."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import time_machine
from django.db.models import QuerySet
from django.utils import timezone

from agents.models import Agent
from helpdesk.tickets.lists.finding import ORDERS, find_list
from helpdesk.tickets.models import Message, Ticket

Row = tuple[str, Agent | None, dict[str, Any]]


def history(ticket: Ticket) -> list[Row]:
    """Kind, who, data of each row, oldest first; without those of how the ticket came in."""
    rows = [(event.kind, event.by, event.data) for event in ticket.history.select_related("by")]
    return [row for row in rows if row[0] not in ("created", "customer_wrote")]


def again(ticket: Ticket) -> Ticket:
    """As the database has it now."""
    return Ticket.objects.get(pk=ticket.pk)


def tickets_in(agent: Agent, key: str) -> QuerySet[Ticket]:
    """What a list holds unless it is asked for more (A9), the newest message first. NoSuchList."""
    return ORDERS["newest"].sort(find_list(agent, key).shown)


def row(message: Message) -> Message:
    """As the database has it now."""
    return Message.objects.get(pk=message.pk)


def in_seconds(seconds: float) -> Any:
    """The block happens so much later."""
    return time_machine.travel(timezone.now() + timedelta(seconds=seconds), tick=False)
