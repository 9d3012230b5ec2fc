"""Definitions as a person reads them."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.conditions.filters import ListFilter, Numeric, String
from helpdesk.conditions.grammar import parse_definition
from helpdesk.conditions.wording import _words, describe
from tests.conditions.builders import about_them, about_ticket, definition, done, existence, in_the_last, number, some, text, truth
from tests.factories import CHANNEL_IS_SMS, CHURN_RISK_HIGH, PLACED_ORDER_IN_2_HOURS, TAGS_CONTAIN_ORDER, all_of, any_of


def worded(data: Any) -> str:
    return describe(parse_definition(data))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (all_of(CHURN_RISK_HIGH), "churn risk equals High"),
        (all_of(PLACED_ORDER_IN_2_HOURS), "Placed Order at least once in the last 2 hours"),
        (all_of(CHANNEL_IS_SMS, TAGS_CONTAIN_ORDER), "ticket channel equals sms and ticket tags contains Order"),
    ],
)
def test_ready_made_rules_read_as_on_the_help_pages(data: Any, words: str) -> None:
    """R14, R15, R10."""
    assert worded(data) == words


def test_groups_of_several_stand_in_brackets() -> None:
    """Without them "a or b and c" would say something else."""
    either = any_of(CHANNEL_IS_SMS, TAGS_CONTAIN_ORDER)
    both = definition([CHANNEL_IS_SMS, TAGS_CONTAIN_ORDER], [CHURN_RISK_HIGH])

    assert worded(either) == "ticket channel equals sms or ticket tags contains Order"
    assert worded(both) == "(ticket channel equals sms or ticket tags contains Order) and churn risk equals High"


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (about_them("$country", text("equals", "France")), "country equals France"),
        (about_them("properties['Shoe size']", number("less-than", 40.5)), "Shoe size is less than 40.5"),
        (about_them("vip", truth(True)), "vip equals yes"),
        (about_them("vip", truth(False)), "vip equals no"),
        (about_them("city", existence("is-set")), "city is set"),
        (about_them("city", existence("not-set")), "city is not set"),
        (about_them("language", text("in", ["sv", "pl"])), "language is one of sv, pl"),
        (about_ticket("sentiment_score", number("less-than-or-equal", 3)), "ticket sentiment score is at most 3"),
        (about_ticket("tags", some("not-contains-any", ["a", "b"])), "ticket tags contains none of a, b"),
        (done("Placed Order", number("equals", 0)), "Placed Order zero times over all time"),
        (done("Placed Order", number("greater-than", 3), in_the_last(1, "day")), "Placed Order is greater than 3 times in the last 1 day"),
        (done("Placed Order", when=in_the_last(3, "week")), "Placed Order at least once in the last 3 weeks"),
        (done("Placed Order", number("greater-than-or-equal", 500), measurement="sum"), "value of Placed Order is at least 500 over all time"),
    ],
)
def test_condition_in_words(condition: dict[str, Any], words: str) -> None:
    assert worded(definition([condition])) == words


@pytest.mark.parametrize(("value", "words"), [(1234567, "1234567"), (0.1, "0.1"), (19_999.95, "19999.95"), (-3, "-3"), (2.0, "2")])
def test_number_is_written_as_it_was_given(value: float, words: str) -> None:
    """Not as 1.23457e+06."""
    assert worded(definition([about_them("historic_clv", number("greater-than", value))])) == f"historic clv is greater than {words}"
    assert worded(definition([done("Opened", number("less-than", value))])) == f"Opened is less than {words} times over all time"


@pytest.mark.parametrize("operator", sorted({*Numeric.operators, *String.operators, *ListFilter.operators}))
def test_every_operator_has_words(operator: str) -> None:
    assert _words(operator) != operator or operator in ("equals", "contains")
