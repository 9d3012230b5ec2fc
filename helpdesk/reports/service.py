"""Time to first reply, and tickets assigned per agent (B12)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from math import ceil

from django.db.models import Case, Count, DateField, Value, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from agents.models import Agent
from helpdesk.reports.asked import Asked
from helpdesk.reports.questions import assigned, created


@dataclass
class Replies:
    """`minutes`: how many tickets took so long."""

    minutes: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0

    @property
    def answered(self) -> int:
        return self.minutes.total()

    @property
    def new(self) -> int:
        return self.answered + self.unanswered

    @property
    def median(self) -> int | None:
        return self.percentile(50)

    @property
    def slowest(self) -> int | None:
        """From where the slowest tenth begins."""
        return self.percentile(90)

    def percentile(self, part: int) -> int | None:
        """The nearest rank: a value that occurs. None without any."""
        rank = ceil(self.answered * part / 100)
        passed = 0
        for value in sorted(self.minutes):
            passed += self.minutes[value]
            if passed >= rank:
                return value
        return None


@dataclass(frozen=True)
class FirstReplies:
    """`before`: of the period before."""

    all: Replies
    before: Replies
    days: dict[date, Replies]
    channels: dict[str, Replies]


def first_replies(asked: Asked) -> FirstReplies:
    """One query: the database counts alike tickets, by minutes to the first reply; every percentile is read off these counts."""
    found = FirstReplies(Replies(), Replies(), {day: Replies() for day in asked.days}, defaultdict(Replies))
    local = TruncDate("created_at", tzinfo=timezone.get_default_timezone())
    within = Case(When(created_at__gte=asked.since, then=local), default=Value(None), output_field=DateField())
    alike = created(asked, since=asked.before.since).annotate(day=within).values_list("day", "channel", "minutes").annotate(count=Count("pk"))
    for day, channel, minutes, count in alike:
        into = [found.before] if day is None else [found.all, found.days[day], found.channels[channel]]
        for replies in into:
            if minutes is None:
                replies.unanswered += count
            else:
                replies.minutes[minutes] += count
    return found


@dataclass(frozen=True)
class Given:
    """Tickets that an agent was given, each once: by round robin, and by hand."""

    agent: Agent
    by_turn: int
    by_hand: int


def given(asked: Asked) -> list[Given]:
    """Who got most first; of everybody who answers, and of whoever got some then."""
    counts: dict[int, dict[bool, int]] = defaultdict(dict)
    for agent, is_by_turn, count in assigned(asked).values_list("agent", "is_by_turn").annotate(count=Count("ticket", distinct=True)):
        counts[agent][is_by_turn] = count
    known = Agent.objects.filter(pk__in=counts) | Agent.objects.answering()
    people = [Given(agent, counts[agent.pk].get(True, 0), counts[agent.pk].get(False, 0)) for agent in known.distinct()]
    return sorted(people, key=lambda each: (-each.by_turn - each.by_hand, -each.by_turn, each.agent.name, each.agent.pk))
