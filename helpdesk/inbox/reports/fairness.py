"""What the fairness pages show: the days that were asked for, and each outcome in words (I7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.reports.asked import Days, NotUnderstood, read_days
from routing.fairness import NOT_A_MEMBER, NOT_THEIR_TURN, RECEIVED, Share
from routing.round_robin import EVERYBODY_FULL, IS_ASLEEP, IS_OFF, NOBODY_ONLINE, OUTSIDE_HOURS

USUAL = timedelta(days=6)  # and today
GAPS = (NOT_THEIR_TURN, "offline", "away", "full", NOT_A_MEMBER)


@dataclass(frozen=True)
class TypedDays(Days):
    """`typed` is what stands in the fields."""

    typed: Mapping[str, str]
    problem: str = ""

    @classmethod
    def asked(cls, data: Mapping[str, str]) -> TypedDays:
        """`from` and `to`, as 2026-11-23; without them the last seven days."""
        today = timezone.localdate()
        typed = {"first": data.get("from", "")[:40] or str(today - USUAL), "last": data.get("to", "")[:40] or str(today)}
        try:
            return cls(*read_days(typed["first"], typed["last"]), typed)
        except NotUnderstood as problem:
            return cls(today - USUAL, today, typed, str(problem))

    def link(self, outcome: str, agent: int | None = None) -> str:
        """To the arrivals behind a number."""
        asked: dict[str, Any] = {"from": self.first, "to": self.last, "outcome": outcome} | ({"agent": agent} if agent else {})
        return f"{reverse('fairness-arrivals')}?{urlencode(asked)}"


@dataclass(frozen=True)
class Cell:
    label: str
    count: int
    url: str


@dataclass(frozen=True)
class Line:
    """One agent. `off`: how many more or fewer than their part they got."""

    share: Share
    eligible: Cell
    received: Cell
    gaps: list[Cell]

    @property
    def off(self) -> float:
        return self.share.received - self.share.due


def line(share: Share, days: TypedDays) -> Line:
    def cell(outcome: str, count: int) -> Cell:
        return Cell(in_words(outcome), count, days.link(outcome, share.agent.pk))

    gaps = [cell(outcome, share.counts.get(outcome, 0)) for outcome in GAPS]
    return Line(share, cell("eligible", share.eligible), cell(RECEIVED, share.received), gaps)


def in_words(outcome: str) -> str:
    """Of one agent, or of an arrival for which nobody was asked. KeyError for what is neither."""
    return {
        "eligible": _("Could have got"),
        RECEIVED: _("Got"),
        NOT_THEIR_TURN: _("Not their turn"),
        "offline": _("Offline"),
        "away": _("Away"),
        "full": _("Full"),
        NOT_A_MEMBER: _("For others"),
        IS_OFF: _("Round robin was off"),
        OUTSIDE_HOURS: _("Outside business hours"),
        NOBODY_ONLINE: _("Nobody could be asked"),
        EVERYBODY_FULL: _("Everybody was full"),
        IS_ASLEEP: _("The ticket was snoozed"),
    }[outcome]
