"""People for the reference, on the edges of everything; and the same people in the database."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from agents.models import Agent, Team
from helpdesk.conditions.grammar import EXPECTED_DATE
from helpdesk.customers.models import Customer, Event, Membership, PropertyValue, Segment
from helpdesk.customers.values import columns, typed
from helpdesk.tickets.models import Channel, Message, Priority, Tag, Ticket
from tests.conditions import reference
from tests.conditions.strategies import DEFINITIONS, INSTANTS, LONG_AGO, MOMENT, NUMBERS, STRANGE, TYPED, VALUES, WORDS, ZONES, written
from tests.factories import make_agent, make_team

Person = dict[str, Any]

_UNITS = [timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)]
_AWAY = [timedelta(0), *(sign * number * unit for sign in (-1, 1) for number in (1, 2, 3, 7) for unit in _UNITS), timedelta(days=-366)]
_TAGS = ["Order", "order", "å", "a", "ab", 'it"s', "a\x1fb"]
_SEGMENTS = (1, 2, 3)
_KEPT = [*STRANGE, "country", "email", "churn_risk"]


def moments(now: datetime) -> st.SearchStrategy[datetime]:
    """On the bounds of what definitions ask, or one microsecond off, in any time zone."""
    near = st.sampled_from([*[now] * 10, *INSTANTS]).flatmap(lambda instant: st.sampled_from(_AWAY).map(lambda away: instant + away))
    years_ago = near.map(lambda moment: moment.replace(year=1992))
    leap_days = st.sampled_from([datetime(1992, 2, 29, hour, tzinfo=UTC) for hour in (0, 10)])
    exact = st.builds(lambda moment, off: moment + off, near | years_ago | leap_days, st.sampled_from([-MOMENT, timedelta(0), MOMENT]))
    return st.builds(datetime.astimezone, exact, st.sampled_from(ZONES))


@st.composite
def people(draw: st.DrawFn) -> tuple[datetime, list[Person]]:
    now = draw(st.sampled_from([each.astimezone(zone) for each in INSTANTS for zone in ZONES[:2]]))
    return now, [_person(draw, now, number) for number in range(draw(st.integers(2, 5)))]


def _person(draw: st.DrawFn, now: datetime, number: int) -> Person:
    at = moments(now)
    return {
        "own": {
            "external_id": str(number),
            "email": draw(st.sampled_from([None, f"{number}@example.com"])),
            "country": draw(st.sampled_from(["", "France", "SE", "sweden", "Denmar\u212a", "İE", "Norway", "USA", "2026-11-22", "5"])),
            "language": draw(st.sampled_from(["", "sv", "å"])),
        },
        "properties": draw(_properties(at)) | draw(_predictions(at)) | draw(_CONSENTS),
        "segments": draw(st.lists(st.sampled_from(_SEGMENTS), unique=True)),
        "events": draw(st.lists(_events(at), max_size=4)),
        "tickets": draw(st.lists(_tickets(at), max_size=2)),
    }


_CONSENTS = st.fixed_dictionaries({}, optional={f"{channel}_consent": st.sampled_from(["subscribed", "unsubscribed", "", 1]) for channel in ("email", "sms")})


def _properties(at: st.SearchStrategy[datetime]) -> st.SearchStrategy[dict[str, Any]]:
    dates = at.map(datetime.isoformat)
    fitting = {name: st.one_of(dates, dates, dates, values) if name == "%s" else values for name, (values, _filter) in TYPED.items()}
    odd = st.dictionaries(st.sampled_from(_KEPT), VALUES | dates | st.sampled_from([written(LONG_AGO, zone) for zone in ZONES]), max_size=2)
    return st.builds(dict.__or__, st.fixed_dictionaries(fitting), odd)


def _predictions(at: st.SearchStrategy[datetime]) -> st.SearchStrategy[dict[str, Any]]:
    numbers = dict.fromkeys(("total_clv", "historic_clv", "predicted_number_of_orders"), NUMBERS)
    probability = st.sampled_from([0.33, 0.66, 0.5, -1, 0, True, "0.9", None])
    return st.fixed_dictionaries({}, optional=numbers | {"churn_probability": probability, EXPECTED_DATE: at.map(datetime.isoformat)})


def _events(at: st.SearchStrategy[datetime]) -> st.SearchStrategy[dict[str, Any]]:
    metric, value = st.sampled_from(["Placed Order", "Opened"]), st.sampled_from([None, "0.10", "0.20", "1", "-1", "999999999999.99"])
    return st.fixed_dictionaries({"metric": metric, "at": at, "value": value, "properties": _properties(at)})


def _tickets(at: st.SearchStrategy[datetime]) -> st.SearchStrategy[dict[str, Any]]:
    sentiment = st.sampled_from([{"sentiment": None, "sentiment_score": None}, {"sentiment": "urgent", "sentiment_score": 0}])
    fields = {
        "channel": st.sampled_from(Channel.values),
        "tags": st.lists(st.sampled_from(_TAGS), unique=True, max_size=3),
        "closed": st.booleans(),
        "subject": WORDS,
        "language": st.sampled_from(["", "sv", "å"]),
        "team": st.sampled_from([None, "a", "Returns"]),
        "assignee": st.sampled_from([None, "Ida", "å"]),
        "priority": st.sampled_from(Priority.values),
        "created": at,
        "messages": st.lists(st.tuples(st.sampled_from(["customer", "ai"]), WORDS), max_size=3),
    }
    return st.builds(lambda ticket, mood: ticket | mood, st.fixed_dictionaries(fields), sentiment)


@st.composite
def cases(draw: st.DrawFn, definitions: int) -> tuple[datetime, list[Person], list[dict[str, Any]]]:
    """A population at an instant, and what is asked of it: often just what somebody has."""
    now, everybody = draw(people())
    asked = copy.deepcopy([draw(DEFINITIONS) for _ in range(definitions)])
    for condition in (condition for data in asked for group in data["condition_groups"] for condition in group["conditions"]):
        for each, values in _askable(condition, everybody):
            if values and draw(st.booleans()):
                each["filter"] |= _aimed(each["filter"], draw(st.sampled_from(values)))
    return now, everybody, asked


def _askable(condition: dict[str, Any], everybody: list[Person]) -> list[tuple[dict[str, Any], list[Any]]]:
    """What has a filter, with the values that it is to be asked of."""
    match condition["type"]:
        case "profile-metric":
            told = [event["properties"] for person in everybody for event in person["events"]]
            return [(each, [properties.get(each["property"]) for properties in told]) for each in condition.get("metric_filters", [])]
        case "ticket-property":
            return [(condition, [reference.about_ticket(ticket, condition["property"]) for person in everybody for ticket in person["tickets"]])]
        case "profile-property" | "profile-predictive-analytics":
            name = condition.get("property") or condition["dimension"]
            return [(condition, [reference.about_person(person, name) for person in everybody])]
    return []


def _aimed(wanted: dict[str, Any], value: Any) -> dict[str, Any]:
    """What to change in a filter, so that it asks for this value; nothing where it is none of the filter's type."""
    name, text = wanted["operator"].removeprefix("not-"), reference.text(value)
    at = reference.moment(value)
    match wanted["type"]:
        case "string" if text is not None and "regex" not in name:
            part = {"starts-with": text[:2], "ends-with": text[-2:], "contains": text[1:3], "in": [text, "a"]}.get(name, text)
            return {"value": part}
        case "numeric" if (number := reference.number(value)) is not None:
            return {"value": number}
        case "list" if isinstance(value, list) and value:
            entries = [reference.text(entry) or "" for entry in value]
            return {"value": len(value) if "length" in name else entries[:2] if name in ("contains-any", "contains-all") else entries[-1]}
        case "date" if at is not None and at.year < 9999:
            return {key: bound.isoformat() for key, bound in (("date", at), ("start", at), ("end", at + MOMENT)) if isinstance(wanted.get(key), str)}
    return {}


