"""What a report is asked for: days, a channel, and by which clock. All of it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from agents.hours import midnight
from helpdesk.reports.clock import ANY_CLOCK, Clock, desk_clock
from helpdesk.tickets.models import Channel

PRESETS = (7, 28, 84)  # days
USUAL = 28
LONGEST = 400
EARLIEST, LATEST = date(1975, 1, 1), date(2999, 12, 31)
DAY = timedelta(days=1)


class NotUnderstood(ValueError):
    """The message is for the user."""


@dataclass(frozen=True)
class Days:
    """Whole days of the desk's time zone, the last one included."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        return midnight(self.first)

    @property
    def until(self) -> datetime:
        return midnight(self.last + DAY)


def read_days(first: str, last: str) -> tuple[date, date]:
    """As 2026-11-23. NotUnderstood."""
    try:
        days = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise NotUnderstood(_("Write both dates as 2026-11-23.")) from None
    if not EARLIEST <= days[0] <= days[1] <= LATEST:
        raise NotUnderstood(_("The first day comes after the last, or is too long ago."))
    return days


@dataclass(frozen=True)
class Asked(Days):
    """`channel` "": all of them."""

    channel: str = ""
    is_business: bool = True

    @classmethod
    def usual(cls) -> Asked:
        return cls._latest(USUAL)

    @classmethod
    def _latest(cls, days: int, **other: Any) -> Asked:
        today = timezone.localdate(timezone=timezone.get_default_timezone())
        return cls(today - DAY * (days - 1), today, **other)

    @classmethod
    def read(cls, data: Mapping[str, str]) -> Asked:
        """`days`: 7, 28 or 84, until today; or `from` and `until`, as 2026-11-23; `channel`; `hours`: business or clock. NotUnderstood."""
        channel, hours = data.get("channel", ""), data.get("hours", "business")
        if channel not in ("", *Channel.values):
            raise NotUnderstood(_("There is no channel of this name. These are all channels."))
        if hours not in ("business", "clock"):
            raise NotUnderstood(_("Choose business hours or clock time."))
        other: dict[str, Any] = {"channel": channel, "is_business": hours == "business"}
        if data.get("from") or data.get("until"):
            return cls(*_at_most_longest(data.get("from", ""), data.get("until", "")), **other)
        days = data.get("days", str(USUAL))
        if days not in map(str, PRESETS):
            raise NotUnderstood(_("Choose 7, 28 or 84 days, or write two dates."))
        return cls._latest(int(days), **other)

    @property
    def days(self) -> list[date]:
        return [self.first + DAY * number for number in range((self.last - self.first).days + 1)]

    @property
    def before(self) -> Asked:
        """As many days before these."""
        return replace(self, first=self.first - DAY * len(self.days), last=self.first - DAY)

    @property
    def clock(self) -> Clock:
        """For whatever came in since the period before."""
        return desk_clock(self.before.since, max(self.until, timezone.now())) if self.is_business else ANY_CLOCK

    @property
    def query(self) -> str:
        told = {"from": self.first, "until": self.last, "channel": self.channel, "hours": "" if self.is_business else "clock"}
        return urlencode({name: value for name, value in told.items() if value})


def _at_most_longest(first: str, last: str) -> tuple[date, date]:
    days = read_days(first, last)
    if days[1] - days[0] >= DAY * LONGEST:
        raise NotUnderstood(_("Choose at most %(days)d days.") % {"days": LONGEST})
    return days
