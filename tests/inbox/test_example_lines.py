"""Facts and events as lines that people write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.inbox.rules.example_lines import BadLine, read_events, read_facts, write_events, write_facts

AT = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
NAMES = TEXT.map(str.strip).filter(bool)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=5,
)


def test_facts_are_read_as_people_write_them() -> None:
    text = '$country = Sweden\n\n tier=gold \nchurn_probability = 0.9\nis_vip = true\nsizes = ["M", "L"]\npostcode = "01234"\nfree = \n"a = b" = c'

    assert read_facts(text) == {
        "$country": "Sweden",
        "tier": "gold",
        "churn_probability": 0.9,
        "is_vip": True,
        "sizes": ["M", "L"],
        "postcode": "01234",
        "free": "",
        "a = b": "c",
    }


def test_events_are_read_as_people_write_them() -> None:
    text = 'Placed Order, 1.5, 49.90\nViewed Product, 30\n"Size, changed", 2\nPlaced Order, 3, , {"brand": "A, B"}'

    found = [(each["metric"], (AT - each["occurred_at"]) / timedelta(hours=1), each["value"], each["properties"]) for each in read_events(text, AT)]

    assert found == [
        ("Placed Order", 1.5, Decimal("49.90"), {}),
        ("Viewed Product", 30, None, {}),
        ("Size, changed", 2, None, {}),
        ("Placed Order", 3, None, {"brand": "A, B"}),
    ]


@pytest.mark.parametrize("line", ["tier", "= gold", '"tier" gold', '"tier', '"" = gold', "x = " + "[" * 100_000])
def test_bad_fact_names_its_line(line: str) -> None:
    with pytest.raises(BadLine, match=r"^Line 2: write a name and a value, as tier = gold\.$"):
        read_facts(f"tier = gold\n{line}")


@pytest.mark.parametrize(
    "line",
    ["Placed Order", ", 2", "Placed Order, soon", "Placed Order, NaN", "Placed Order, 1e9", "Placed Order, 1, much", "Placed Order, 1, 2, [1]", "A, 1, 2, {"],
)
def test_bad_event_names_its_line(line: str) -> None:
    with pytest.raises(BadLine, match=r"^Line 1: write an event"):
        read_events(line, AT)


@given(st.dictionaries(NAMES, VALUES))
def test_facts_are_read_as_they_were_written(facts: dict[str, Any]) -> None:
    assert read_facts(write_facts(facts)) == facts


@given(NAMES, st.integers(-(10**6), 10**9), st.none() | st.integers(-(10**9), 10**9), st.dictionaries(TEXT, VALUES))
def test_events_are_read_as_they_were_written(metric: str, seconds: int, cents: int | None, properties: dict[str, Any]) -> None:
    value = None if cents is None else cents / 100
    event = {"metric": metric, "occurred_at": (AT - timedelta(seconds=seconds)).isoformat(), "value": value, "properties": properties}

    (read,) = read_events(write_events([event], AT), AT)

    assert abs(AT - timedelta(seconds=seconds) - read["occurred_at"]) < timedelta(milliseconds=10)
    assert (read["metric"], read["properties"]) == (metric, properties)
    assert read["value"] == (None if value is None else Decimal(f"{value:.2f}"))


@pytest.mark.parametrize("value", ["abc", '"0.8"', "true", "1.5", "-0.1", "NaN"])
def test_churn_probability_is_a_number_from_0_to_1(value: str) -> None:
    """C16: of anything else no band could be told."""
    with pytest.raises(BadLine) as problem:
        read_facts(f"tier = gold\nchurn_probability = {value}")

    assert str(problem.value) == "Line 2: churn_probability is a number from 0 to 1, as 0.8."
