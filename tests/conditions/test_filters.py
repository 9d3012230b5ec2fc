"""Each filter on the edges of what a profile or a ticket can hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.conditions.base import Filter
from helpdesk.conditions.dates import Timeframe
from helpdesk.conditions.filters import Boolean, Existence, ListFilter, Numeric, String

NOTHING = object()  # neither text nor number nor list
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("operator", "matching", "not_matching"),
    [
        ("equals", [5, 5.0, "5", " 5 ", Decimal("5.00")], [4, "five", None, True, [5], NOTHING]),
        ("not-equals", [4, "five", None, [5], NOTHING], [5, "5"]),
        ("greater-than", [6, "5.1"], [5, 4, None, "x", True]),
        ("greater-than-or-equal", [5, 6], [4.99, None]),
        ("less-than", [4.99, -1], [5, None, ""]),
        ("less-than-or-equal", [5, 4], [5.01, None, False]),
    ],
)
def test_numeric(operator: str, matching: list[Any], not_matching: list[Any]) -> None:
    """What is missing, or no number, is not equal; it is neither above nor below."""
    test = Numeric(operator, 5)

    assert [test.matches(value, NOW) for value in matching] == [True] * len(matching)
    assert [test.matches(value, NOW) for value in not_matching] == [False] * len(not_matching)


@pytest.mark.parametrize(("operator", "expected"), [("equals", False), ("greater-than", False), ("less-than", False), ("not-equals", True)])
@pytest.mark.parametrize("value", [pytest.param(10**400, id="400 digits"), "nan", "inf", {}])
def test_numeric_takes_no_part_in_what_is_no_number(operator: str, expected: bool, value: Any) -> None:
    """A whole number of 400 digits is valid JSON and too large to compare."""
    assert Numeric(operator, 5).matches(value, NOW) is expected


@pytest.mark.parametrize(
    ("operator", "value", "matching", "not_matching"),
    [
        ("equals", "France", ["France"], ["france", "France ", None, ["France"], {"a": 1}, ""]),
        ("equals", "5", [5, "5"], [5.5, None]),
        ("equals", "true", [True, "true"], [False, "True", None]),
        ("not-equals", "France", ["Spain", None, ["France"], ""], ["France"]),
        ("contains", "ñá", ["mañána"], ["manana", None]),
        ("not-contains", "spam", ["ham", None], ["spam!"]),
        ("starts-with", "Ä", ["Älg"], ["älg", None]),
        ("not-starts-with", "Ä", ["älg", None], ["Älg"]),
        ("ends-with", ".pl", ["a@b.pl"], ["a@b.pl.com", None]),
        ("not-ends-with", ".pl", ["a@b.com", None], ["a@b.pl"]),
        ("in", ("sv", "pl"), ["sv"], ["s", "", None]),
        ("not-in", ("sv", "pl"), ["en", "", None], ["pl"]),
    ],
)
def test_string(operator: str, value: Any, matching: list[Any], not_matching: list[Any]) -> None:
    """R9. What is missing or a list is no text: only the filters that say *not* match it."""
    test = String(operator, value)

    assert [test.matches(seen, NOW) for seen in matching] == [True] * len(matching)
    assert [test.matches(seen, NOW) for seen in not_matching] == [False] * len(not_matching)


def test_boolean_wants_a_boolean() -> None:
    values = [True, False, 1, 0, "true", None, []]

    assert [Boolean("equals", True).matches(value, NOW) for value in values] == [True, False, False, False, False, False, False]
    assert [Boolean("equals", False).matches(value, NOW) for value in values] == [False, True, False, False, False, False, False]


def test_existence_takes_zero_and_false_for_set() -> None:
    unset, is_set = [None, "", []], [0, False, " ", [None], "x"]

    assert [Existence("is-set").matches(value, NOW) for value in unset + is_set] == [False] * 3 + [True] * 5
    assert [Existence("not-set").matches(value, NOW) for value in unset + is_set] == [True] * 3 + [False] * 5


@pytest.mark.parametrize(
    ("operator", "value", "matching", "not_matching"),
    [
        ("contains", "Order", [["Order"], ("x", "Order")], [["order"], ["Orders"], [], None, "Order"]),
        ("not-contains", "Order", [["order"], [], None, "Order"], [["Order"]]),
        ("contains", "5", [[5], ["5"]], [[5.5]]),
        ("contains-any", ("a", "b"), [["b", "c"]], [["c"], [], None]),
        ("not-contains-any", ("a", "b"), [["c"], [], None], [["b", "c"]]),
        ("contains-all", ("a", "b"), [["b", "a", "c"]], [["a"], [], None]),
        ("contains-substring", "rder", [["x", "Order"]], [["Orde", "r"], [], None, "Order"]),
        ("not-contains-substring", "rder", [["Orde"], [], None], [["Order"]]),
    ],
)
def test_list(operator: str, value: Any, matching: list[Any], not_matching: list[Any]) -> None:
    """R10: `ticket_tags contains Order`. What is no list holds nothing."""
    test = ListFilter(operator, value)

    assert [test.matches(seen, NOW) for seen in matching] == [True] * len(matching)
    assert [test.matches(seen, NOW) for seen in not_matching] == [False] * len(not_matching)


FILTERS: st.SearchStrategy[Filter] = st.one_of(
    st.builds(Numeric, st.sampled_from(Numeric.operators), st.floats(allow_nan=False, allow_infinity=False)),
    st.builds(String, st.sampled_from([name for name in String.operators if not name.endswith(("in", "regex"))]), st.text()),
    st.builds(String, st.sampled_from(["in", "not-in"]), st.tuples(st.text())),
    st.builds(Boolean, st.just("equals"), st.booleans()),
    st.builds(Existence, st.sampled_from(Existence.operators)),
    st.builds(ListFilter, st.sampled_from(["contains", "not-contains", "contains-substring", "not-contains-substring"]), st.text()),
    st.builds(ListFilter, st.sampled_from(["contains-any", "contains-all", "not-contains-any"]), st.tuples(st.text(), st.text())),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text() | st.datetimes() | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(FILTERS, VALUES)
def test_every_filter_answers_about_every_value(test: Filter, value: Any) -> None:
    """`matches` is total: no value of a profile can break routing."""
    assert test.matches(value, NOW) in (True, False)


PAIRS = [*((String, name) for name in ("equals", "contains", "starts-with", "ends-with")), (ListFilter, "contains"), (ListFilter, "contains-substring")]


@given(st.sampled_from(PAIRS), st.text(), VALUES)
def test_not_is_the_opposite(kind: tuple[type[Any], str], wanted: str, value: Any) -> None:
    filter_type, operator = kind

    assert filter_type(f"not-{operator}", wanted).matches(value, NOW) is not filter_type(operator, wanted).matches(value, NOW)


def held(timeframe: Timeframe, at: datetime) -> bool:
    since, until = timeframe.window(NOW)
    return (since is None or since <= at) and (until is None or at < until)


MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(("quantity", "unit", "length"), [(2, "hour", timedelta(hours=2)), (1, "day", timedelta(days=1)), (3, "week", timedelta(weeks=3))])
def test_window_is_half_open(quantity: int, unit: str, length: timedelta) -> None:
    """R8, SPEC part 3: the lower bound is in, one moment before it is out; now is in, the future is out."""
    window = Timeframe("in-the-last", quantity, unit)

    assert [held(window, at) for at in (NOW - length - MOMENT, NOW - length, NOW, NOW + MOMENT)] == [False, True, True, False]


def test_alltime_begins_with_time_and_ends_now() -> None:
    assert [held(Timeframe("alltime"), at) for at in (datetime.min.replace(tzinfo=UTC), NOW, NOW + MOMENT)] == [True, True, False]


def test_longest_window_can_be_computed() -> None:
    """The grammar allows 100,000 of each unit."""
    since, _ = Timeframe("in-the-last", 100_000, "week").window(NOW)

    assert since == NOW - timedelta(weeks=100_000)
