"""Rule sets of conditions that have to do with each other, and tickets that what they ask about was aimed at."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from hypothesis import strategies as st

from helpdesk.conditions.grammar import parse_definition
from routing.checker.findings import CheckedRule, Kind, Verdict
from routing.checker.logic import Logic
from tests.conditions import reference
from tests.conditions.asking import compile_all
from tests.conditions.builders import definition
from tests.conditions.population import Person, cases
from tests.conditions.somebody import Happened

BANDS = ((0.66, "High"), (0.33, "Medium"), (0.0, "Low"))
DESTINATIONS: list[dict[str, Any]] = [{"team": 1}, {"team": 1}, {"team": 2}, {"view": 1}, {"view": 2}]
MOODS = [(label, score) for label, scores in {"urgent": range(6), "negative": range(4), "promoter": (9, 10)}.items() for score in scores]
MOODS += [("neutral", score) for score in (4, 5, 6)] + [("positive", score) for score in (7, 8)]
_TICKET = {"channel": "email", "tags": [], "closed": False, "subject": "", "language": "", "team": None, "assignee": None, "priority": "normal", "messages": []}


@dataclass
class Visitor:
    """A `Subject`: a person with a ticket, as the reference of the conditions reads them."""

    person: Person
    ticket_fields: dict[str, Any]
    now: datetime

    def profile(self, name: str) -> Any:
        return reference.about_person(self.person, name)

    def ticket(self, name: str) -> Any:
        return reference.about_ticket(self.ticket_fields, name)

    def groups(self) -> Collection[str]:
        return [str(number) for number in self.person["segments"]]

    def events(self, metric: str) -> Iterable[Happened]:
        return [event["happened"] for event in self.person["events"] if event["metric"] == metric]


@st.composite
def rule_sets(draw: st.DrawFn) -> tuple[datetime, list[Person], list[CheckedRule]]:
    now, everybody, asked = draw(cases(3))
    conditions = [condition for data in asked for group in data["condition_groups"] for condition in group["conditions"]]
    pool = st.sampled_from(conditions + [other for condition in conditions for other in related(condition)])
    definitions = st.lists(st.lists(pool, min_size=1, max_size=2), min_size=1, max_size=3).map(lambda groups: definition(*groups))
    rules = draw(st.lists(st.tuples(definitions, st.sampled_from(DESTINATIONS)), min_size=2, max_size=8))
    return now, everybody, [CheckedRule(place, f"Rule {place}", parse_definition(data), **to) for place, (data, to) in enumerate(rules)]


def related(condition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The opposite of a condition, and what is a little more or less."""
    match condition:
        case {"type": "profile-group-membership"}:
            yield condition | {"is_member": not condition["is_member"]}
        case {"type": "profile-region"}:
            yield condition | {"in_region": not condition["in_region"]}
        case {"type": "profile-metric", "timeframe_filter": {"quantity": quantity}}:
            yield condition | {"timeframe_filter": condition["timeframe_filter"] | {"quantity": quantity % 1_000 + 1}}
            yield condition | {"measurement_filter": {"type": "numeric", "operator": "equals", "value": 0}}
        case {"type": "profile-metric"}:
            yield condition | {"measurement_filter": {"type": "numeric", "operator": "greater-than", "value": 0}}
        case {"filter": wanted}:
            yield from (condition | {"filter": other} for other in _related(wanted))


def _related(wanted: dict[str, Any]) -> Iterator[dict[str, Any]]:
    name = wanted["operator"]
    yield {"type": "existence", "operator": "not-set"}
    match wanted["type"]:
        case "string" | "list" if not name.startswith("length"):
            opposite = {"regex": "nregex", "nregex": "regex"}.get(name) or (name.removeprefix("not-") if name.startswith("not-") else f"not-{name}")
            yield wanted | {"operator": opposite}
        case "numeric":
            yield from (wanted | {"operator": other} for other in ("equals", "not-equals", "less-than", "greater-than-or-equal"))
        case "existence":
            yield wanted | {"operator": "not-set" if name == "is-set" else "is-set"}
        case "date" if "quantity" in wanted:
            yield wanted | {"quantity": wanted["quantity"] % 1_000 + 1}


def visitors(now: datetime, everybody: list[Person], random: Random, number: int) -> Iterator[Visitor]:
    """Each a mixture of all of them."""
    events = [
        event | {"happened": Happened(event["at"], reference.Decimal(event["value"] or 0), event["properties"])} for p in everybody for event in p["events"]
    ]
    tickets = [ticket for person in everybody for ticket in person["tickets"]] or [_TICKET | {"created": now}]
    for _ in range(number):
        fields = {name: random.choice(tickets)[name] for name in tickets[0]}
        fields["sentiment"], fields["sentiment_score"] = random.choice([*MOODS, (None, None), (None, None)])
        mixed = {
            "own": {name: random.choice(everybody)["own"].get(name) for name in ("email", "country", "language", "external_id")},
            "properties": _mixed([person["properties"] for person in everybody], random),
            "segments": [number for number in (1, 2, 3) if random.random() < 0.5],
            "events": random.sample(events, random.randint(0, len(events))),
        }
        yield Visitor(mixed, fields, now)


def _mixed(told: list[dict[str, Any]], random: Random) -> dict[str, Any]:
    names = [name for name in {name: None for properties in told for name in properties} if random.random() < 0.8]
    return {name: properties[name] for name in names if name in (properties := random.choice(told))}


@dataclass
class Tally:
    """What was said of rules, and what tickets said to it."""

    verdicts: list[Verdict]
    tickets: int = 0
    violations: int = 0


def tally(rules: list[CheckedRule], tickets: Iterable[Visitor]) -> Tally:
    found = Tally(list(Logic(rules, BANDS, seconds=60).verdicts()))
    matches = compile_all([rule.definition for rule in rules])
    for visitor in tickets if found.verdicts else ():
        matched = matches(visitor, visitor.now)
        found.tickets += 1
        found.violations += sum(not _agrees(verdict, matched) for verdict in found.verdicts)
    return found


def _agrees(verdict: Verdict, matched: list[bool]) -> bool:
    matches, others = matched[verdict.place], [matched[other] for other in verdict.by]
    match verdict.kind:
        case Kind.CONTRADICTORY:
            return not matches
        case Kind.DUPLICATE:
            return others == [matches]
    return not matches or any(others)
