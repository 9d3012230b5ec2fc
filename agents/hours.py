"""Business hours (A19, C1): is the desk open at an instant, when does it open, and was it open for long enough?

All of it is told in the wall clock of the desk's time zone (`TIME_ZONE`), so it follows daylight saving by itself: a period that begins in the hour
that is left out begins with what follows it, and one in the hour that comes twice is open twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import get_language, to_locale

from agents.models import BusinessHours

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FARTHEST = 400  # days that are looked through

Periods = list[list[str]]


def desk_hours() -> BusinessHours:
    hours = BusinessHours.objects.filter(pk=1).first() or BusinessHours(pk=1)
    prefetch_related_objects([hours], "special_days")  # also of hours that nobody has set, or each day asks for them
    return hours


def midnight(day: date) -> datetime:
    """When it begins. Where the clock leaves midnight out, what follows it."""
    return datetime.combine(day, time(), timezone.get_default_timezone())


def is_open(hours: BusinessHours, at: datetime) -> bool:
    """`at` is aware. A period holds its opening minute and not its closing one; "24:00" is midnight."""
    local = at.astimezone(timezone.get_default_timezone())
    now = f"{local:%H:%M}"
    return any(opens <= now < closes for opens, closes in periods_on(hours, local.date()))


def periods_on(hours: BusinessHours, day: date) -> Periods:
    """A day of its own, else closed on a public holiday, else as on every such weekday."""
    for special in hours.special_days.all():
        if special.date == day:
            return special.periods
    if day in public_holidays(hours.country, day.year):
        return []
    periods: Periods = hours.days.get(str(day.weekday()), [])
    return periods


def public_holidays(country: str, year: int) -> Mapping[date, str]:
    """Their names in the reader's language where they are known in it, else in the country's own."""
    return _public_holidays(country, year, to_locale(get_language() or "en")) if country else {}


@lru_cache(maxsize=200)
def _public_holidays(country: str, year: int, locale: str) -> Mapping[date, str]:
    known = holidays.list_localized_countries().get(country, [])
    language = next((each for each in known if each.startswith(locale[:2])), None)
    return dict(holidays.country_holidays(country, years=year, language=language))


def opens_next(hours: BusinessHours, at: datetime) -> datetime | None:
    """The first instant from `at` on at which the desk is open: `at` itself if it is. UTC; None if it stays closed for more than a year."""
    if is_open(hours, at):
        return at.astimezone(UTC)
    zone = timezone.get_default_timezone()
    first = at.astimezone(zone).date()
    for day in (first + DAY * number for number in range(FARTHEST)):
        if opening := min((each for each in _beginnings(hours, day, zone) if each >= at and is_open(hours, each)), default=None):
            return opening
    return None


def _beginnings(hours: BusinessHours, day: date, zone: ZoneInfo) -> Iterator[datetime]:
    """Of that day, in UTC: when the clock shows the beginning of a period, and when the clock itself is changed."""
    for opens, _closes in periods_on(hours, day):
        yield from (_instant(day, opens, zone, fold) for fold in (0, 1))
    yield from _clock_changes(day, zone)


def _instant(day: date, clock: str, zone: ZoneInfo, fold: int = 0) -> datetime:
    hour, minute = map(int, clock.split(":"))
    begins = datetime(day.year, day.month, day.day)  # noqa: DTZ001  # the zone follows, when the wall clock is known
    return (begins + timedelta(hours=hour, minutes=minute)).replace(tzinfo=zone, fold=fold).astimezone(UTC)


@lru_cache(maxsize=2_000)
def _clock_changes(day: date, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The instant at which the offset of that day changes, if it does."""
    start, end = _instant(day, "00:00", zone), _instant(day, "24:00", zone)
    before = start.astimezone(zone).utcoffset()
    if end.astimezone(zone).utcoffset() == before:
        return ()
    while end - start > MINUTE:
        middle = start + (end - start) // 2 // MINUTE * MINUTE
        start, end = (middle, end) if middle.astimezone(zone).utcoffset() == before else (start, middle)
    return (end,)


def has_been_open(hours: BusinessHours, at_least: timedelta, *, since: datetime, until: datetime) -> bool:
    """Between the two instants, in all; of the last FARTHEST days."""
    stretches = open_stretches(hours, max(since, until - DAY * FARTHEST), until)
    return any(total >= at_least for total in accumulate(end - start for start, end in stretches))


def open_stretches(hours: BusinessHours, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """(start, end), none of them empty; by day."""
    zone = timezone.get_default_timezone()
    day = since.astimezone(zone).date()
    while day <= until.astimezone(zone).date():
        for opens, closes in periods_on(hours, day):
            start, end = max(_instant(day, opens, zone), since), min(_instant(day, closes, zone), until)
            if start < end:
                yield start, end
        day += DAY


def coming_closed_days(hours: BusinessHours, *, days: int = 366) -> list[tuple[date, str]]:
    """The dates from today on that are closed though their weekday is not, with their names."""
    today = timezone.now().astimezone(timezone.get_default_timezone()).date()
    own = {special.date: special.name for special in hours.special_days.all()}
    coming = (today + DAY * number for number in range(days))
    closed = (day for day in coming if hours.days.get(str(day.weekday())) and not periods_on(hours, day))
    return [(day, own.get(day) or public_holidays(hours.country, day.year).get(day, "")) for day in closed]


def check_days(days: Any) -> str:
    """What is wrong with the opening hours, in a sentence; "" when nothing is."""
    if not isinstance(days, dict) or not set(days) <= {str(day) for day in range(7)}:
        return 'Write one entry for each weekday, from "0" (Monday) to "6" (Sunday).'
    for day, periods in days.items():
        if not isinstance(periods, list) or not all(_is_period(period) for period in periods):
            return f'Day {day}: write periods as ["09:00", "12:00"], the opening before the closing.'
    return ""


def _is_period(period: Any) -> bool:
    return isinstance(period, list) and len(period) == 2 and all(_is_time(value) for value in period) and period[0] < period[1]


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and (value == "24:00" or _TIME.fullmatch(value) is not None)
