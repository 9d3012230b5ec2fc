"""All active rules against one ticket, from one loaded context (R1, R2, R5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from agents.models import Team
from helpdesk.conditions.evaluate import evaluate
from helpdesk.conditions.grammar import DefinitionError, parse_definition
from helpdesk.customers.facts import profile_value
from helpdesk.customers.models import Event
from helpdesk.tickets.facts import ticket_value
from helpdesk.tickets.models import SavedView, Ticket
from routing.models import Rule


@dataclass
class TicketSubject:
    """What the rules ask: the ticket, its customer, and the customer's events, each loaded once."""

    ticket_row: Ticket
    now: datetime
    _seen: dict[str, Any] = field(default_factory=dict)

    def profile(self, name: str) -> Any:
        return profile_value(self.ticket_row.customer, name)

    def ticket(self, name: str) -> Any:
        if name not in self._seen:
            self._seen[name] = ticket_value(self.ticket_row, name)
        return self._seen[name]

    def events(self, metric: str) -> Iterable[Event]:
        return self._events.get(metric, ())

    def groups(self) -> Collection[str]:
        return self._groups

    @cached_property
    def _groups(self) -> frozenset[str]:
        return frozenset(str(pk) for pk in self.ticket_row.customer.memberships.filter(until=None).values_list("segment", flat=True))

    @cached_property
    def _events(self) -> dict[str, list[Event]]:
        by_metric: dict[str, list[Event]] = {}
        for event in Event.objects.filter(customer=self.ticket_row.customer_id).only("metric", "occurred_at", "value", "properties"):
            by_metric.setdefault(event.metric, []).append(event)
        return by_metric


@dataclass
class Match:
    """What the rules say of a ticket: the team of the first matching team rule, every matching view (C13)."""

    team: Team | None
    views: list[SavedView]
    reasons: list[dict[str, Any]]


def match_rules(ticket: Ticket, now: datetime) -> Match:
    """A constant number of queries, whatever the number of rules."""
    subject = TicketSubject(ticket, now)
    match = Match(team=None, views=[], reasons=[])
    for rule in Rule.objects.filter(is_active=True).select_related("team", "view"):
        matched = _try(rule, subject, match.reasons)
        if matched and rule.view:
            match.views.append(rule.view)
        elif matched and match.team is None:
            match.team = rule.team
    return match


def _try(rule: Rule, subject: TicketSubject, reasons: list[dict[str, Any]]) -> bool:
    reason: dict[str, Any] = {"id": rule.pk, "name": rule.name, "destination": _destination(rule), "matched": False, "conditions": []}
    reasons.append(reason)
    try:
        definition = parse_definition(rule.definition)
    except DefinitionError as error:  # a rule that cannot be read never breaks routing, and says so
        reason["error"] = str(error)
        return False
    reason["matched"], seen = evaluate(definition, subject)
    reason["conditions"] = [condition.as_json() for condition in seen]
    return bool(reason["matched"])


def _destination(rule: Rule) -> str:
    return f"Team {rule.team}" if rule.team else f"View {rule.view}"
