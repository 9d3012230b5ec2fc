"""The numbers of a report as rows of text, the first with titles."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from helpdesk.reports.asked import Asked
from helpdesk.reports.service import Replies, first_replies, given
from helpdesk.reports.surges import unassigned_arrivals


def _replies(asked: Asked) -> Iterator[list[str]]:
    yield [_("Day"), _("New tickets"), _("Answered"), _("Median, minutes"), _("Slowest tenth, minutes"), _("Not answered yet")]
    for day, found in first_replies(asked).days.items():
        yield [str(day), *_cells(found)]


def _cells(found: Replies) -> list[str]:
    numbers = (found.new, found.answered, found.median, found.slowest, found.unanswered)
    return ["" if number is None else str(number) for number in numbers]


def _channels(asked: Asked) -> Iterator[list[str]]:
    yield [_("Channel"), _("New tickets"), _("Answered"), _("Median, minutes"), _("Slowest tenth, minutes"), _("Not answered yet")]
    for channel, found in sorted(first_replies(asked).channels.items()):
        yield [channel, *_cells(found)]


def _agents(asked: Asked) -> Iterator[list[str]]:
    yield [_("Agent"), _("E-mail"), _("By round robin"), _("By hand")]
    for each in given(asked):
        yield [str(each.agent), each.agent.email, str(each.by_turn), str(each.by_hand)]


def _unassigned(asked: Asked) -> Iterator[list[str]]:
    yield [_("Day"), _("Channel"), _("Left in Unassigned"), _("Usual"), _("Surge")]
    for each in unassigned_arrivals(asked):
        usual = "" if each.usual is None else f"{each.usual:g}"
        yield [str(each.day), each.channel, str(each.count), usual, _("yes") if each.is_surge else _("no")]


TABLES: dict[str, Callable[[Asked], Iterator[list[str]]]] = {"replies": _replies, "channels": _channels, "agents": _agents, "unassigned": _unassigned}
