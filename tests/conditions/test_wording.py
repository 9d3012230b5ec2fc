"""Definitions as a person reads them."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.conditions.grammar import parse_definition
from helpdesk.conditions.wording import describe, phrases
from tests.conditions.builders import about_them, about_ticket, definition, done, in_the_last, number, some, text
from tests.factories import CHANNEL_IS_SMS, CHURN_RISK_HIGH, PLACED_ORDER_IN_2_HOURS, TAGS_CONTAIN_ORDER, all_of, any_of

IN_FRANCE = about_them("$country", text("equals", "France"))
RED = {"property": "colour", "filter": text("equals", "red")}
BIG = {"property": "size", "filter": number("greater-than", 3)}


def worded(data: Any, names: dict[str, str] | None = None) -> str:
    return describe(parse_definition(data), names)


def segments(*ids: str, is_member: bool = True) -> dict[str, Any]:
    return definition([{"type": "profile-group-membership", "is_member": is_member, "group_ids": list(ids)}])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (all_of(CHURN_RISK_HIGH), "churn risk equals High"),
        (all_of(PLACED_ORDER_IN_2_HOURS), "Placed Order at least once in the last 2 hours"),
        (all_of(PLACED_ORDER_IN_2_HOURS, IN_FRANCE), "Placed Order at least once in the last 2 hours and country equals France"),
        (all_of(CHANNEL_IS_SMS, TAGS_CONTAIN_ORDER), "ticket channel equals sms and ticket tags contain Order"),
    ],
)
def test_ready_made_rules_read_as_on_the_help_pages(data: Any, words: str) -> None:
    """R8, R9, R10, R14, R15."""
    assert worded(data) == words


def test_groups_of_several_stand_in_brackets() -> None:
    """Without them "a or b and c" would say something else."""
    either = any_of(CHANNEL_IS_SMS, TAGS_CONTAIN_ORDER)
    both = definition([CHANNEL_IS_SMS, TAGS_CONTAIN_ORDER], [CHURN_RISK_HIGH])

    assert worded(either) == "ticket channel equals sms or ticket tags contain Order"
    assert worded(both) == "(ticket channel equals sms or ticket tags contain Order) and churn risk equals High"


def test_brackets_end_what_is_asked_of_the_events() -> None:
    """Else the last condition could be read as one more about the order."""
    narrowed = done("Placed Order", when=in_the_last(1, "day")) | {"metric_filters": [RED, BIG]}
    words = "Placed Order at least once in the last day where colour equals red and where size is greater than 3"

    assert worded(definition([narrowed])) == words
    assert worded(definition([narrowed], [IN_FRANCE])) == f"({words}) and country equals France"
    assert worded(definition([narrowed, IN_FRANCE], [CHANNEL_IS_SMS])) == f"(({words}) or country equals France) and ticket channel equals sms"


def test_phrases_are_the_sentence_in_parts() -> None:
    """For pages, which show conditions strong and the words between them muted."""
    parts = phrases(parse_definition(definition([CHANNEL_IS_SMS, TAGS_CONTAIN_ORDER], [CHURN_RISK_HIGH])))

    assert parts == [
        ("(", "("),
        ("condition", "ticket channel equals sms"),
        ("or", " or "),
        ("condition", "ticket tags contain Order"),
        (")", ")"),
        ("and", " and "),
        ("condition", "churn risk equals High"),
    ]


@pytest.mark.parametrize(
    ("data", "names", "words"),
    [
        (segments("3"), None, "is in segment 3"),
        (segments("3"), {"3": "VIP"}, "is in segment VIP"),
        (segments("3"), {}, "is in segment 3 (which no longer exists)"),
        (segments("3", "5", "8"), {"3": "VIP", "8": "Big or loyal"}, "is in segment VIP, segment 5 (which no longer exists) or segment “Big or loyal”"),
        (segments("3", "5", is_member=False), None, "is not in segment 3 or segment 5"),
        (segments("3", "3"), {"3": "Very good customers"}, "is in segment Very good customers"),
        (segments("a b", "XyZ"), None, "is in segment “a b” or segment XyZ"),
    ],
)
def test_segment_is_called_by_its_name(data: Any, names: dict[str, str] | None, words: str) -> None:
    assert worded(data, names) == words
    assert "".join(part for _kind, part in phrases(parse_definition(data), names)) == words


def test_names_of_one_page_are_not_kept_for_the_next() -> None:
    first, second = (worded(segments("3"), {"3": name}) for name in ("Before", "After"))

    assert (first, second) == ("is in segment Before", "is in segment After")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("France", "France"),
        ("anna@example.com", "anna@example.com"),
        ("Malmö", "Malmö"),
        ("Order tracking", "“Order tracking”"),
        ("or", "“or”"),
        ("True", "“True”"),
        ("11122", "“11122”"),
        ("", "“”"),
        ("a.", "“a.”"),
        ("say “yes”", "“say “yes”””"),
        ("50% off %(name)s", "“50% off %(name)s”"),
    ],
)
def test_value_is_quoted_where_it_could_be_misread(value: str, words: str) -> None:
    assert worded(definition([about_them("x", text("contains", value))])) == f"x contains {words}"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("$country", "country"),
        ("country", "country"),
        ("properties['country']", "“country”"),
        ("properties['churn risk']", "“churn risk”"),
        ("properties['average_order_value']", "average order value"),
        ("properties['Shoe size']", "Shoe size"),
        ("shoe_size", "shoe_size"),
        ("properties['cash and carry']", "“cash and carry”"),
        ("properties['a (b)']", "“a (b)”"),
    ],
)
def test_property_is_named_in_words_or_as_it_is(name: str, words: str) -> None:
    """C15. A custom property that happens to be called like one of ours is another one, and says so."""
    assert worded(definition([about_them(name, number("equals", 1))])) == f"{words} equals 1"


def test_metric_is_named_as_it_is() -> None:
    assert worded(definition([done("Added to Cart")])) == "Added to Cart at least once over all time"
    assert worded(definition([done("Called or wrote")])) == "“Called or wrote” at least once over all time"


@pytest.mark.parametrize(
    ("value", "words"), [(1234567, "1234567"), (0.1, "0.1"), (0.30000000000000004, "0.30000000000000004"), (19_999.95, "19999.95"), (-3, "-3"), (2.0, "2")]
)
def test_number_is_written_as_it_was_given(value: float, words: str) -> None:
    """Not as 1.23457e+06, and not rounded."""
    assert worded(definition([about_them("historic_clv", number("greater-than", value))])) == f"historic customer value is greater than {words}"
    assert worded(definition([done("Opened", number("less-than", value))])) == f"Opened fewer than {words} times over all time"


@pytest.mark.parametrize(("operator", "same"), [("contains-any", "contains"), ("not-contains-all", "not-contains")])
def test_any_or_all_of_one_value_is_that_value(operator: str, same: str) -> None:
    for about in (about_ticket, about_them):
        several, one = (worded(definition([about("tags", wanted)])) for wanted in (some(operator, ["a", "a"]), some(same, "a")))

        assert several == one
