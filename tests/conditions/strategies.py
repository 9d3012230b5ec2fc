"""Whole definitions for Hypothesis, in JSON: every condition, every filter, every operator."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from helpdesk.conditions.dates import Date, Timeframe
from helpdesk.conditions.filters import Boolean, Existence, ListFilter, Numeric, String
from helpdesk.conditions.grammar import DIMENSIONS, EXPECTED_DATE, SUBSCRIPTIONS
from helpdesk.conditions.regions import REGIONS
from tests.conditions.builders import about_them, about_ticket, definition, done

Json = st.SearchStrategy[dict[str, Any]]

WORDS = st.sampled_from(["a", "b", "ab", "å", "", "true", "1", "France"]) | st.text(max_size=3)
NUMBERS = st.integers(-3, 3) | st.floats(allow_nan=False, allow_infinity=False)
WRITTEN_DATES = st.dates().map(str) | st.sampled_from(["2026-11-22", "2026-11-22T13:00:00+01:00", "1992-02-29", "2026-12-01T00:00:00Z"])
UNIT = st.sampled_from(["hour", "day", "week"])
QUANTITY = st.integers(1, 20) | st.integers(1, 100_000)


def filters(kind: str, operators: Any, value: Any) -> Json:
    return st.fixed_dictionaries({"type": st.just(kind), "operator": st.sampled_from(list(operators)), "value": value})


def dates(operators: Any, **arguments: Any) -> Json:
    return st.fixed_dictionaries({"type": st.just("date"), "operator": st.sampled_from(operators), **arguments})


SOME_WORDS = st.lists(WORDS, min_size=1, max_size=3)
PATTERNS = st.sampled_from(["a", "^a", "b$", "[ab]+", "^$", "a|b", "(ab){1,2}", "."])
NUMERIC = filters("numeric", Numeric.operators, NUMBERS)
TEXTUAL = st.one_of(
    filters("string", [name for name in String.operators if not name.endswith(("in", "regex"))], WORDS),
    filters("string", ["in", "not-in"], SOME_WORDS),
    filters("string", ["regex", "nregex"], PATTERNS),
)
LISTS = st.one_of(
    filters("list", ["contains", "not-contains", "contains-substring", "not-contains-substring"], WORDS),
    filters("list", ["contains-any", "contains-all", "not-contains-any", "not-contains-all"], SOME_WORDS),
    filters("list", [name for name in ListFilter.operators if name.startswith("length")], st.integers(0, 4)),
)
BOOLEAN = filters("boolean", Boolean.operators, st.booleans())
EXISTENCE = st.fixed_dictionaries({"type": st.just("existence"), "operator": st.sampled_from(Existence.operators)})
STRETCHES = st.one_of(
    dates(["before", "after"], date=WRITTEN_DATES),
    dates(["between-static"], start=st.just("2026-11-01"), end=st.sampled_from(["2026-11-22T12:00:00", "2027-01-01"])),
    dates(["in-the-last", "in-the-next", "at-least"], quantity=QUANTITY, unit=UNIT),
    dates(["between"], start=st.integers(0, 9), end=st.integers(10, 20), unit=UNIT),
)
TIMEFRAMES = STRETCHES | dates(["alltime"])
DATES = st.one_of(
    STRETCHES,
    dates(["anniversary", "anniversary-month"]),
    dates(["anniversary-last", "anniversary-next"], quantity=QUANTITY, unit=UNIT),
    dates(["calendar-month"], value=st.integers(1, 12)),
)
ANY_FILTER = st.one_of(NUMERIC, TEXTUAL, LISTS, BOOLEAN, EXISTENCE, DATES)

METRICS = st.sampled_from(["Placed Order", "Opened"])
NAMES = st.sampled_from(["a", "properties['b']", "$country", "churn_risk"])
METRIC_FILTERS = st.lists(st.fixed_dictionaries({"property": st.sampled_from(["a", "b"]), "filter": ANY_FILTER}), min_size=1, max_size=2)
METRIC = st.builds(done, METRICS, NUMERIC, TIMEFRAMES, measurement=st.sampled_from(["count", "sum"]))
NARROWED = st.builds(lambda condition, wanted: condition | {"metric_filters": wanted}, METRIC, METRIC_FILTERS)
TICKET = st.one_of(
    st.builds(about_ticket, st.sampled_from(["channel", "status", "body"]), TEXTUAL | EXISTENCE),
    st.builds(about_ticket, st.just("tags"), LISTS | EXISTENCE),
    st.builds(about_ticket, st.just("created"), DATES | EXISTENCE),
)


def predicted(dimension: str, wanted: Any) -> dict[str, Any]:
    return {"type": "profile-predictive-analytics", "dimension": dimension, "filter": wanted}


def consent(channel: str, can_receive: Any, status: Any = None) -> dict[str, Any]:
    chosen = {} if status is None else {"consent_status": {"subscription": status}}
    return {"type": "profile-marketing-consent", "consent": {"channel": channel, "can_receive_marketing": can_receive} | chosen}


PREDICTED = st.builds(predicted, st.sampled_from([name for name in DIMENSIONS if name != EXPECTED_DATE]), NUMERIC | EXISTENCE) | st.builds(
    predicted, st.just(EXPECTED_DATE), DATES | EXISTENCE
)
MEMBERSHIP = st.fixed_dictionaries({"type": st.just("profile-group-membership"), "is_member": st.booleans(), "group_ids": SOME_WORDS})
REGION = st.fixed_dictionaries({"type": st.just("profile-region"), "in_region": st.booleans(), "region_id": st.sampled_from(list(REGIONS))})
CONSENT = st.one_of(
    *(st.builds(consent, st.sampled_from(["email", "sms", "push"]), st.just(yes), st.sampled_from(SUBSCRIPTIONS[yes])) for yes in (True, False))
)
ANY_CONDITION = st.one_of(METRIC, NARROWED, st.builds(about_them, NAMES, ANY_FILTER), PREDICTED, MEMBERSHIP, REGION, CONSENT, TICKET)
DEFINITIONS = st.lists(st.lists(ANY_CONDITION, min_size=1, max_size=3), min_size=1, max_size=3).map(lambda groups: definition(*groups))

VALUES = st.one_of(st.none(), st.booleans(), NUMBERS, WORDS, st.lists(WORDS, max_size=3), WRITTEN_DATES)
assert set(Timeframe.operators) < {*Date.operators, "alltime"}
