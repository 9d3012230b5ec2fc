"""Dates in filters (SPEC part 3): stretches of time on the calendar or around now, and days that come back each year.

All in UTC; a date without a time is 00:00:00. Every stretch is half-open: its lower bound is in, its upper is out.
What happens *now* counts as past.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar

from helpdesk.conditions.base import Filter, Test

INSTANT = timedelta(microseconds=1)  # the shortest time that a clock, Python's or a database's, tells
HORIZON = timedelta(days=3653)  # how far into the future `valid_until` looks: ten years
UNITS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
Bound = datetime | timedelta  # an instant, or how far from now
MOST_OF_A_YEAR, _YEAR = timedelta(days=366), ("01", "13")
_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?", re.ASCII | re.DOTALL)


def as_moment(value: Any) -> datetime | None:
    """A datetime, a date, or text that is one in ISO 8601 (2026-11-22, 2026-11-22T13:07:00+01:00); None for anything else."""
    if isinstance(value, str):
        if not _WRITTEN.fullmatch(value):
            return None
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    elif isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if not isinstance(value, datetime):
        return None
    try:
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except OverflowError:  # the first or last day of all, in another zone
        return None


@dataclass(frozen=True)
class Stretch(Filter):
    """`start` and `end` for before, after, between-static; `quantity` and `unit` for the relative ones; between: `quantity` to `further` ago."""

    operator: str
    quantity: int = 0
    unit: str = "hour"
    start: datetime | None = None
    end: datetime | None = None
    further: int = 0
    type: ClassVar[str] = "date"
    reads = staticmethod(as_moment)
    relative: ClassVar[Sequence[str]] = ("in-the-last", "in-the-next", "at-least")
    operators: ClassVar[Sequence[str]] = ("before", "after", "between-static", *relative, "between")

    def window(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """(since, until): None is the beginning or the end of time."""
        low, high = self._around_now()
        since = self.start if low is None else now + low
        until = self.end if high is None else now + high
        return since, min(until, self.end) if until and self.end else until

    def bounds(self) -> tuple[list[Bound], list[Bound]]:
        """The lower and the upper ones of the window, those that stand still and those that move: what lies within is within all of them."""
        low, high = self._around_now()
        return [each for each in (self.start, low) if each is not None], [each for each in (self.end, high) if each is not None]

    def _around_now(self) -> tuple[timedelta | None, timedelta | None]:
        """How far from now the bounds are that move with it."""
        length = self.quantity * UNITS[self.unit]
        match self.operator:
            case "in-the-last":
                return -length, INSTANT
            case "in-the-next":
                return timedelta(0), length
            case "at-least":
                return None, -length
            case "between":
                return -self.further * UNITS[self.unit], -length
        return None, None

    def test(self) -> Test:
        window = lru_cache(maxsize=8)(self.window)  # many are asked at the same instant

        def test(moment: datetime | None, now: datetime) -> bool:
            since, until = window(now)
            return moment is not None and (since is None or since <= moment) and (until is None or moment < until)

        return test

    def turns(self, moment: datetime, now: datetime) -> Iterator[datetime]:
        """The instants at which `moment` enters the window or leaves it, if nothing else happens; in no order."""
        for offset in self._around_now():
            if offset is not None and (turn := shifted(moment, INSTANT - offset)):
                yield turn

    def as_json(self) -> dict[str, Any]:
        return {"type": self.type, "operator": self.operator} | self._arguments()

    def _arguments(self) -> dict[str, Any]:
        match self.operator:
            case "before" | "after":
                bound = self.end or self.start
                return {"date": bound and bound.isoformat()}
            case "between-static":
                return {"start": self.start and self.start.isoformat(), "end": self.end and self.end.isoformat()}
            case "between":
                return {"start": self.quantity, "end": self.further, "unit": self.unit}
        return {"quantity": self.quantity, "unit": self.unit} if self.quantity else {}


@dataclass(frozen=True)
class Timeframe(Stretch):
    """When an event happened. What lies after now counts for `in-the-next` alone."""

    operators: ClassVar[Sequence[str]] = ("alltime", *Stretch.operators)

    def _around_now(self) -> tuple[timedelta | None, timedelta | None]:
        low, high = super()._around_now()
        return low, INSTANT if high is None else high


@dataclass(frozen=True)
class Date(Stretch):
    """A date in a profile or a ticket. The yearless look at its day and month: 29 February comes on the 28th in other years.

    anniversary: its day is today. anniversary-month: its month is this one. anniversary-last, anniversary-next: it came,
    or comes, at its time of day in that stretch around now. calendar-month: its month is `quantity`, 1 to 12.
    """

    yearless: ClassVar[Sequence[str]] = ("anniversary", "anniversary-month", "anniversary-last", "anniversary-next", "calendar-month")
    operators: ClassVar[Sequence[str]] = (*Stretch.operators, *yearless)

    def test(self) -> Test:
        if self.operator not in self.yearless:
            return super().test()
        days = lru_cache(maxsize=8)(self.days)

        def test(moment: datetime | None, now: datetime) -> bool:
            if moment is None:
                return False
            day = yearless(moment)
            return any(low <= day < high for low, high in days(now))

        return test

    def days(self, now: datetime) -> list[tuple[str, str]]:
        """Where in any year the day of a yearless filter may lie: half-open stretches of what `yearless` writes."""
        match self.operator:
            case "calendar-month":
                return [_month(self.quantity)]
            case "anniversary-month":
                return [_month(now.month)]
            case "anniversary":
                since, until = _midnight(now), _midnight(now) + timedelta(days=1)
            case _:
                low, high = self.around()
                since, until = now + low, now + high
        if until - since >= MOST_OF_A_YEAR:
            return [_YEAR]
        return [(low, high) for year in {since.year, until.year} for low, high in _within(year, since, until) if low < high]

    def around(self) -> tuple[timedelta, timedelta]:
        """From when until when, seen from now, anniversary-last and anniversary-next look."""
        low, high = self._stretch()._around_now()
        return low or timedelta(0), high or timedelta(0)

    def _stretch(self) -> Date:
        return Date(self.operator.replace("anniversary-", "in-the-"), self.quantity, self.unit)

    def turns(self, moment: datetime, now: datetime) -> Iterator[datetime]:
        if self.operator not in self.yearless:
            yield from super().turns(moment, now)
            return
        for year in range(now.year - 1, (now + HORIZON).year + 2):
            day = in_year(moment, year)
            match self.operator:
                case "anniversary":
                    yield from (_midnight(day), _midnight(day) + timedelta(days=1))
                case "anniversary-month":
                    first = _midnight(day).replace(day=1)
                    yield from (first, _midnight(first + timedelta(days=31)).replace(day=1))
                case "anniversary-last" | "anniversary-next":
                    yield from self._stretch().turns(day, now)

    def _arguments(self) -> dict[str, Any]:
        return {"value": self.quantity} if self.operator == "calendar-month" else super()._arguments()


def yearless(moment: datetime) -> str:
    """A moment in UTC without its year: 11-22T13:07:00.000000. These sort as the days of a year do."""
    return moment.isoformat(timespec="microseconds")[5:26]


def _month(number: int) -> tuple[str, str]:
    return f"{number:02}", f"{number + 1:02}"


def _within(year: int, since: datetime, until: datetime) -> list[tuple[str, str]]:
    """The part of a stretch that lies in that year. In most years the 29th of February goes where the 28th does."""
    low = yearless(since) if since.year == year else _YEAR[0]
    high = yearless(until) if until.year == year else _YEAR[1]
    if _is_leap(year):
        return [(low, high)]
    leap_day = (max(low.replace("02-28", "02-29"), "02-29"), min(high.replace("02-28", "02-29"), "02-30"))
    return [(low, min(high, "02-29")), leap_day, (max(low, "02-30"), high)]


def in_year(moment: datetime, year: int) -> datetime:
    is_leap_day = (moment.month, moment.day) == (2, 29)
    return moment.replace(year=year, day=28).replace(day=29 if _is_leap(year) else 28) if is_leap_day else moment.replace(year=year)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def shifted(moment: datetime, by: timedelta) -> datetime | None:
    """None where the calendar ends."""
    try:
        return moment + by
    except OverflowError:
        return None