class Desk:
    """What people and their tickets refer to; made once."""

    def __init__(self) -> None:
        self.teams: dict[Any, Team | None] = {None: None} | {name: make_team(name) for name in ("a", "Returns")}
        self.agents: dict[Any, Agent | None] = {None: None} | {name: make_agent(name) for name in ("Ida", "å")}
        self.tags = {name: Tag.objects.create(name=name) for name in _TAGS}
        Segment.objects.bulk_create([Segment(pk=number, name=str(number)) for number in _SEGMENTS])

    def store(self, everybody: list[Person], now: datetime) -> None:
        """With what was true once and is not now: closed rows, memberships that ended, and a profile that was merged into another."""
        for person in everybody:
            customer = self._store(person, now)
        self._store(person | {"own": {"external_id": "merged"}, "tickets": []}, now, merged_into=customer)

    def _store(self, person: Person, now: datetime, **fields: Any) -> Customer:
        own = {name: value for name, value in person["own"].items() if value}
        customer = Customer.objects.create(**own, **fields, properties=person["properties"])
        facts = {f"${name}": value for name, value in own.items()} | person["properties"]
        rows = [(name, value, None) for name, value in facts.items()] + [(name, "France", now) for name in ("$country", "a", "b")]
        PropertyValue.objects.bulk_create(
            PropertyValue(customer=customer, name=name, since=now, until=until, value=value, **columns(value)) for name, value, until in rows
        )
        Membership.objects.bulk_create(
            Membership(customer=customer, segment_id=number, until=None if number in person["segments"] else now) for number in _SEGMENTS
        )
        Event.objects.bulk_create(self._event(customer, event) for event in person["events"])
        for number, ticket in enumerate(person["tickets"]):
            self._ticket(customer, ticket, f"{own['external_id']}-{number}")
        return customer

    def _event(self, customer: Customer, told: dict[str, Any]) -> Event:
        value, properties = told["value"] and Decimal(told["value"]), told["properties"]
        return Event(customer=customer, metric=told["metric"], occurred_at=told["at"], value=value, properties=properties, typed=typed(properties))

    def _ticket(self, customer: Customer, told: dict[str, Any], key: str) -> None:
        same = {name: told[name] for name in ("channel", "subject", "language", "sentiment_score", "priority")}
        others = {"team": self.teams[told["team"]], "assignee": self.agents[told["assignee"]], "sentiment_label": told["sentiment"] or ""}
        times = {"created_at": told["created"], "closed_at": told["created"] if told["closed"] else None}
        ticket = Ticket.objects.create(customer=customer, thread_key=key, **same, **others, **times)
        ticket.tags.set([self.tags[name] for name in told["tags"]])
        # Their order is by time, and by number within the same instant: not as they were written.
        times_back = [told["created"] + timedelta(seconds=place // 2) for place in range(len(told["messages"]))]
        said = [Message(ticket=ticket, author=author, text=text, created_at=at) for (author, text), at in zip(told["messages"], times_back, strict=True)]
        Message.objects.bulk_create(sorted(said, key=lambda message: -message.created_at.timestamp()))
