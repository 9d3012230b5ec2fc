"""Business hours (A19, C1): is the desk open at an instant?"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from agents.models import BusinessHours

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def desk_hours() -> BusinessHours:
    return BusinessHours.objects.filter(pk=1).first() or BusinessHours(pk=1)


def is_open(hours: BusinessHours, at: datetime) -> bool:
    """`at` is aware. A period holds its opening minute and not its closing one; "24:00" is midnight."""
    local = at.astimezone(ZoneInfo(hours.time_zone))
    if local.date().isoformat() in hours.closed_days:
        return False
    now = f"{local:%H:%M}"
    return any(opens <= now < closes for opens, closes in hours.days.get(str(local.weekday()), []))


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


def check_closed_days(days: Any) -> str:
    try:
        is_right = isinstance(days, list) and all(date.fromisoformat(day).isoformat() == day for day in days)
    except (TypeError, ValueError):
        is_right = False
    return "" if is_right else 'Write dates as ["2026-12-24"].'
