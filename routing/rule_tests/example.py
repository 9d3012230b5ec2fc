"""What a rule test says of a ticket, as JSON, and how the rules ask it.

{"ticket": {"channel": "sms", "subject": …, any of grammar.TICKET_FIELDS},
 "profile": {"$country": "Sweden", "tier": "gold"},     by `customers.facts.stored_name`
 "events": [{"metric": "Placed Order", "occurred_at": ISO 8601, "value": 49.9, "properties": {}}],
 "segments": ["3"]}
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from helpdesk.customers.asking.context import Occurrence
from helpdesk.customers.facts import OWN, churn_risk, stored_name
from helpdesk.customers.filing.incoming import EventRow, as_properties, read_event
from helpdesk.customers.models import Customer
from routing.rule_tests.models import RuleTest

MOST_EVENTS = 2_000


@dataclass
class Example:
    """A `Subject` that knows what its test says and nothing else."""

    test: RuleTest
    now: datetime

    def ticket(self, name: str) -> Any:
        """A ticket is open and has just been created, if nothing else is said."""
        unsaid = {"status": "open", "created": self.now, "tags": []}
        return self.test.example["ticket"].get(name, unsaid.get(name))

    def profile(self, name: str) -> Any:
        facts = self.test.example["profile"]
        if name.removeprefix("$") == "churn_risk":
            return churn_risk(facts.get("churn_probability"))
        stored = stored_name(name)
        return (facts.get(stored) or None) if stored in OWN else facts.get(stored)

    def events(self, metric: str) -> Iterable[Occurrence]:
        return self._happenings.get(metric, ())

    @cached_property
    def _happenings(self) -> Mapping[str, list[Occurrence]]:
        found: dict[str, list[Occurrence]] = {}
        for event in self.test.example["events"]:
            value = None if event["value"] is None else Decimal(str(event["value"]))
            found.setdefault(event["metric"], []).append(Occurrence(datetime.fromisoformat(event["occurred_at"]), value, event["properties"]))
        return found

    def groups(self) -> Collection[str]:
        segments: list[str] = self.test.example["segments"]
        return segments


def as_example(
    *, ticket: Mapping[str, Any], profile: Mapping[str, Any] | None = None, events: Iterable[Mapping[str, Any]] = (), segments: Iterable[str] = ()
) -> dict[str, Any]:
    """In the one way in which it is kept. `events` as the arguments of `profiles.track`; the newest count. incoming.Refusal for what cannot be kept."""
    happened = [_as_event(event) for event in events]
    return {
        "ticket": {name: as_properties({name: value})[name] for name, value in ticket.items() if value not in (None, "", [])},
        "profile": as_properties({stored_name(name): value for name, value in (profile or {}).items()}),
        "events": sorted(happened, key=lambda event: event["occurred_at"], reverse=True)[:MOST_EVENTS],
        "segments": sorted(map(str, segments)),
    }


def _as_event(event: Mapping[str, Any]) -> dict[str, Any]:
    told = read_event(EventRow(customer=Customer(), **event)).fields  # nobody's
    value = None if told["value"] is None else float(told["value"])
    return {"metric": told["metric"], "occurred_at": told["occurred_at"].astimezone(UTC).isoformat(), "value": value, "properties": told["properties"]}
