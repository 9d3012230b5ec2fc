"""Groups, measures, and the record of what was seen."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.conditions.evaluate import Seen, evaluate
from helpdesk.conditions.grammar import parse_definition
from tests.conditions.asking import compile_all
from tests.conditions.builders import about_them, about_ticket, definition, done, in_the_last, number, some, text
from tests.conditions.somebody import NOW, Happened, Somebody

YES, NO = about_them("a", text("equals", "x")), about_them("a", text("equals", "y"))


def result(*groups: Any, **about: Any) -> bool:
    return evaluate(parse_definition(definition(*groups)), Somebody(**about))[0]


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([[YES]], True),
        ([[NO]], False),
        ([[NO, YES]], True),
        ([[NO, NO]], False),
        ([[YES], [YES]], True),
        ([[YES], [NO]], False),
        ([[YES, NO], [NO, YES]], True),
        ([[YES, NO], [NO, NO]], False),
    ],
)
def test_groups_are_joined_by_and_their_conditions_by_or(groups: list[Any], expected: bool) -> None:
    """SPEC part 3, R7."""
    assert result(*groups) is expected


def test_every_condition_is_seen_even_when_one_decides() -> None:
    """I2: the record holds them all, in order, with the value that was there."""
    data = definition([YES, NO], [about_ticket("tags", some("contains", "Order"))])

    matched, seen = evaluate(parse_definition(data), Somebody(tickets={"tags": ["Return"]}))

    assert matched is False
    assert seen == [Seen("a equals x", "x", True), Seen("a equals y", "x", False), Seen("ticket tags contain Order", ["Return"], False)]
    assert seen[2].as_json() == {"text": "ticket tags contain Order", "value": ["Return"], "result": False}


def test_record_keeps_the_beginning_of_a_long_text() -> None:
    """A whole mail would be kept once for each rule; what the filter sees is all of it."""
    data = definition([about_ticket("body", text("contains", "end"))])

    _, [seen] = evaluate(parse_definition(data), Somebody(tickets={"body": "x" * 300 + "end"}))

    assert seen.as_json() == {"text": seen.text, "value": "x" * 200, "result": True}


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ([], False),
        ([timedelta(hours=3)], False),
        ([timedelta(hours=2)], True),
        ([timedelta(hours=2, microseconds=1)], False),
        ([timedelta(0)], True),
        ([timedelta(hours=-1)], False),
        ([timedelta(hours=3), timedelta(hours=1)], True),
    ],
)
def test_urgent_order_mod_counts_orders_of_the_last_two_hours(ages: list[timedelta], expected: bool) -> None:
    """R8, R15."""
    orders = [Happened(NOW - age) for age in ages]

    assert result([done("Placed Order", when=in_the_last(2, "hour"))], happenings={"Placed Order": orders}) is expected


def test_zero_times_is_true_of_who_never_did_it() -> None:
    """R8: what someone has *not* done."""
    never = done("Placed Order", number("equals", 0), in_the_last(1, "week"))

    assert result([never]) is True
    assert result([never], happenings={"Placed Order": [Happened(NOW - timedelta(days=8))]}) is True
    assert result([never], happenings={"Placed Order": [Happened(NOW - timedelta(days=6))]}) is False


def test_other_events_do_not_count() -> None:
    assert result([done("Placed Order")], happenings={"Viewed Product": [Happened(NOW)]}) is False


def test_sum_adds_values_inside_the_window_and_takes_none_for_zero() -> None:
    """SPEC part 3: "value of <event>"."""
    orders = [Happened(NOW, Decimal("99.50")), Happened(NOW, None), Happened(NOW, Decimal("0.50")), Happened(NOW - timedelta(days=2), Decimal(1000))]
    spent = done("Placed Order", number("equals", 100), in_the_last(1, "day"), measurement="sum")

    matched, [seen] = evaluate(parse_definition(definition([spent])), Somebody(happenings={"Placed Order": orders}))

    assert (matched, seen.value) == (True, 100.0)


def test_what_several_definitions_ask_is_looked_up_once() -> None:
    """R1: in the order of the definitions, and each fact and each measure once."""
    looked: list[str] = []

    class Watched(Somebody):
        def profile(self, name: str) -> Any:
            looked.append(name)
            return super().profile(name)

        def events(self, metric: str) -> list[Happened]:
            looked.append(metric)
            return [Happened(NOW)]

    yes, no = about_them("watched", text("equals", "x")), about_them("watched", text("equals", "y"))  # nobody else's: what was asked long ago may be forgotten
    asked = [[yes], [no], [done("Watched")], [done("Watched", number("equals", 3))], [yes, no]]

    answers = compile_all(parse_definition(definition(group)) for group in asked)(Watched(profiles={"watched": "x"}), NOW)

    assert (answers, looked) == ([True, False, True, False, True], ["watched", "Watched"])


STORABLE = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
ANY_VALUE = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text() | st.integers()) | st.just(10**400)
ANY_NUMBER = st.integers(-(10**300), 10**300) | st.floats(allow_nan=False, allow_infinity=False)
ANY_WINDOW = st.builds(in_the_last, st.integers(1, 100_000), st.just("week"))
ANY_CONDITION = st.one_of(
    st.builds(about_them, st.just("a"), st.builds(number, st.sampled_from(["equals", "less-than"]), ANY_NUMBER)),
    st.builds(about_them, st.just("a"), st.builds(text, st.sampled_from(["contains", "not-equals"]), STORABLE)),
    st.builds(about_ticket, st.just("tags"), st.builds(some, st.just("contains-any"), st.lists(STORABLE, min_size=1))),
    st.builds(done, STORABLE.filter(str.strip), st.builds(number, st.just("equals"), ANY_NUMBER), ANY_WINDOW),
)


@given(st.lists(st.lists(ANY_CONDITION, min_size=1, max_size=3), min_size=1, max_size=3), ANY_VALUE)
def test_whatever_can_be_parsed_can_be_evaluated_and_worded(groups: list[Any], value: Any) -> None:
    """A rule that could be saved never breaks routing, whatever the profile holds."""
    parsed = parse_definition(definition(*groups))

    matched, seen = evaluate(parsed, Somebody(profiles={"a": value}, tickets={"tags": value}))

    assert matched is all(any(condition.result for condition in seen[start : start + len(group)]) for start, group in zip(starts(groups), groups, strict=True))
    assert all(condition.text for condition in seen)


def starts(groups: list[Any]) -> list[int]:
    return [sum(map(len, groups[:number])) for number in range(len(groups))]
