"""Rows that are refused, rows that arrive late, rows of two importers at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from helpdesk.customers.bulk import EventRow, Refused, identify_many, track_many
from helpdesk.customers.models import Customer, Event, ExternalId, PropertyValue
from helpdesk.customers.profiles import identify, track
from helpdesk.customers.values import value_at
from tests.people import at_once

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOBODY = "A customer needs an e-mail, a phone number or an external ID."
UNFIT = "Null characters, broken characters, infinite numbers, more than 20 levels and what is no JSON cannot be kept."
FORM = "This row does not have the form that is asked for."


def deep(levels: int) -> Any:
    return {"a": deep(levels - 1)} if levels else 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({}, NOBODY),
        ({"email": " ", "phone": "070-123 45 67"}, NOBODY),
        ({"email": "a\0da@example.com"}, "An e-mail holds no null characters and no broken ones."),
        ({"email": "x" * 321}, "An e-mail has at most 320 characters."),
        ({"external_id": "u" * 201}, "An external ID has at most 200 characters."),
        ({"ids": {"shopify": "\ud800"}}, "An ID holds no null characters and no broken ones."),
        ({"ids": {"s" * 41: "1"}}, "A source has at most 40 characters."),
        ({"ids": ["shopify", "1"]}, FORM),
        ({"email": "eva@example.com", "at": NOON.replace(tzinfo=None)}, "A time needs its zone, as 2026-11-22T13:07:00Z."),
        ({"email": "eva@example.com", "at": "yesterday"}, FORM),
        ({"email": "eva@example.com", "properties": ["gold"]}, 'Properties are an object, as {"tier": "gold"}.'),
        ({"email": "eva@example.com", "properties": {"n" * 201: 1}}, "The name of a property is a text of at most 200 characters."),
        ({"email": "eva@example.com", "properties": {"a": "x" * 100_000}}, "Properties are at most 100000 characters of JSON."),
        *[({"email": "eva@example.com", "properties": {"a": value}}, UNFIT) for value in ("\0", float("inf"), {1: 2}, {1}, NOON, deep(20))],
    ],
)
def test_row_that_cannot_be_kept_is_refused_and_harms_no_other(row: dict[str, Any], reason: str) -> None:
    ada, refused, bob = identify_many([{"email": "ada@example.com"}, row, {"email": "bob@example.com"}])

    assert refused == Refused(reason)
    assert [ada, bob] == list(Customer.objects.order_by("email"))


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"metric": " "}, "An event needs a metric, the name of what was done."),
        ({"metric": "m" * 121}, "A metric is a text of at most 120 characters, the ID of an event one of at most 200."),
        ({"external_id": "a\0"}, "A metric is a text of at most 120 characters, the ID of an event one of at most 200."),
        ({"value": "much"}, "The value of an event is a number."),
        ({"value": 10**12}, "The value of an event has at most 12 digits before the decimal point."),
        ({"customer": {}}, NOBODY),
        ({"customer": None}, FORM),
        ({"properties": {"a": float("nan")}}, UNFIT),
    ],
)
def test_event_that_cannot_be_kept_leaves_no_customer_behind(event: dict[str, Any], reason: str) -> None:
    good = {"customer": {"email": "ada@example.com"}, "metric": "Placed Order"}

    kept, refused = track_many([EventRow(**good), EventRow(**{"customer": {"email": "eva@example.com"}, "metric": "Placed Order"} | event)])

    assert (list(Event.objects.all()), refused) == ([kept], Refused(reason))
    assert [customer.email for customer in Customer.objects.all()] == ["ada@example.com"]


def test_event_of_somebody_deleted_is_refused() -> None:
    gone = identify(email="gone@example.com")
    Customer.objects.all().delete()

    outcomes = track_many([EventRow(customer=gone, metric="A"), EventRow(customer={"email": "ada@example.com"}, metric="A")])

    assert (outcomes[0], Event.objects.get()) == (Refused("This customer is no longer here."), outcomes[1])


def test_one_answer_for_each_row_in_order() -> None:
    first, nobody, again, bob = identify_many([{"email": "ada@example.com"}, {}, {"email": "ADA@example.com", "name": "Ada"}, {"external_id": "b"}])

    assert (first, again, nobody) == (Customer.objects.get(name="Ada"), first, Refused(NOBODY))
    assert [one.is_new for one in (first, again, bob) if isinstance(one, Customer)] == [True, False, True]
    assert identify_many([]) == track_many([]) == []


@pytest.mark.parametrize(("known", "queries"), [(False, 5), (True, 6)])
def test_rows_cost_a_number_of_queries_that_does_not_grow(known: bool, queries: int) -> None:
    """New: whose IDs, which customers; customers, facts, IDs. Known: whose IDs, which customers, what holds; customers, old facts, new facts."""
    counts = []
    for number in (2, 60):
        rows = [{"email": f"{number}-{n}@example.com", "ids": {"shopify": f"{number}-{n}"}, "properties": {"n": n}} for n in range(number)]
        identify_many([row | {"properties": {"n": -1}} for row in rows] if known else [])
        with CaptureQueriesContext(connection) as captured:
            identify_many(rows)
        counts.append(len([query for query in captured if "SAVEPOINT" not in query["sql"]]))

    assert counts == [queries] * 2


def test_events_cost_a_number_of_queries_that_does_not_grow() -> None:
    """The IDs are new, the customers known: customers, events known before, events, and who has to be asked again."""
    counts = []
    for number in (2, 60):
        rows = [{"customer": {"email": f"{number}-{n}@example.com"}, "metric": "Placed Order", "external_id": f"{number}-{n}"} for n in range(number)]
        identify_many([row["customer"] for row in rows])
        with CaptureQueriesContext(connection) as captured:
            track_many([EventRow(**row) for row in rows])
        counts.append(len([query for query in captured if "SAVEPOINT" not in query["sql"]]))

    assert counts == [4, 4]


def test_what_is_told_late_is_history() -> None:
    """I1: an older fact never takes the place of a newer one, and what it was at each instant is known."""
    for at, tier in [(NOON, "silver"), (NOON + 4 * HOUR, "gold"), (NOON + 2 * HOUR, "bronze"), (NOON - HOUR, "none"), (NOON + HOUR, "silver")]:
        customer = identify(email="ada@example.com", properties={"tier": tier}, at=at)

    asked = {hours: value_at(customer, "tier", NOON + hours * HOUR) for hours in (-2, -1, 0, 1, 2, 3, 4, 5)}

    assert customer.properties == {"tier": "gold"}
    assert asked == {-2: None, -1: "none", 0: "silver", 1: "silver", 2: "bronze", 3: "bronze", 4: "gold", 5: "gold"}
    assert PropertyValue.objects.filter(name="tier").count() == 4


def test_late_facts_of_one_batch_are_placed_among_each_other() -> None:
    told = [(NOON + 4 * HOUR, "e"), (NOON, "a"), (NOON + 2 * HOUR, "c"), (NOON + HOUR, "b"), (NOON + 3 * HOUR, "d")]

    *_, customer = identify_many([{"email": "ada@example.com", "at": at, "city": city} for at, city in told])

    assert isinstance(customer, Customer)
    assert [value_at(customer, "$city", NOON + hours * HOUR) for hours in range(5)] == ["a", "b", "c", "d", "e"]
    assert customer.city == "e"


def test_late_event_is_where_it_belongs() -> None:
    rows = [EventRow(customer={"email": "ada@example.com"}, metric="Placed Order", occurred_at=NOON - hours * HOUR) for hours in (0, 2, 1)]

    track_many(rows)

    assert [event.occurred_at for event in Event.objects.order_by("occurred_at")] == [NOON - 2 * HOUR, NOON - HOUR, NOON]


def test_event_of_a_merged_profile_is_the_survivors() -> None:
    survivor = identify(email="ada@example.com")
    tombstone = identify(email="ada@old.example")
    Customer.objects.filter(pk=tombstone.pk).update(merged_into=survivor)

    event = track(tombstone, "Placed Order")

    assert event.customer == survivor


@pytest.mark.django_db(transaction=True)
def test_importers_and_a_message_at_once_lose_nothing() -> None:
    """The same people in opposite orders, by different keys."""
    rows = [{"email": f"c{n}@example.com", "external_id": f"u-{n}", "ids": {"shopify": str(n)}, "properties": {"a": n}} for n in range(40)]

    for _round in range(3):
        at_once(
            lambda: identify_many(rows),
            lambda: identify_many(rows[::-1]),
            lambda: identify_many([row | {"properties": {"b": n}} for n, row in enumerate(rows)]),
            lambda: [identify(email=f"c{n}@example.com", properties={"c": n}) for n in range(40)],
        )

    assert sorted(customer.properties["a"] for customer in Customer.objects.all()) == list(range(40))
    assert Customer.objects.count() == ExternalId.objects.count() == PropertyValue.objects.filter(name="a", until=None).count() == 40


@pytest.mark.django_db(transaction=True)
def test_same_events_by_four_at_once_are_kept_once() -> None:
    rows = [EventRow(customer={"email": f"c{n % 7}@example.com"}, metric="Placed Order", external_id=f"order-{n}") for n in range(50)]

    outcomes = at_once(*[lambda rows=rows: track_many(rows), lambda rows=rows: track_many(rows[::-1])] * 2)

    assert sum(event.is_new for events in outcomes for event in events if isinstance(event, Event)) == 50
    assert (Event.objects.count(), Customer.objects.count()) == (50, 7)
