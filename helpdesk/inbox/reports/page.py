"""What the page of a report shows: figures with what changed, charts, and where each number leads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk.inbox.reports.charts import agent_bars, day_bars, grouped, lines
from helpdesk.reports.asked import PRESETS, Asked
from helpdesk.reports.questions import ANSWERED, BY_HAND, BY_TURN, LEFT, NEW, SLOW, UNANSWERED
from helpdesk.reports.service import FirstReplies, Given, Replies, first_replies, given
from helpdesk.reports.surges import Arrivals, unassigned_arrivals
from helpdesk.tickets.models import Channel

CHARTED = 12  # agents


@dataclass(frozen=True)
class Number:
    """`url` "": there is nothing to open, or the reader sees no tickets (C4)."""

    said: str
    url: str = ""


@dataclass(frozen=True)
class Figure:
    title: str
    number: Number
    change: str
    tone: str
    meta: str


@dataclass(frozen=True)
class Links:
    asked: Asked
    may_open: bool

    def number(self, of: str, count: int, *, day: date | None = None, **more: Any) -> Number:
        return Number(grouped(count), self.to(of, day=day, **more) if count else "")

    def to(self, of: str, *, day: date | None = None, channel: str = "", **more: Any) -> str:
        narrowed = Asked(day or self.asked.first, day or self.asked.last, channel or self.asked.channel, self.asked.is_business)
        return f"{reverse('report-tickets')}?{narrowed.query}&{urlencode({'of': of} | more)}" if self.may_open else ""

    def minutes(self, replies: Replies, of: str, *, day: date | None = None, channel: str = "") -> Number:
        value = replies.median if of == ANSWERED else replies.slowest
        if value is None:
            return Number("–")
        return Number(duration(value), self.to(of, day=day, channel=channel, **({"minutes": value} if of == SLOW else {})))

    def row(self, name: str, replies: Replies, **where: Any) -> tuple[str, list[Number]]:
        counts = [self.number(of, count, **where) for of, count in ((NEW, replies.new), (UNANSWERED, replies.unanswered))]
        return name, [self.minutes(replies, ANSWERED, **where), self.minutes(replies, SLOW, **where), *counts]


def duration(minutes: int) -> str:
    """As “under 1 min”, “47 min”, “3 h 20 min”, “52 h”."""
    hours, rest = divmod(minutes, 60)
    if not minutes:
        return _("under 1 min")
    if minutes < 120:
        return _("%(minutes)d min") % {"minutes": minutes}
    if hours < 24 and rest:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
    return _("%(hours)s h") % {"hours": grouped(hours)}


def page_of(asked: Asked, *, may_open: bool) -> dict[str, Any]:
    links, replies, people, arrivals = Links(asked, may_open), first_replies(asked), given(asked), unassigned_arrivals(asked)
    channels = [links.row(str(Channel(each).label), replies.channels[each], channel=each) for each in Channel.values if each in replies.channels]
    return {
        "figures": list(_figures(links, replies, people)),
        "replies": replies,
        "lines": lines(replies.days),
        "days": [(day, *links.row(short(day), found, day=day)) for day, found in reversed(replies.days.items()) if found.new],
        "channels": channels,
        "people": [_line(links, each) for each in people],
        "agents": agent_bars(people[:CHARTED]),
        "charted": CHARTED,
        "arrivals": _arrivals(links, arrivals),
        "left": day_bars(asked.days, arrivals),
    }


def short(day: date) -> str:
    return date_format(day, "MONTH_DAY_FORMAT")


def _figures(links: Links, found: FirstReplies, people: list[Given]) -> Iterator[Figure]:
    now, before = found.all, found.before
    turns, by_hand = sum(each.by_turn for each in people), sum(each.by_hand for each in people)
    answered = links.number(ANSWERED, now.answered)
    said = ngettext("Of %(count)s answered ticket", "Of %(count)s answered tickets", now.answered) % {"count": answered.said}
    yield Figure(_("Time to first reply, median"), links.minutes(now, ANSWERED), *_slower(now.median, before.median), said)
    yield Figure(_("Slowest tenth"), links.minutes(now, SLOW), *_slower(now.slowest, before.slowest), _("One in ten waited at least so long"))
    more = _more(now.unanswered, before.unanswered) if before.new else ""
    yield Figure(_("Not answered yet"), links.number(UNANSWERED, now.unanswered), more, "", _("Open or closed, and in no median"))
    given_out = _("%(turns)s given out by round robin, %(hand)s by hand") % {"turns": grouped(turns), "hand": grouped(by_hand)}
    yield Figure(_("New tickets"), links.number(NEW, now.new), _more(now.new, before.new) if before.new else "", "", given_out)


def _slower(now: int | None, before: int | None) -> tuple[str, str]:
    """What changed, and whether that is good."""
    if now is None or before is None:
        return "", ""
    if now == before:
        return _("as before"), ""
    said = _("%(time)s faster") if now < before else _("%(time)s slower")
    return said % {"time": duration(abs(now - before))}, "good" if now < before else "bad"


def _more(now: int, before: int) -> str:
    if now == before:
        return _("as before") if now else ""
    return (_("%(count)s more") if now > before else _("%(count)s fewer")) % {"count": grouped(abs(now - before))}


def _line(links: Links, given: Given) -> tuple[str, list[Number]]:
    numbers = ((BY_TURN, given.by_turn), (BY_HAND, given.by_hand))
    return str(given.agent), [links.number(of, count, agent=given.agent.pk) for of, count in numbers]


def _arrivals(links: Links, arrivals: list[Arrivals]) -> list[tuple[date, str, Number, str, bool]]:
    """Each channel of each day, the latest first: day, channel, how many, what is usual, whether it is a surge."""
    rows: list[tuple[date, str, Number, str, bool]] = []
    for day, found in groupby(sorted(arrivals, key=lambda each: each.day, reverse=True), key=lambda each: each.day):
        for each in found:
            usual = "–" if each.usual is None else number_format(f"{each.usual:g}", use_l10n=True)
            number = links.number(LEFT, each.count, day=day, channel=each.channel)
            rows.append((day, str(Channel(each.channel).label), number, usual, each.is_surge))
    return rows


def choices(asked: Asked) -> dict[str, Any]:
    """What stands above the report: lengths, channels, clocks, and which of them is chosen."""
    latest = Asked.usual().last
    length = len(asked.days) if asked.last == latest else 0
    other = {"channel": asked.channel, "hours": "" if asked.is_business else "clock"}
    kept = {name: value for name, value in other.items() if value}
    clocks = [("business", _("Business hours"), asked.is_business), ("clock", _("Clock time"), not asked.is_business)]
    names = {7: _("7 days"), 28: _("4 weeks"), 84: _("12 weeks")}
    return {
        "presets": [(names[days], f"?{urlencode({'days': days} | kept)}", days == length) for days in PRESETS],
        "all_channels": Channel.choices,
        "clocks": clocks,
    }


TITLES = {
    NEW: lambda: _("New tickets"),
    ANSWERED: lambda: _("Answered tickets"),
    SLOW: lambda: _("Slow first replies"),
    UNANSWERED: lambda: _("Not answered yet"),
    BY_TURN: lambda: _("Given out by round robin"),
    BY_HAND: lambda: _("Assigned by hand"),
    LEFT: lambda: _("Left in Unassigned"),
}
