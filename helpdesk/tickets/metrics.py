"""Our own happenings are events of the customer, too (S17): rules, segments and reports look at them like at orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import batched
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from helpdesk.customers.bulk import EventRow, track_many
from helpdesk.customers.models import Customer, Event
from helpdesk.customers.profiles import track
from helpdesk.tickets.models import Ticket

TICKET_CREATED = "Ticket Created"
TICKET_CLOSED = "Ticket Closed"
TOGETHER = 500


def hold_customer(ticket: Ticket) -> None:
    """Before the ticket itself: whoever takes in a message holds them in this order, and two orders would be a deadlock."""
    Customer.objects.filter(pk=ticket.customer_id).update(changed_at=timezone.now())


def hold_customers(tickets: Sequence[int]) -> None:
    """Of many, numbers; in one order. SQLite has no row locks, and needs none."""
    customers = Customer.objects.filter(pk__in=Ticket.objects.filter(pk__in=tickets).order_by().values("customer"))
    list(customers.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def tell(ticket: Ticket, metric: str, *, at: datetime, key: int = 0) -> None:
    """Once for each `key` of a ticket. The customer is held, see `hold_customer`. Properties: see `_properties`."""
    track(ticket.customer, metric, occurred_at=at, properties=_properties(ticket), external_id=_name(ticket, metric, key))


def tell_many(tickets: QuerySet[Ticket], metric: str, *, key: int) -> None:
    """As `tell`, of closed tickets, each at its closing."""
    told = tickets.select_related("customer", "team").prefetch_related("tags")
    for some in batched(told, TOGETHER, strict=False):
        track_many([_row(ticket, metric, key) for ticket in some])


def take_back_many(tickets: Sequence[Ticket], metric: str, *, key: int) -> None:
    """What `tell_many` told of these, if it has: it did not happen. Their customers are held."""
    told = Event.objects.filter(external_id__in=[_name(ticket, metric, key) for ticket in tickets])
    if told.delete()[0]:
        Customer.objects.filter(pk__in={ticket.customer_id for ticket in tickets}).update(changed_at=timezone.now())


def _row(ticket: Ticket, metric: str, key: int) -> EventRow:
    name = _name(ticket, metric, key)
    return EventRow(customer=ticket.customer, metric=metric, occurred_at=ticket.closed_at, properties=_properties(ticket), external_id=name)


def _name(ticket: Ticket, metric: str, key: int) -> str:
    return f"{metric} {ticket.pk} {key}"


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
