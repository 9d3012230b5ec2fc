"""The grammar of conditions (SPEC part 3): what is read, and that every refusal names the place."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.conditions.dates import Timeframe
from helpdesk.conditions.filters import Boolean, Existence, ListFilter, Numeric, String
from helpdesk.conditions.grammar import (
    LIMIT,
    TICKET_FIELDS,
    Definition,
    DefinitionError,
    Group,
    MetricCondition,
    PropertyCondition,
    TicketCondition,
    parse_definition,
)
from tests.conditions.builders import ALLTIME, KINDS, about_them, about_ticket, definition, done, existence, in_the_last, number, some, text, truth
from tests.factories import CHANNEL_IS_SMS, CHURN_RISK_HIGH, PLACED_ORDER_IN_2_HOURS, TAGS_CONTAIN_ORDER, all_of, any_of

FIRST = "condition_groups[0].conditions[0]"


def test_definition_reads_churn_defence() -> None:
    """R14: Properties about someone > Churn Risk > equals High."""
    parsed = parse_definition(all_of(CHURN_RISK_HIGH))

    assert parsed == Definition((Group((PropertyCondition("churn_risk", String("equals", "High")),)),))


def test_definition_reads_urgent_order_mod() -> None:
    """R8, R15: What someone has done > Placed Order > at least once > in the last 2 hours."""
    parsed = parse_definition(all_of(PLACED_ORDER_IN_2_HOURS))

    wanted = MetricCondition("Placed Order", "count", Numeric("greater-than-or-equal", 1), Timeframe("in-the-last", 2, "hour"))
    assert parsed == Definition((Group((wanted,)),))


def test_definition_keeps_groups_apart() -> None:
    """R10: two groups are two wishes that must both hold; one group of two holds when either does."""
    sms, order = TicketCondition("channel", String("equals", "sms")), TicketCondition("tags", ListFilter("contains", "Order"))

    both, either = parse_definition(all_of(CHANNEL_IS_SMS, TAGS_CONTAIN_ORDER)), parse_definition(any_of(CHANNEL_IS_SMS, TAGS_CONTAIN_ORDER))

    assert both == Definition((Group((sms,)), Group((order,))))
    assert either == Definition((Group((sms, order)),))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (number("less-than", 0.5), Numeric("less-than", 0.5)),
        (truth(False), Boolean("equals", False)),
        (existence("not-set"), Existence("not-set")),
        (text("not-in", ["a", "b"]), String("not-in", ("a", "b"))),
        (some("not-contains-any", ["a"]), ListFilter("not-contains-any", ("a",))),
        (some("contains-substring", "a"), ListFilter("contains-substring", "a")),
    ],
)
def test_filter_is_read(written: dict[str, Any], read: object) -> None:
    parsed = parse_definition(definition([about_them("properties['x']", written)]))

    assert parsed.groups[0].conditions == (PropertyCondition("properties['x']", read),)  # type: ignore[arg-type] # parametrized


@pytest.mark.parametrize("name", TICKET_FIELDS)
def test_ticket_field_is_read(name: str) -> None:
    """R10."""
    parsed = parse_definition(definition([about_ticket(name, existence("is-set"))]))

    assert parsed.groups[0].conditions == (TicketCondition(name, Existence("is-set")),)


NUMERIC = "equals, not-equals, greater-than, greater-than-or-equal, less-than, less-than-or-equal"
FRAMES = "alltime, before, after, between-static, in-the-last, in-the-next, at-least, between"
TEXTUAL = "equals, contains, starts-with, ends-with, regex, in, not-equals, not-contains, not-starts-with, not-ends-with, not-in, nregex"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "definition: expected an object with condition_groups."),
        ([], "definition: expected an object with condition_groups."),
        ({}, "condition_groups: expected a value."),
        ({"condition_groups": []}, "condition_groups: expected a list with at least one entry."),
        ({"condition_groups": {}}, "condition_groups: expected a list with at least one entry."),
        ({"condition_groups": [1], "name": "x"}, "name: expected one of condition_groups."),
        ({"condition_groups": [7]}, "condition_groups[0]: expected an object with conditions."),
        ({"condition_groups": [{"conditions": []}]}, "condition_groups[0].conditions: expected a list with at least one entry."),
        ({"condition_groups": [1], "": "x"}, '"": expected one of condition_groups.'),
        (definition([CHURN_RISK_HIGH], ["x"]), f"condition_groups[1].conditions[0].type: expected one of {KINDS}."),
        (definition([CHURN_RISK_HIGH, {"type": "phase-of-moon"}]), f"condition_groups[0].conditions[1].type: expected one of {KINDS}."),
    ],
)
def test_error_names_place_of_outer_form(data: Any, message: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_definition(data)

    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (about_them("", text("equals", "x")), "property: expected a text."),
        (about_them(5, text("equals", "x")), "property: expected a text."),
        (about_ticket("colour", text("equals", "x")), f"property: expected one of {', '.join(TICKET_FIELDS)}."),
        (about_ticket("tags", text("contains", "Order")), "filter.type: expected one of list, existence."),
        (about_ticket("sentiment_score", text("equals", "3")), "filter.type: expected one of numeric, existence."),
        (about_ticket("sentiment", some("contains", "urgent")), "filter.type: expected one of string, existence."),
        (about_them("x", None), "filter.type: expected one of numeric, string, boolean, existence, list, date."),
        (about_them("x", {"type": "regex"}), "filter.type: expected one of numeric, string, boolean, existence, list, date."),
        (about_them("x", number("above", 1)), f"filter.operator: expected one of {NUMERIC}."),
        (about_them("x", text("greater-than", "1")), f"filter.operator: expected one of {TEXTUAL}."),
        (about_them("x", number("equals", "1")), "filter.value: expected a number."),
        (about_them("x", number("equals", True)), "filter.value: expected a number."),
        (about_them("x", truth("yes")), "filter.value: expected true or false."),
        (about_them("x", text("equals", 1)), "filter.value: expected a text."),
        (about_them("x", text("in", "abc")), "filter.value: expected a list of texts."),
        (about_them("x", some("contains-any", [])), "filter.value: expected a list of texts."),
        (about_them("x", some("contains-all", ["a", 1])), "filter.value: expected a list of texts."),
        (about_them("x", some("contains", ["a"])), "filter.value: expected a text."),
        (about_them("x", {"type": "string", "operator": "equals"}), "filter.value: expected a value."),
        (about_them("x", existence("is-set") | {"value": 1}), "filter.value: expected one of type, operator."),
        (about_them("x", text("equals", "a")) | {"negated": True}, "negated: expected one of type, property, filter."),
        ({"type": "ticket-property", "property": "channel"}, "filter: expected a value."),
        (done(" "), "metric: expected a text."),
        (done("x", measurement="average"), "measurement: expected one of count, sum."),
        (done("x", text("equals", "1")), "measurement_filter.type: expected one of numeric."),
        (done("x", when=None), "timeframe_filter.type: expected date."),
        (done("x", when=ALLTIME | {"type": "time"}), "timeframe_filter.type: expected date."),
        (done("x", when=ALLTIME | {"quantity": 1}), "timeframe_filter.quantity: expected one of type, operator."),
        (
            done("x", when={"type": "date", "operator": "yesterday"}),
            f"timeframe_filter.operator: expected one of {FRAMES}.",
        ),
        (done("x", when=in_the_last(0, "hour")), "timeframe_filter.quantity: expected a whole number from 1 to 100000."),
        (done("x", when=in_the_last(1.5, "hour")), "timeframe_filter.quantity: expected a whole number from 1 to 100000."),
        (done("x", when=in_the_last(True, "hour")), "timeframe_filter.quantity: expected a whole number from 1 to 100000."),
        (done("x", when=in_the_last(2, "year")), "timeframe_filter.unit: expected one of hour, day, week."),
    ],
)
def test_error_names_place_inside_condition(condition: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_definition(definition([condition]))

    assert str(refused.value) == f"{FIRST}.{message}"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), pytest.param(10**400, id="400 digits")])
def test_number_beyond_every_computer_is_refused(value: float) -> None:
    """JSON has no bound; a database and a page have one."""
    with pytest.raises(DefinitionError) as refused:
        parse_definition(definition([about_them("x", number("equals", value))]))

    assert str(refused.value) == f"{FIRST}.filter.value: expected a number."


def test_definition_holds_at_most_100_conditions() -> None:
    """SPEC part 3; counted over all groups."""
    allowed, too_many = definition([CHURN_RISK_HIGH] * 99, [CHANNEL_IS_SMS]), definition([CHURN_RISK_HIGH] * 99, [CHANNEL_IS_SMS] * 2)

    parsed = parse_definition(allowed)

    assert sum(len(group.conditions) for group in parsed.groups) == LIMIT
    with pytest.raises(DefinitionError, match=r"^condition_groups: expected at most 100 conditions\.$"):
        parse_definition(too_many)


NAMES = st.sampled_from(["condition_groups", "conditions", "type", "filter", "value"]) | st.text()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)
VALID = definition([CHURN_RISK_HIGH, about_ticket("tags", some("contains-any", ["a"]))], [PLACED_ORDER_IN_2_HOURS], [about_them("x", number("equals", 1))])


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


def put(data: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    changed = copy.copy(data)
    changed[place[0]] = put(data[place[0]], place[1:], value)
    return changed


@given(JSON | st.builds(put, st.just(VALID), st.sampled_from(places(VALID)), JSON))
def test_anything_is_a_definition_or_a_definition_error(data: Any) -> None:
    """Whatever JSON says, from nonsense to a valid definition with one wrong value."""
    try:
        outcome: Definition | DefinitionError = parse_definition(data)
    except DefinitionError as refused:
        outcome = refused

    assert isinstance(outcome, Definition) or (outcome.path and outcome.expected)


@pytest.mark.parametrize("text", ["\ud800", "a\x00b"])
def test_text_that_cannot_be_stored_is_refused(text: str) -> None:
    """One rule must not make every ticket's page unreadable."""
    data = all_of({"type": "ticket-property", "property": "subject", "filter": {"type": "string", "operator": "equals", "value": text}})

    with pytest.raises(DefinitionError, match=r"^definition: expected text"):
        parse_definition(data)
