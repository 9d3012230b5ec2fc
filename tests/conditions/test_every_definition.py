"""Whatever the grammar holds can be read, written back, put into words, and evaluated alike in both ways."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.conditions.evaluate import compile_definition, evaluate
from helpdesk.conditions.grammar import DefinitionError, as_json, parse_definition
from tests.conditions.builders import about_them, about_ticket, definition, done, in_the_last, number, some, text
from tests.conditions.somebody import NOW, Happened, Somebody
from tests.conditions.strategies import DEFINITIONS, consent, predicted
from tests.conditions.test_expiry import SOMEBODY

FIRST = "condition_groups[0].conditions[0]"
AGO_3_TO_5 = {"type": "date", "operator": "between", "start": 3, "end": 5, "unit": "day"}
IN_NOVEMBER = {"type": "date", "operator": "between-static", "start": "2026-11-01", "end": "2026-12-01T06:30:00"}
BIG_RED = [{"property": "colour", "filter": text("equals", "red")}, {"property": "size", "filter": number("greater-than", 3)}]
EU = {"type": "profile-region", "in_region": True, "region_id": "european_union"}
IN_SEGMENT = {"type": "profile-group-membership", "is_member": True, "group_ids": ["3", "5"]}


@given(DEFINITIONS)
def test_what_is_written_back_is_read_as_the_same(data: dict[str, Any]) -> None:
    parsed = parse_definition(data)

    assert parse_definition(as_json(parsed)) == parsed
    assert as_json(parse_definition(as_json(parsed))) == as_json(parsed)


@given(DEFINITIONS, SOMEBODY)
def test_fast_way_and_way_that_keeps_what_it_saw_agree(data: dict[str, Any], somebody: Somebody) -> None:
    """I2: the reasons are those of the answer that routes."""
    parsed = parse_definition(data)

    matched, seen = evaluate(parsed, somebody)

    assert compile_definition(parsed)(somebody, NOW) is matched
    assert [bool(condition.text) for condition in seen] == [True] * sum(len(group.conditions) for group in parsed.groups)


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (about_ticket("mood", text("equals", "high")), ".property: expected one of channel, tags, status, sentiment, sentiment_score, "
         "subject, body, language, team, assignee, priority, created."),
        (about_them("x", text("regex", r"\d")), ".filter.value: expected a simpler regular expression (\\ stands only before punctuation: write "
         "[0-9] for a digit, [A-Za-z0-9_] for a letter; a group is not referred back to, at character 2)."),
        (about_them("x", some("length-equals", "3")), ".filter.value: expected a whole number from 0 to 100000."),
        (about_them("x", {"type": "date", "operator": "before", "date": "soon"}), ".filter.date: expected a date such as 2026-11-22 or 2026-11-22T13:07:00Z."),
        (about_them("x", {"type": "date", "operator": "alltime"}), ".filter.operator: expected one of before, after, between-static, in-the-last, "
         "in-the-next, at-least, between, anniversary, anniversary-month, anniversary-last, anniversary-next, calendar-month."),
        (about_them("x", {"type": "date", "operator": "calendar-month", "value": 13}), ".filter.value: expected a month, 1 to 12."),
        (done("x", when=IN_NOVEMBER | {"end": "2026-11-01"}), ".timeframe_filter.end: expected a date after start."),
        (done("x", when=AGO_3_TO_5 | {"end": 3}), ".timeframe_filter.end: expected a whole number above start, up to 100000."),
        (done("x") | {"metric_filters": [{"property": "a"}]}, ".metric_filters[0].filter: expected a value."),
        (predicted("mood", number("equals", 1)), ".dimension: expected one of average_days_between_orders, average_order_value, churn_probability, "
         "historic_clv, historic_number_of_orders, predicted_clv, predicted_number_of_orders, total_clv, expected_date_of_next_purchase."),
        (predicted("total_clv", text("equals", "1")), ".filter.type: expected one of numeric, existence."),
        (IN_SEGMENT | {"is_member": 1}, ".is_member: expected true or false."),
        (IN_SEGMENT | {"group_ids": [3]}, ".group_ids: expected a list of texts."),
        (EU | {"region_id": "moon"}, ".region_id: expected one of european_union, united_states."),
        (consent("fax", True), ".consent.channel: expected one of email, sms, push."),
        (consent("sms", True, "unsubscribed"), ".consent.consent_status.subscription: expected one of any, subscribed."),
    ],
)  # fmt: skip
def test_error_names_place(condition: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_definition(definition([condition]))

    assert str(refused.value) == FIRST + message


@pytest.mark.parametrize(
    ("condition", "about", "expected"),
    [
        (done("x", number("equals", 1), in_the_last(1, "day")) | {"metric_filters": BIG_RED}, {}, False),
        (IN_SEGMENT, {"segments": ("5", "9")}, True),
        (IN_SEGMENT, {"segments": ("9",)}, False),
        (IN_SEGMENT | {"is_member": False}, {"segments": ("9",)}, True),
        (EU, {"profiles": {"country": "sweden"}}, True),
        (EU, {"profiles": {"country": "PL"}}, True),
        (EU, {"profiles": {"country": "Norway"}}, False),
        (EU | {"in_region": False}, {"profiles": {}}, True),
        (consent("email", True), {"profiles": {"email_consent": "subscribed"}}, True),
        (consent("email", True), {"profiles": {"sms_consent": "subscribed"}}, False),
        (consent("email", False, "never_subscribed"), {"profiles": {}}, True),
        (consent("email", False, "unsubscribed"), {"profiles": {}}, False),
        (predicted("total_clv", number("greater-than", 5)), {"profiles": {"total_clv": 6}}, True),
    ],
)
def test_condition_holds(condition: dict[str, Any], about: dict[str, Any], expected: bool) -> None:
    assert evaluate(parse_definition(definition([condition])), Somebody(**about))[0] is expected


def test_only_events_whose_properties_pass_count() -> None:
    """SPEC part 3: metric_filters are joined by AND; an event without the property has none."""
    orders = [Happened(NOW, properties=told) for told in ({"colour": "red", "size": 4}, {"colour": "red", "size": 3}, {"size": 4}, {})]
    condition = done("Placed Order", number("equals", 1)) | {"metric_filters": BIG_RED}

    matched, [seen] = evaluate(parse_definition(definition([condition])), Somebody(happenings={"Placed Order": orders}))

    assert (matched, seen.value) == (True, 1)


@given(st.sampled_from([text("equals", "a"), number("equals", 1)]))
def test_equal_definitions_are_compiled_once(wanted: dict[str, Any]) -> None:
    first, again = (compile_definition(parse_definition(definition([about_them("a", wanted)]))) for _ in range(2))

    assert first is again
