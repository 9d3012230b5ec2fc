"""Our own happenings are events of the customer, too (S17): rules, segments and reports look at them like at orders."""

from __future__ import annotations

from datetime import datetime
from itertools import batched
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from helpdesk.customers.bulk import EventRow, track_many
from helpdesk.customers.models import Customer
from helpdesk.customers.profiles import track
from helpdesk.tickets.models import Ticket

TICKET_CREATED = "Ticket Created"
TICKET_CLOSED = "Ticket Closed"
TOGETHER = 500


def hold_customer(ticket: Ticket) -> None:
    """Before the ticket itself: whoever takes in a message holds them in this order, and two orders would be a deadlock."""
    Customer.objects.filter(pk=ticket.customer_id).update(changed_at=timezone.now())


def tell(ticket: Ticket, metric: str, *, at: datetime, key: int = 0) -> None:
    """Once for each `key` of a ticket. The customer is held, see `hold_customer`. Properties: see `_properties`."""
    track(ticket.customer, metric, occurred_at=at, properties=_properties(ticket), external_id=f"{metric} {ticket.pk} {key}")


def tell_many(tickets: QuerySet[Ticket], metric: str, *, key: int) -> None:
    """As `tell`, of closed tickets, each at its closing."""
    told = tickets.select_related("customer", "team").prefetch_related("tags")
    for some in batched(told, TOGETHER, strict=False):
        track_many([_row(ticket, metric, key) for ticket in some])


def _row(ticket: Ticket, metric: str, key: int) -> EventRow:
    external_id = f"{metric} {ticket.pk} {key}"
    return EventRow(customer=ticket.customer, metric=metric, occurred_at=ticket.closed_at, properties=_properties(ticket), external_id=external_id)


def _properties(ticket: Ticket) -> dict[str, Any]:
    """What is known of the ticket at this moment; `first_reply_minutes` only when it has a first reply."""
    known = {
        "ticket": ticket.pk,
        "channel": ticket.channel,
        "sentiment": ticket.sentiment_label or None,
        "sentiment_score": ticket.sentiment_score,
        "team": ticket.team.name if ticket.team else None,
        "tags": [tag.name for tag in ticket.tags.all()],
        "first_reply_minutes": _minutes(ticket.created_at, ticket.first_reply_at),
    }
    return {name: value for name, value in known.items() if value is not None}


def _minutes(since: datetime, until: datetime | None) -> float | None:
    return None if until is None else round((until - since).total_seconds() / 60, 1)
