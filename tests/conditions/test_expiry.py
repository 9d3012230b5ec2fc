"""How long a match holds (I12)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.conditions.dates import HORIZON
from helpdesk.conditions.evaluate import compile_definition
from helpdesk.conditions.expiry import next_change, valid_until
from helpdesk.conditions.grammar import parse_definition
from tests.conditions.builders import about_them, definition, done, in_the_last, number, text
from tests.conditions.somebody import NOW, Happened, Somebody
from tests.conditions.strategies import DEFINITIONS, VALUES

MOMENT = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
ORDERED = done("Placed Order", when=in_the_last(2, "hour"))
IN_MONTH = about_them("born", {"type": "date", "operator": "anniversary-month"})
NEXT_WEEK = about_them("born", {"type": "date", "operator": "anniversary-next", "quantity": 1, "unit": "week"})
NEVER_TWICE = done("Placed Order", number("less-than", 2), {"type": "date", "operator": "alltime"})


def until(*groups: Any, **about: Any) -> datetime | None:
    return valid_until(parse_definition(definition(*groups)), Somebody(**about), NOW)


def ordered(*hours_ago: float) -> dict[str, list[Happened]]:
    return {"Placed Order": [Happened(NOW - hours * HOUR) for hours in hours_ago]}


@pytest.mark.parametrize(
    ("groups", "about", "expected"),
    [
        ([[ORDERED]], {"happenings": ordered(0.5)}, NOW + 1.5 * HOUR + MOMENT),
        ([[ORDERED]], {"happenings": ordered(0.5, 1)}, NOW + 1.5 * HOUR + MOMENT),
        ([[ORDERED, about_them("a", text("equals", "x"))]], {"happenings": ordered(0.5)}, None),
        ([[ORDERED], [about_them("a", text("equals", "x"))]], {"happenings": ordered(0.5)}, NOW + 1.5 * HOUR + MOMENT),
        ([[ORDERED]], {}, NOW),
        ([[NEVER_TWICE]], {"happenings": ordered(3, -3)}, NOW + 3 * HOUR),
        ([[IN_MONTH]], {"profiles": {"born": "1990-11-30"}}, datetime(2026, 12, 1, tzinfo=UTC)),
        ([[NEXT_WEEK]], {"profiles": {"born": "1990-11-24"}}, datetime(2026, 11, 24, tzinfo=UTC) + MOMENT),
        ([[about_them("a", text("equals", "x"))]], {}, None),
    ],
)
def test_match_holds_until(groups: list[Any], about: dict[str, Any], expected: datetime | None) -> None:
    """I12: “Placed Order at 11:30 → true until 13:30”, that moment included; by the clock alone, and None when it stays."""
    assert until(*groups, **about) == expected


TIMES = st.timedeltas(timedelta(weeks=-30), timedelta(weeks=10)).map(lambda age: NOW + age)
HAPPENED = st.lists(st.builds(Happened, TIMES, st.none() | st.integers(-2, 2), st.fixed_dictionaries({}, optional={"a": VALUES, "b": VALUES})), max_size=4)
SOMEBODY = st.builds(
    Somebody,
    profiles=st.dictionaries(st.sampled_from(["a", "properties['b']", "expected_date_of_next_purchase", "country", "email_consent"]), VALUES | TIMES),
    tickets=st.fixed_dictionaries({}, optional={"created": TIMES}),
    happenings=st.fixed_dictionaries({}, optional={"Placed Order": HAPPENED, "Opened": HAPPENED}),
)


@given(DEFINITIONS, SOMEBODY, st.lists(st.timedeltas(timedelta(0), HORIZON), max_size=20))
def test_answer_is_the_same_until_it_changes(data: dict[str, Any], somebody: Somebody, later: list[timedelta]) -> None:
    """I12, from true to false and back: asked just before, and at instants in between."""
    parsed = parse_definition(data)
    matches = compile_definition(parsed)
    answer = matches(somebody, NOW)

    change = next_change(parsed, somebody, NOW)

    between = [NOW + after for after in later if change is None or NOW + after < change]
    assert [matches(somebody, moment) for moment in between] == [answer] * len(between)
    assert change is None or (change > NOW, matches(somebody, change - MOMENT), matches(somebody, change)) == (True, answer, not answer)
    assert valid_until(parsed, somebody, NOW) == (change if answer else NOW)
