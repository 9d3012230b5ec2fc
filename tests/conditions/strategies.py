"""Whole definitions for Hypothesis, in JSON: every condition, every filter, every operator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from helpdesk.conditions.dates import Date, Timeframe
from helpdesk.conditions.filters import Boolean, Existence, ListFilter, Numeric, String
from helpdesk.conditions.grammar import DIMENSIONS, EXPECTED_DATE, SUBSCRIPTIONS
from helpdesk.conditions.regions import REGIONS
from tests.conditions.builders import about_them, about_ticket, definition, done

Json = st.SearchStrategy[dict[str, Any]]

STORABLE = st.characters(exclude_characters="\0", exclude_categories=["Cs"])  # PostgreSQL keeps neither NUL nor half a surrogate pair
_FEW_WORDS = st.sampled_from(["a", "ab", "å", "Order"])  # few, so that what is asked is often what is there
_STRANGE_WORDS = st.sampled_from(["b", "", "true", "1", "5.0", "France", "a\x1fb", "a b", "Łódź", "urgent", "Ida"]) | st.text(STORABLE, max_size=3)
WORDS = st.one_of(_FEW_WORDS, _FEW_WORDS, _FEW_WORDS, _STRANGE_WORDS)
_FEW_NUMBERS = st.sampled_from([0, 1, 0.5])
_STRANGE_NUMBERS = st.sampled_from([0.1, 0.2, 5.0, 1e16, -0.0, 2**53, 2**53 + 1]) | st.floats(allow_nan=False, allow_infinity=False)
NUMBERS = st.one_of(_FEW_NUMBERS, _FEW_NUMBERS, _FEW_NUMBERS, _STRANGE_NUMBERS)

MOMENT = timedelta(microseconds=1)
ZONES = [UTC, ZoneInfo("Europe/Stockholm"), ZoneInfo("America/New_York"), timezone(timedelta(hours=5, minutes=45))]
INSTANTS = [
    datetime(2026, 11, 22, 12, tzinfo=UTC),
    datetime(2026, 11, 22, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),  # clocks go forward in Stockholm
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # 02:30 there, for the first time
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),  # 02:30 again
    datetime(2024, 2, 29, 10, tzinfo=UTC),
    datetime(2027, 2, 28, 10, tzinfo=UTC),  # when that day comes back
    datetime(2027, 2, 28, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2027, 1, 1, tzinfo=UTC),
]
LONG_AGO = datetime(987, 6, 5, 4, 3, 2, 1, tzinfo=UTC)


def written(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).isoformat()


WRITTEN_DATES = st.one_of(
    st.builds(written, st.sampled_from([*INSTANTS, LONG_AGO]), st.sampled_from(ZONES)),
    st.sampled_from(["2026-11-22", "1992-02-29", "2026-11-22T12:00"]),
    st.dates().map(str),
)
UNIT = st.sampled_from(["hour", "day", "week"])
QUANTITY = st.sampled_from([1, 2, 3, 7, 1, 2, 3, 7, 52, 54, 100_000])


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
    dates(["between-static"], start=st.sampled_from(["2024-02-29T10:00", "2026-10-25"]), end=st.sampled_from(["2026-11-22T13:00+01:00", "2027-01-01"])),
    dates(["in-the-last", "in-the-next", "at-least"], quantity=QUANTITY, unit=UNIT),
    dates(["between"], start=st.integers(0, 2), end=st.integers(3, 8), unit=UNIT),
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
# Properties with strange names, what they mostly hold, and what is mostly asked of them. The others hold anything.
TYPED: dict[str, tuple[st.SearchStrategy[Any], Json]] = {
    '"': (WORDS, TEXTUAL),
    "12": (NUMBERS, NUMERIC),
    "it's": (st.lists(WORDS, max_size=3), LISTS),
    "%s": (WRITTEN_DATES, DATES),
    "å": (st.booleans(), BOOLEAN),
}
STRANGE = ["a", "b", "a.b", "[1]", "text", "$lucky", *TYPED]
NAMES = st.sampled_from(
    [
        *("a", "properties['b']", "$country", "country", "email", "churn_risk", "churn_probability", "$lucky", "language", "external_id"),
        *("properties['country']", "properties['$country']", "properties['email']", "properties['churn_risk']", "properties['nothing']"),
        *(f"properties['{name}']" for name in STRANGE),
    ]
)
OWN = st.sampled_from(["country", "$country", "language", "email", "churn_risk", "a", "properties['country']", "properties['email']"])
_METRIC_FILTER = st.one_of(
    st.fixed_dictionaries({"property": st.sampled_from(STRANGE), "filter": ANY_FILTER}),
    *(st.fixed_dictionaries({"property": st.just(name), "filter": asked}) for name, (_, asked) in TYPED.items()),
)
METRIC_FILTERS = st.lists(_METRIC_FILTER, min_size=1, max_size=2)
METRIC = st.builds(
    done, METRICS, filters("numeric", Numeric.operators, st.sampled_from([0, 1, 2, 0.3])), TIMEFRAMES, measurement=st.sampled_from(["count", "sum"])
)
NARROWED = st.builds(lambda condition, wanted: condition | {"metric_filters": wanted}, METRIC, METRIC_FILTERS)
TICKET = st.one_of(
    st.builds(
        about_ticket, st.sampled_from(["channel", "status", "sentiment", "subject", "body", "language", "team", "assignee", "priority"]), TEXTUAL | EXISTENCE
    ),
    st.builds(about_ticket, st.just("tags"), LISTS | EXISTENCE),
    st.builds(about_ticket, st.just("sentiment_score"), NUMERIC | EXISTENCE),
    st.builds(about_ticket, st.just("created"), DATES | EXISTENCE),
)


def predicted(dimension: str, wanted: Any) -> dict[str, Any]:
    return {"type": "profile-predictive-analytics", "dimension": dimension, "filter": wanted}


def consent(channel: str, can_receive: Any, status: Any = None) -> dict[str, Any]:
    chosen = {} if status is None else {"consent_status": {"subscription": status}}
    return {"type": "profile-marketing-consent", "consent": {"channel": channel, "can_receive_marketing": can_receive} | chosen}


NUMBERED = ["total_clv", "historic_clv", "predicted_number_of_orders", *(name for name in DIMENSIONS if name != EXPECTED_DATE)]
PREDICTED = st.builds(predicted, st.sampled_from(NUMBERED), NUMERIC | EXISTENCE) | st.builds(predicted, st.just(EXPECTED_DATE), DATES | EXISTENCE)
MEMBERSHIP = st.fixed_dictionaries(
    {
        "type": st.just("profile-group-membership"),
        "is_member": st.booleans(),
        "group_ids": st.lists(st.sampled_from(["1", "2", "3", "01", "9" * 30]) | WORDS, min_size=1, max_size=3),
    }
)
REGION = st.fixed_dictionaries({"type": st.just("profile-region"), "in_region": st.booleans(), "region_id": st.sampled_from(list(REGIONS))})
CONSENT = st.one_of(
    *(st.builds(consent, st.sampled_from(["email", "sms", "push"]), st.just(yes), st.sampled_from(SUBSCRIPTIONS[yes])) for yes in (True, False))
)
PROPERTY = st.one_of(
    st.builds(about_them, NAMES, ANY_FILTER),
    st.builds(about_them, OWN, TEXTUAL),
    *(st.builds(about_them, st.just(f"properties['{name}']"), asked) for name, (_, asked) in TYPED.items()),
)
ANY_CONDITION = st.one_of(METRIC, NARROWED, PROPERTY, PREDICTED, MEMBERSHIP, REGION, CONSENT, TICKET)
DEFINITIONS = st.lists(st.lists(ANY_CONDITION, min_size=1, max_size=2), min_size=1, max_size=2).map(lambda groups: definition(*groups))

ODD = [
    "2026-02-30",
    "0001-01-01T00:00+01:00",
    "1_0",
    " 5 ",
    "٣",
    "nan",
    "-inf",
    "1e3",
    10**400,
    {},
    {"b": 1, "aa": [1e16]},
    [None],
    [{"b": 1, "aa": 2}, ["a"], 1e16, True, 5.0],
    [],
]
VALUES = st.one_of(st.none(), st.booleans(), NUMBERS, WORDS, st.lists(WORDS, max_size=3), WRITTEN_DATES, st.sampled_from(ODD))
assert set(Timeframe.operators) < {*Date.operators, "alltime"}
