"""Dates on their edges: the calendar, stretches around now, and days that come back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.conditions.dates import Date, Timeframe, as_moment

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
START, END = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
        ("2026-11-22T13:07:00+01:00", datetime(2026, 11, 22, 12, 7, tzinfo=UTC)),
        ("2026-11-22 13:07", datetime(2026, 11, 22, 13, 7, tzinfo=UTC)),
        ("2026-11-22T13:07:00Z", datetime(2026, 11, 22, 13, 7, tzinfo=UTC)),
        (date(2026, 11, 22), datetime(2026, 11, 22, tzinfo=UTC)),
        (datetime(2026, 11, 22, 1, tzinfo=timezone(timedelta(hours=2))), datetime(2026, 11, 21, 23, tzinfo=UTC)),
        *((value, None) for value in ("20261122", "2026-W47", "2026-02-30", "22/11/2026", "0001-01-01T00:00+01:00", "", None, 20261121, 1.5, True, [], {})),
    ],
)
def test_moment_is_read_in_utc(value: Any, moment: datetime | None) -> None:
    """SPEC part 3: a date without a time is 00:00:00; a bare number is no date."""
    assert as_moment(value) == moment


@pytest.mark.parametrize(
    ("test", "at"),
    [
        (Date("before", end=END), [(END - MOMENT, True), (END, False)]),
        (Date("after", start=START), [(START - MOMENT, False), (START, True)]),
        (Date("between-static", start=START, end=END), [(START - MOMENT, False), (START, True), (END - MOMENT, True), (END, False)]),
        (Date("in-the-last", 3, "day"), [(NOW - 3 * DAY - MOMENT, False), (NOW - 3 * DAY, True), (NOW, True), (NOW + MOMENT, False)]),
        (Date("in-the-next", 3, "day"), [(NOW - MOMENT, False), (NOW, True), (NOW + 3 * DAY - MOMENT, True), (NOW + 3 * DAY, False)]),
        (Date("at-least", 3, "day"), [(NOW - 3 * DAY - MOMENT, True), (NOW - 3 * DAY, False)]),
        (
            Date("between", 2, "day", further=3),
            [(NOW - 3 * DAY - MOMENT, False), (NOW - 3 * DAY, True), (NOW - 2 * DAY - MOMENT, True), (NOW - 2 * DAY, False)],
        ),
    ],
)
def test_stretch_holds_its_lower_bound_and_not_its_upper(test: Date, at: list[tuple[datetime, bool]]) -> None:
    """SPEC part 3. Text in a profile counts as the date it is; what is no date is never in a stretch."""
    assert [test.matches(moment, NOW) for moment, _ in at] == [expected for _, expected in at]
    assert [test.matches(moment.isoformat(), NOW) for moment, _ in at] == [expected for _, expected in at]
    assert [test.matches(value, NOW) for value in (None, "soon", 5, [])] == [False] * 4


@pytest.mark.parametrize(
    ("test", "born", "now", "expected"),
    [
        (Date("anniversary"), "1990-11-22", "2026-11-22T23:59", True),
        (Date("anniversary"), "1990-11-22", "2026-11-23", False),
        (Date("anniversary"), "1992-02-29", "2026-02-28", True),
        (Date("anniversary"), "1992-02-29", "2028-02-28", False),
        (Date("anniversary"), "1992-02-29", "2028-02-29", True),
        (Date("anniversary-month"), "1990-11-01", "2026-11-30", True),
        (Date("anniversary-month"), "1990-11-01", "2026-12-01", False),
        (Date("calendar-month", 11), "1990-11-01", "2026-05-05", True),
        (Date("calendar-month", 10), "1990-11-01", "2026-10-05", False),
        (Date("anniversary-next", 7, "day"), "1990-01-02", "2026-12-30", True),
        (Date("anniversary-next", 3, "day"), "1990-01-02", "2026-12-30", False),
        (Date("anniversary-next", 3, "day"), "1990-01-02", "2026-12-30T00:00:00.000001", True),
        (Date("anniversary-last", 3, "day"), "1990-12-30", "2027-01-02", True),
        (Date("anniversary-last", 3, "day"), "1990-12-30", "2027-01-02T00:00:00.000001", False),
        (Date("anniversary-last", 53, "week"), "1990-12-30", "2027-05-05", True),
        (Date("anniversary"), "someday", "2026-11-22", False),
    ],
)
def test_yearless_looks_at_day_and_month(test: Date, born: str, now: str, expected: bool) -> None:
    """29 February comes on the 28th where there is none."""
    at = as_moment(now)

    assert at is not None
    assert test.matches(born, at) is expected


@pytest.mark.parametrize("operator", ["alltime", "after", "between-static", "in-the-last"])
def test_what_lies_ahead_has_not_happened(operator: str) -> None:
    frame = Timeframe(operator, 1, "day", start=START if operator in ("after", "between-static") else None, end=END if operator == "between-static" else None)

    assert [frame.matches(at, NOW) for at in (NOW, NOW + MOMENT)] == [True, False]


def test_in_the_next_looks_ahead() -> None:
    frame = Timeframe("in-the-next", 1, "day")

    assert [frame.matches(at, NOW) for at in (NOW - MOMENT, NOW, NOW + DAY - MOMENT, NOW + DAY)] == [False, True, True, False]


MOMENTS = st.timedeltas(timedelta(weeks=-105_000), timedelta(weeks=400_000)).map(lambda away: NOW + away)
NOWS = st.timedeltas(timedelta(weeks=-1_000), timedelta(weeks=5_000)).map(lambda away: NOW + away)


@given(MOMENTS, NOWS, st.integers(1, 100_000), st.sampled_from(["hour", "day", "week"]))
def test_past_is_either_recent_or_long_ago(moment: datetime, now: datetime, quantity: int, unit: str) -> None:
    recent, long_ago = Date("in-the-last", quantity, unit), Date("at-least", quantity, unit)

    assert [recent.matches(moment, now), long_ago.matches(moment, now)].count(True) == (moment <= now)
