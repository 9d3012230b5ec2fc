"""Custom properties as typed rows, and their history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from helpdesk.customers.models import Customer, PropertyValue
from helpdesk.customers.profiles import identify
from helpdesk.customers.values import columns, typed, value_at

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MOMENT = timedelta(microseconds=1)


def told(at: datetime, **properties: Any) -> Customer:
    with time_machine.travel(at, tick=False):
        return identify(email="ada@example.com", properties=properties)


@pytest.mark.parametrize(
    ("value", "kind", "filled"),
    [
        ("gold", "text", {"text": "gold"}),
        ("", "text", {"text": ""}),
        (" 5 ", "text", {"text": " 5 ", "number": 5.0}),
        ("2026-11-22T13:00:00+01:00", "text", {"text": "2026-11-22T13:00:00+01:00", "moment": NOON, "yearless": "11-22T12:00:00.000000"}),
        (7, "number", {"text": "7", "number": 7.0}),
        (10**400, "number", {"text": str(10**400)}),
        (1e16, "number", {"text": "10000000000000000", "number": 1e16}),
        (-0.0, "number", {"text": "0.0", "number": 0.0}),
        (True, "boolean", {"text": "true", "boolean": True}),
        (None, "nothing", {}),
        ([], "list", {"items": "\x1f", "length": 0}),
        (["b", 1, True, "a\x1fb"], "list", {"items": "\x1fb\x1f1\x1ftrue\x1fa b\x1f", "length": 4}),
        ([None, {"a": 1}, [2]], "list", {"items": "\x1f\x1f\x1f\x1f", "length": 3}),
        ({"a": 1}, "object", {}),
    ],
)
def test_value_is_filed_as_each_filter_reads_it(value: Any, kind: str, filled: dict[str, Any]) -> None:
    """SPEC part 3: text is the type when a type is unclear; what is nothing of a type leaves its column empty."""
    empty = {"text": None, "number": None, "boolean": None, "moment": None, "yearless": None, "items": None, "length": None}

    assert columns(value) == {"kind": kind} | empty | filled


def test_event_keeps_the_columns_of_its_properties() -> None:
    """Only what is known, under names that every database finds: none looks like a number or holds a quotation mark."""
    assert typed({"1": "2026-11-22", 'it"s': [None]}) == {
        "=1": {"kind": "text", "text": "2026-11-22", "moment": "2026-11-22T00:00:00.000000+00:00", "yearless": "11-22T00:00:00.000000"},
        "=it%22s": {"kind": "list", "items": "\x1f\x1f", "length": 1},
    }


def test_property_was_what_it_was_at_that_instant() -> None:
    """I1: half-open; nothing before it was told, and what stays the same opens no new row."""
    told(NOON, tier="silver", size=42)
    told(NOON + HOUR, tier="gold", size=42)
    customer = told(NOON + 2 * HOUR, tier=None)

    instants = [NOON - MOMENT, NOON, NOON + HOUR - MOMENT, NOON + HOUR, NOON + 2 * HOUR - MOMENT, NOON + 2 * HOUR]

    assert [value_at(customer, "tier", instant) for instant in instants] == [None, "silver", "silver", "gold", "gold", None]
    assert list(customer.property_values.filter(name="size").values_list("since", "until")) == [(NOON, None)]


def test_open_rows_are_what_the_profile_holds() -> None:
    told(NOON, tier="silver", tags=["a"], vip=True)
    customer = told(NOON + HOUR, tier="gold", tags=["b", 1, True], score=0.5)

    open_rows = {row.name: row.value for row in PropertyValue.objects.filter(until=None)}

    assert customer.properties == {"tier": "gold", "tags": ["b", 1, True], "vip": True, "score": 0.5}
    assert open_rows == customer.properties | {"$email": "ada@example.com"}


def test_rows_of_others_stay_open() -> None:
    other = identify(email="bob@example.com", properties={"tier": "silver"})

    told(NOON, tier="gold")

    assert value_at(other, "tier", datetime.now(UTC)) == "silver"
