"""Surges in Unassigned (B13): days on which routing left far more tickets there than is usual for the weekday and the channel."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from statistics import median

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from agents.hours import midnight
from helpdesk.reports.asked import DAY, Asked
from helpdesk.reports.questions import left
from routing.models import RoutingDecision

WEEKS = 8  # before a day, whose same weekday says what is usual
ENOUGH = 4  # of them must be known
AT_LEAST, SPREADS = 5, 4


@dataclass(frozen=True)
class Arrivals:
    """Of one day and channel. `usual`: None where too little is known."""

    day: date
    channel: str
    count: int
    usual: float | None
    spread: float = 0

    @property
    def is_surge(self) -> bool:
        """At least AT_LEAST more than the median of the weeks before, and at least SPREADS times their median distance from it."""
        return self.usual is not None and self.count >= self.usual + max(AT_LEAST, SPREADS * self.spread)


def unassigned_arrivals(asked: Asked) -> list[Arrivals]:
    """Each day and channel on which some were left, in their order. One query for the counts, one for when the desk's history begins."""
    first = asked.first - DAY * 7 * WEEKS
    day = TruncDate("at", tzinfo=timezone.get_default_timezone())
    alike = left(asked, since=midnight(first)).annotate(day=day).values_list("day", "ticket__channel").annotate(count=Count("ticket", distinct=True))
    counts = Counter({(day, channel): count for day, channel, count in alike})
    begins = _begins()
    return [_judged(day, channel, counts, begins) for day, channel in sorted(counts) if day >= asked.first]


def _begins() -> date:
    earliest = RoutingDecision.objects.order_by("at").values_list("at", flat=True).first() or timezone.now()
    return timezone.localdate(earliest, timezone.get_default_timezone())


def _judged(day: date, channel: str, counts: Counter[tuple[date, str]], begins: date) -> Arrivals:
    weeks = [day - DAY * 7 * number for number in range(1, WEEKS + 1)]
    known = [counts[(each, channel)] for each in weeks if each >= begins]
    if len(known) < ENOUGH:
        return Arrivals(day, channel, counts[(day, channel)], None)
    usual = median(known)
    return Arrivals(day, channel, counts[(day, channel)], usual, median(abs(each - usual) for each in known))
