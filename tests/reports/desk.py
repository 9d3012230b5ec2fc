"""Tickets as a past had them, and a report asked in plain Python: it shares no code with the product."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from agents.models import BusinessHours
from helpdesk.tickets.models import Ticket
from tests.factories import make_customer

STOCKHOLM = ZoneInfo("Europe/Stockholm")
OFFICE = {str(day): [["09:00", "12:00"], ["13:00", "17:00"]] for day in range(5)}


def at(text: str) -> datetime:
    """2026-11-16 09:00 in Stockholm."""
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


def keep_office_hours() -> None:
    BusinessHours.objects.update_or_create(pk=1, defaults={"days": OFFICE})


def a_ticket(created: datetime, replied: datetime | None = None, *, customer: Any = None, channel: str = "email", **fields: Any) -> Ticket:
    known = {"customer": customer or make_customer(), "channel": channel, "inbox": "support@desk.example", "subject": "Where is it?"}
    number = Ticket.objects.count()
    return Ticket.objects.create(**known | {"thread_key": f"t{number}", "created_at": created, "first_reply_at": replied} | fields)


def is_open(moment: datetime) -> bool:
    local = moment.astimezone(STOCKHOLM)
    return any(opens <= f"{local:%H:%M}" < closes for opens, closes in OFFICE.get(str(local.weekday()), []))


def minutes(created: datetime, replied: datetime, *, is_business: bool) -> int:
    """Looks at every minute between two whole minutes."""
    passed = int((replied - created).total_seconds() // 60)
    if not is_business:
        return max(0, passed)
    return sum(is_open(created + timedelta(minutes=each)) for each in range(passed))


def percentile(values: list[int], part: int) -> int | None:
    return sorted(values)[math.ceil(len(values) * part / 100) - 1] if values else None


def local_day(moment: datetime) -> date:
    return moment.astimezone(STOCKHOLM).date()


def utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
