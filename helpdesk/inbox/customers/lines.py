"""Customers in lines, found among a million for as long as a page may take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery

from agents.models import Agent
from helpdesk.customers.asking.patience import PATIENCE, TookTooLong, within
from helpdesk.customers.models import Customer, Event, Membership, Segment
from helpdesk.customers.searching import search
from helpdesk.inbox.addresses import number_of
from helpdesk.tickets.models import Ticket

PAGE = 50


@dataclass(frozen=True)
class CustomerLine:
    customer: Customer
    segments: list[Segment]
    last_event: str
    last_event_at: datetime | None
    tickets: int


@dataclass
class CustomerList:
    lines: list[CustomerLine] = field(default_factory=list)
    older: str = ""
    is_slow: bool = False


def customer_list(reader: Agent, *, query: str = "", segment: Segment | None = None, before: str = "") -> CustomerList:
    """The newest first. A constant number of queries; none of them counts all customers."""
    customers = _living(segment)
    if before:
        customers = customers.filter(pk__lt=number_of(before))
    try:
        with within(PATIENCE):
            page = _page(customers, query)
    except TookTooLong:
        return CustomerList(is_slow=True)
    return CustomerList(_lines(page[:PAGE], reader), str(page[PAGE - 1]) if len(page) > PAGE else "")


def find_customers(query: str) -> list[Customer]:
    """Up to a page of those whom a person may mean; nobody where looking takes too long."""
    try:
        with within(PATIENCE):
            numbers = _page(_living(None), query)[:PAGE]
    except TookTooLong:
        return []
    known = Customer.objects.in_bulk(numbers)
    return [known[number] for number in numbers]


def _living(segment: Segment | None) -> QuerySet[Customer]:
    customers = Customer.objects.filter(merged_into=None)
    return customers.filter(memberships__segment=segment, memberships__until=None) if segment else customers


def _page(customers: QuerySet[Customer], query: str) -> list[int]:
    """Their numbers, one more than a page holds if there are more."""
    found = search(customers, query) if query else customers
    return list(found.order_by("-pk").values_list("pk", flat=True)[: PAGE + 1])


def _lines(numbers: Iterable[int], reader: Agent) -> list[CustomerLine]:
    wanted = list(numbers)
    latest = Event.objects.filter(customer=OuterRef("pk")).order_by("-occurred_at", "-pk")
    known = Customer.objects.filter(pk__in=wanted).annotate(metric=Subquery(latest.values("metric")[:1]), happened=Subquery(latest.values("occurred_at")[:1]))
    open_ = Membership.objects.filter(until=None, segment__deleted_at=None).select_related("segment").order_by("segment__name")
    tickets = dict(Ticket.objects.visible_to(reader).filter(customer__in=wanted, is_spam=False).order_by().values_list("customer").annotate(n=Count("pk")))
    rows: list[Any] = sorted(known.prefetch_related(Prefetch("memberships", open_)), key=lambda each: -each.pk)
    return [CustomerLine(each, [held.segment for held in each.memberships.all()], each.metric or "", each.happened, tickets.get(each.pk, 0)) for each in rows]
