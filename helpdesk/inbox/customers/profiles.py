"""What a customer's page shows: facts with their history, events, tickets, segments, predictions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from agents.models import Agent
from helpdesk.conditions.grammar import DIMENSIONS
from helpdesk.customers.facts import churn_risk
from helpdesk.customers.models import Customer, CustomerMerge, Membership, PropertyValue
from helpdesk.customers.pins import pinned_names
from helpdesk.inbox.addresses import part_of
from helpdesk.inbox.builder import words
from helpdesk.inbox.customers.events import event_lines
from helpdesk.tickets.models import Block, Ticket

EVENTS = 15
TICKETS = 20
HISTORY = 300
OWN = ("name", "email", "phone", "external_id", "country", "city", "zone", "language")
CONSENTS = {f"{channel}_consent": label for channel, label in words.CHANNELS.items()}


@dataclass
class Fact:
    """What the profile holds, since when, and what it held before, newest first."""

    name: str
    value: Any
    kind: str = ""
    since: datetime | None = None
    earlier: list[PropertyValue] = field(default_factory=list)
    label: Any = ""
    is_pinned: bool = False


def profile_page(customer: Customer, reader: Agent, *, find: str = "", metric: str = "", before: str = "", above: str = "") -> dict[str, Any]:
    """A constant number of queries."""
    facts = facts_of(customer)
    pins = pinned_names()
    for fact in facts.values():
        fact.is_pinned = fact.name in pins
    custom = [fact for name, fact in sorted(facts.items()) if not name.startswith("$") and name not in CONSENTS and name not in DIMENSIONS]
    return (
        timeline(customer, metric=metric, before=before)
        | written(customer, reader, above=above)
        | {
            "own": [_own(customer, name, facts) for name in OWN if getattr(customer, name)],
            "consents": [_labelled(facts[name], label) for name, label in CONSENTS.items() if name in facts],
            "predictions": [_labelled(facts[name], words.DIMENSIONS[name]) for name in words.DIMENSIONS if name in facts],
            "churn": churn_risk(customer.properties.get("churn_probability")),
            "properties": [fact for fact in custom if find.lower() in f"{fact.name} {fact.value}".lower()],
            "has_properties": bool(custom),
            "pinned": [facts[name] for name in pins if name in facts],
            "find": find,
            "ids": list(customer.external_ids.order_by("source", "value")),
            "barred": Block.objects.filter(customer=customer).select_related("by").first(),
            "memberships": _memberships(customer),
            "merges": list(CustomerMerge.objects.filter(kept=customer, undone_at=None).select_related("merged", "by").order_by("-at")),
        }
    )


def facts_of(customer: Customer) -> dict[str, Fact]:
    """By name; of what was before, the latest HISTORY rows. What the profile holds without a row is a fact, too, since nobody knows when."""
    rows = customer.property_values.filter(Q(until=None)) | customer.property_values.filter(pk__in=_closed(customer))
    newest_first = sorted(rows, key=lambda row: (row.since, row.pk), reverse=True)
    facts = {name: Fact(name, value) for name, value in customer.properties.items()}
    facts |= {row.name: Fact(row.name, row.value, row.get_kind_display(), row.since) for row in newest_first if row.until is None}
    for row in newest_first:
        if row.until is not None and row.name in facts:
            facts[row.name].earlier.append(row)
    return facts


def _closed(customer: Customer) -> list[int]:
    return list(customer.property_values.exclude(until=None).order_by("-since", "-pk").values_list("pk", flat=True)[:HISTORY])


def _own(customer: Customer, name: str, facts: dict[str, Fact]) -> Fact:
    return _labelled(facts.get(f"${name}") or Fact(name, getattr(customer, name)), words.OWN_PROPERTIES[f"${name}"])


def _labelled(fact: Fact, label: Any) -> Fact:
    fact.label = label
    return fact


def timeline(customer: Customer, *, metric: str = "", before: str = "") -> dict[str, Any]:
    """The newest events, of one metric if it is named; `before` is where the part above ended."""
    events = customer.events.filter(metric=metric) if metric else customer.events.all()
    page, older = part_of(events.order_by("-occurred_at", "-pk"), "occurred_at", above=before, length=EVENTS)
    return {"events": event_lines(page), "older": older, "metric": metric, "metrics": _metrics(customer)}


def written(customer: Customer, reader: Agent, *, above: str = "") -> dict[str, Any]:
    """The newest tickets, spam among them, which counts apart; `above` is where the page before ended."""
    theirs = Ticket.objects.visible_to(reader).filter(customer=customer)
    page, older = part_of(theirs.order_by("-created_at", "-pk"), "created_at", above=above, length=TICKETS)
    counts = theirs.aggregate(genuine=Count("pk", filter=Q(is_spam=False)), spam=Count("pk", filter=Q(is_spam=True)))
    return {"tickets": page, "older_tickets": older, "counts": counts}


def _metrics(customer: Customer) -> list[str]:
    return list(customer.events.order_by("metric").values_list("metric", flat=True).distinct())


def _memberships(customer: Customer) -> list[Membership]:
    held = customer.memberships.filter(until=None, segment__deleted_at=None)
    return list(held.select_related("segment").order_by("segment__name"))
