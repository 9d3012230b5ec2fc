"""What conditions can ask about a ticket (R10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from helpdesk.tickets.models import Message, Ticket


def ticket_value(ticket: Ticket, name: str) -> Any:
    """The value of one of `grammar.TICKET_FIELDS`; None when unknown."""
    match name:
        case "tags":
            return [tag.name for tag in ticket.tags.all()]
        case "sentiment":
            return ticket.sentiment_label or None
        case "status":
            return "open" if ticket.is_open else "closed"
        case "created":
            return ticket.created_at
        case "team":
            return ticket.team.name if ticket.team else None
        case "assignee":
            return ticket.assignee.name if ticket.assignee else None
        case "body":
            return _body(ticket.messages.all())
    return getattr(ticket, name)


def body_until(ticket: Ticket, moment: datetime) -> str:
    """What the customer had written by then."""
    return _body(ticket.messages.filter(created_at__lte=moment))


def messages_of(ticket: Ticket) -> list[int]:
    """The numbers of those that are its body at this moment."""
    return list(ticket.messages.filter(author=Message.Author.CUSTOMER).values_list("pk", flat=True))


def body_of(messages: Iterable[int]) -> str:
    """Of what `messages_of` gave, wherever these messages are by now: others are merged and split."""
    return _body(Message.objects.filter(pk__in=messages))


def _body(messages: QuerySet[Message]) -> str:
    return "\n".join(messages.filter(author=Message.Author.CUSTOMER).values_list("text", flat=True))
