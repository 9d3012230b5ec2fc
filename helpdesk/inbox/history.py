"""What happened to a ticket, in words: the lines between the messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from agents.models import Agent
from helpdesk.inbox.reasons import waits
from helpdesk.tickets.models import TicketEvent

BY_THE_ROUTER = ("team_set", "assigned")


@dataclass(frozen=True)
class Line:
    """One line of history. `sentence` is escaped HTML; `asks_why` offers the way to the routing decision."""

    at: datetime
    icon: str
    sentence: str
    asks_why: bool = False


def lines(history: Iterable[TicketEvent], *, reader: Agent) -> list[Line]:
    """In the order of `history`. What the router did on its way is told once, by its "routed"."""
    told: list[Line] = []
    on_its_way: list[TicketEvent] = []
    for event in history:
        if event.kind in BY_THE_ROUTER and event.by_id is None:
            on_its_way.append(event)
            continue
        if event.kind == "routed":
            told += _line(event, reader, receiver=next((step for step in on_its_way if step.kind == "assigned"), None))
        else:
            told += [line for step in on_its_way for line in _line(step, reader)] + _line(event, reader)
        on_its_way = []
    return told + [line for step in on_its_way for line in _line(step, reader)]


def _line(event: TicketEvent, reader: Agent, *, receiver: TicketEvent | None = None) -> list[Line]:
    """Empty for what the messages and the overview show already."""
    if event.kind == "routed":
        return [Line(event.at, "route", _routed(event, reader, receiver), asks_why=True)]
    if event.kind not in _SENTENCES:
        return []
    icon, sentence = _SENTENCES[event.kind]
    return [Line(event.at, icon, sentence(event, reader))]


def _who(event: TicketEvent, reader: Agent) -> str:
    """Begins a sentence: who did it."""
    if event.by is None:
        return _("The helpdesk")
    return _("You") if event.by == reader else str(event.by)


def _to_whom(data: dict[str, Any], reader: Agent) -> str:
    return _("you") if data.get("agent") == reader.pk else str(data.get("name", ""))


def _routed(event: TicketEvent, reader: Agent, receiver: TicketEvent | None) -> str:
    team = event.data.get("team")
    agent = _to_whom(receiver.data, reader) if receiver else event.data.get("agent")
    waiting = waits(str(event.data.get("waiting_because", "")))
    if team and agent:
        return format_html(_("Routed to <b>{team}</b>, then to <b>{agent}</b>."), team=team, agent=agent)
    if team:
        return format_html(_("Routed to <b>{team}</b>. {waits}"), team=team, waits=waiting)
    if agent:
        return format_html(_("Routed to <b>{agent}</b>."), agent=agent)
    return format_html(_("No team matched. {waits}"), waits=waiting)


def _assigned(event: TicketEvent, reader: Agent) -> str:
    whom = _to_whom(event.data, reader)
    if event.by is None:
        return format_html(_("Given to <b>{whom}</b>, whose turn it was."), whom=whom)
    if event.by_id == event.data.get("agent"):
        return format_html(_("<b>{who}</b> took this ticket."), who=_who(event, reader))
    return format_html(_("<b>{who}</b> assigned this to <b>{whom}</b>."), who=_who(event, reader), whom=whom)


def _unassigned(event: TicketEvent, reader: Agent) -> str:
    if event.by is None:
        return _("It returned to the queue: its assignee is not Online.")
    if "application" in event.data:
        return format_html(_("<b>{who}</b> undid applying the rules: it is unassigned again."), who=_who(event, reader))
    return format_html(_("<b>{who}</b> took the assignee away."), who=_who(event, reader))


def _team_set(event: TicketEvent, reader: Agent) -> str:
    return format_html(_("<b>{who}</b> moved this to <b>{team}</b>."), who=_who(event, reader), team=event.data.get("name", ""))


def _team_cleared(event: TicketEvent, reader: Agent) -> str:
    return format_html(_("<b>{who}</b> took the team away."), who=_who(event, reader))


def _closed(event: TicketEvent, reader: Agent) -> str:
    return format_html(_("<b>{who}</b> closed this ticket."), who=_who(event, reader))


def _reopened(event: TicketEvent, reader: Agent) -> str:
    return format_html(_("<b>{who}</b> reopened this ticket."), who=_who(event, reader)) if event.by else _("The customer wrote again: the ticket is open.")


_SENTENCES: dict[str, tuple[str, Callable[[TicketEvent, Agent], str]]] = {
    "assigned": ("user", _assigned),
    "unassigned": ("unassigned", _unassigned),
    "team_set": ("users", _team_set),
    "team_cleared": ("users", _team_cleared),
    "closed": ("done", _closed),
    "reopened": ("undo", _reopened),
}
