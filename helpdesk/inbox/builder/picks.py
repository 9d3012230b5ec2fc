"""What the fields offer: names and values that have been seen. Anything else can be written, too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agents.models import Agent, Team
from agents.text import readable
from helpdesk.conditions.grammar import GroupCondition, MetricCondition, PropertyCondition, TicketCondition
from helpdesk.customers.facts import COLUMNS, stored_name
from helpdesk.customers.models import KnownName
from helpdesk.customers.segments import segment_names
from helpdesk.inbox.builder import words
from helpdesk.inbox.builder.filters import Row, read_text
from helpdesk.inbox.builder.state import Builder
from helpdesk.tickets.models import Channel, Priority, SentimentLabel, Tag

MOST = 500
_TESTS_OF_KINDS = {"date": "date:in-the-last", "number": "numeric:greater-than-or-equal", "boolean": "boolean:equals", "list": "list:contains"}
Offer = list[tuple[str, Any]]  # (value, label or "")


@dataclass
class Picks:
    metrics: Offer = field(default_factory=list)
    profile: Mapping[str, KnownName] = field(default_factory=dict)
    of_events: Mapping[tuple[str, str], KnownName] = field(default_factory=dict)
    segments: Mapping[str, str] = field(default_factory=dict)
    of_tickets: Mapping[str, Offer] = field(default_factory=dict)

    @property
    def properties(self) -> Offer:
        own: Offer = list(words.OWN_PROPERTIES.items())
        return own + [(_as_property(name), "") for name in self.profile if not name.startswith("$")]

    def event_properties(self, metric: str) -> Offer:
        return [(name, "") for of, name in self.of_events if of == metric]

    def values(self, row: Row, metric: str = "") -> Offer:
        """What the row's value may be."""
        kind = row.get("kind", "")
        if kind == TicketCondition.type:
            return self.of_tickets.get(row["field"], [])
        if kind == GroupCondition.type:
            return [(name, "") for number, name in self.segments.items() if number not in row["values"]]
        if read_text(row.get("property")) in ("churn_risk", "$churn_risk") and kind:
            return list(words.CHURN.items())
        known = self.known(row, metric)
        return [(str(example), "") for example in known.examples if isinstance(example, (str, int, float))] if known else []

    def known(self, row: Row, metric: str = "") -> KnownName | None:
        name = read_text(row.get("property")) or ""
        return self.profile.get(stored_name(name)) if row.get("kind") else self.of_events.get((metric, name))


def picks_for(builder: Builder) -> Picks:
    """A constant number of queries, whatever the form holds."""
    metrics = sorted({readable(read_text(row.get("metric")) or "") for group in builder.groups for row in group if row["kind"] == MetricCondition.type})
    known = KnownName.objects.exclude(of=KnownName.Of.EVENT) | KnownName.objects.filter(of=KnownName.Of.EVENT, metric__in=metrics)
    found = list(known.order_by("name")[: 4 * MOST])
    return Picks(
        metrics=[(each.name, "") for each in found if each.of == KnownName.Of.METRIC],
        profile={each.name: each for each in found if each.of == KnownName.Of.PROFILE},
        of_events={(each.metric, each.name): each for each in found if each.of == KnownName.Of.EVENT},
        segments=segment_names(),
        of_tickets=_of_tickets() if builder.about_tickets else {},
    )


def complete(builder: Builder, picks: Picks) -> None:
    """Segments that were named get their numbers, properties that have just been chosen their usual comparison. Again, it changes nothing."""
    for group in builder.groups:
        for row in group:
            _complete(row, picks)


def _complete(row: Row, picks: Picks) -> None:
    if row["kind"] == GroupCondition.type:
        numbers = {name: number for number, name in picks.segments.items()}
        row["values"] = [value if value in picks.segments else numbers.get(value, value) for value in row["values"]]
    if row["kind"] == PropertyCondition.type:
        _suggest(row, picks.known(row))
    for wanted in row.get("where", []):
        _suggest(wanted, picks.known(wanted, read_text(row.get("metric")) or ""))


def _suggest(row: Row, known: KnownName | None) -> None:
    """Only where another property has just been chosen: what somebody compared on purpose stays."""
    if "seen" in row and row["seen"] != row.get("property", "") and known:
        usual = next((test for kind, test in _TESTS_OF_KINDS.items() if kind in known.kinds), "")
        if usual and row["test"] == "string:equals":
            row["test"] = usual
    row["seen"] = row.get("property", "")


def _as_property(name: str) -> str:
    """A custom property that is called as one of the profile's own fields needs its full name."""
    return f"properties['{name}']" if name in COLUMNS else name


def _of_tickets() -> dict[str, Offer]:
    return {
        "channel": list(Channel.choices),
        "sentiment": list(SentimentLabel.choices),
        "priority": list(Priority.choices),
        "status": list(words.STATUSES.items()),
        "tags": _plain(Tag.objects.values_list("name", flat=True)[:MOST]),
        "team": _plain(Team.objects.values_list("name", flat=True)),
        "assignee": _plain(Agent.objects.answering().values_list("name", flat=True)),
    }


def _plain(names: Iterable[str]) -> Offer:
    return [(name, "") for name in names]
