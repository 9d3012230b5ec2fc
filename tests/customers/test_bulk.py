"""Many rows at once leave behind what the same rows leave one after another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk.customers.bulk import EventRow, identify_many, track_many
from helpdesk.customers.models import Customer, Event, ExternalId, PropertyValue
from helpdesk.customers.profiles import Refusal, identify, track

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
EMAILS = st.sampled_from(["ada@example.com", " ADA@example.com", "bob@example.com", "eva@example.com", "", "x" * 321, "a\0b"])
PHONES = st.sampled_from(["+46701234567", "+48 600 700 800", "Bank", ""])
EXTERNAL = st.sampled_from(["u-1", "u-2", "U-1", "tomb", "", "u\ud800", "u" * 201])
IDS = st.dictionaries(st.sampled_from(["shopify", "segment-anonymous", "s" * 41]), st.sampled_from(["1", "2", " 1 ", "", "\0"]), max_size=2)
VALUE = st.sampled_from(["gold", "", "a\0", 1, 1.0, True, 0, -0.0, 0.5, 1e22, None, [1], [True], {"a": [1]}, {"a": [1.0]}, float("nan"), 10**400, 10**4000])
PROPERTIES = st.dictionaries(st.sampled_from(["tier", "size", "$country", "$email", "email_consent", "n" * 201]), VALUE, max_size=3)
AT = st.sampled_from([None, NOON - HOUR, NOON - 2 * HOUR, NOON - 3 * HOUR, NOON, NOON + HOUR, NOON.replace(tzinfo=None)])
ROW = st.fixed_dictionaries(
    {},
    optional={
        "email": EMAILS,
        "phone": PHONES,
        "external_id": EXTERNAL,
        "ids": IDS,
        "at": AT,
        "name": st.sampled_from(["Ada", "", "n" * 300]),
        "country": st.sampled_from(["Sweden", "France", "\0", None]),
        "consent": st.dictionaries(st.sampled_from(["email", "sms"]), st.sampled_from(["SUBSCRIBED", True, "opted_out", "perhaps"]), max_size=1),
        "properties": PROPERTIES,
    },
)
EVENT = st.builds(
    dict,
    customer=ROW,
    metric=st.sampled_from(["Placed Order", "Opened Email", "", " ", "m" * 121, "a\0"]),
    occurred_at=AT,
    value=st.sampled_from([None, 1, 2.345, Decimal("-0.5"), "much", float("inf"), 10**12, Decimal("9" * 40)]),
    properties=PROPERTIES,
    external_id=st.sampled_from([None, None, "", "order-1", "order-2", "order-3", "o" * 201, "\0"]),
)
COMPARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def one_by_one(rows: Sequence[dict[str, Any]]) -> list[Any]:
    return [outcome(lambda row=row: identify(**row)) for row in rows]


def events_one_by_one(rows: Sequence[dict[str, Any]]) -> list[Any]:
    def work(customer: dict[str, Any], **details: Any) -> Event:
        with transaction.atomic():
            return track(identify(**customer), **details)

    return [outcome(lambda row=row: work(**row)) for row in rows]


def outcome(work: Any) -> Any:
    try:
        return work()
    except Refusal:
        return None


def told(outcomes: Sequence[Any]) -> list[Any]:
    """What each row was answered, whatever the numbers of the rows are."""
    people = [getattr(one, "customer", one) for one in outcomes]
    names = {each.pk: number for number, each in enumerate([one for one in people if isinstance(one, Customer)][::-1])}
    return [(names[who.pk], one.is_new) if isinstance(who, Customer) else None for who, one in zip(people, outcomes, strict=True)]


def everything() -> list[Any]:
    """All rows, without the numbers that a sequence gave them."""
    facts = ["name", "country", "city", "zone", "language", "properties", "merged_into__external_id"]
    who = ["external_id", "email", "phone"]
    whose = [f"customer__{key}" for key in who]
    history = PropertyValue.objects.values_list(*whose, "name", "since", "until", "value", "kind", "text", "number", "items")
    events = Event.objects.values_list(*whose, "external_id", "metric", "occurred_at", "value", "properties", "typed")
    asked = Customer.objects.filter(changed_at=None).values_list(*who)
    found = [Customer.objects.values_list(*who, *facts), ExternalId.objects.values_list("source", "value", *whose), history, events, asked]
    return [sorted(map(repr, rows)) for rows in found]


def known_before() -> None:
    """Ada with a history, two who share nothing with her, and a tombstone that leads to her through another."""
    with time_machine.travel(NOON - 2 * HOUR, tick=False):
        ada = identify(external_id="u-1", email="ada@example.com", ids={"shopify": "1"}, properties={"tier": "gold", "size": 1})
        bob = identify(email="bob@example.com", phone="+46701234567", country="Sweden")
        between = identify(external_id="between")
        Customer.objects.create(external_id="tomb", merged_into=between)
        track(bob, "Placed Order", external_id="order-1")
    Customer.objects.filter(pk=between.pk).update(merged_into=ada)
    Customer.objects.update(changed_at=None)


def compared(both: Sequence[Any]) -> list[Any]:
    """What each way to do it answers and leaves behind, from the same beginning."""
    results = []
    for work in both:
        with transaction.atomic(), time_machine.travel(NOON, tick=False):
            known_before()
            answers = told(work())
            results.append((answers, everything()))
            transaction.set_rollback(True)
    return results


@COMPARED
@given(st.lists(ROW, max_size=8))
def test_many_rows_are_as_one_after_another(rows: list[dict[str, Any]]) -> None:
    many, single = compared([lambda: identify_many(rows), lambda: one_by_one(rows)])

    assert many == single


@COMPARED
@given(st.lists(EVENT, max_size=6))
def test_many_events_are_as_one_after_another(rows: list[dict[str, Any]]) -> None:
    many, single = compared([lambda: track_many([EventRow(**row) for row in rows]), lambda: events_one_by_one(rows)])

    assert many == single
