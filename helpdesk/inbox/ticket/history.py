"""What happened to a ticket, in words: the lines between the messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import Agent
from helpdesk.inbox.ticket.reasons import waited
from helpdesk.tickets.models import Priority, TicketEvent

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
    because = waited(str(event.data.get("waiting_because", "")))
    if team and agent:
        return format_html(_("Routed to <b>{team}</b>, then to <b>{agent}</b>."), team=team, agent=agent)
    if team:
        return format_html(_("Routed to <b>{team}</b>. {because}"), team=team, because=because)
    if agent:
        return format_html(_("Routed to <b>{agent}</b>."), agent=agent)
    return format_html(_("No team matched. {because}"), because=because)


def _assigned(event: TicketEvent, reader: Agent) -> str:
    whom = _to_whom(event.data, reader)
    if event.by is None:
        return format_html(_("Given to <b>{whom}</b>, whose turn it was."), whom=whom)
    if "spread" in event.data:
        return format_html(_("<b>{who}</b> spread tickets that were left: it was the turn of <b>{whom}</b>."), who=_who(event, reader), whom=whom)
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
    if event.by is None:
        return _("Closed: the customer has not written for some days.")
    return format_html(_("<b>{who}</b> closed this ticket."), who=_who(event, reader))


def _reopened(event: TicketEvent, reader: Agent) -> str:
    return format_html(_("<b>{who}</b> reopened this ticket."), who=_who(event, reader)) if event.by else _("The customer wrote again: the ticket is open.")


def _prioritised(event: TicketEvent, reader: Agent) -> str:
    level = dict(Priority.choices).get(event.data.get("priority", ""), "")
    return format_html(_("<b>{who}</b> set the priority to <b>{level}</b>."), who=_who(event, reader), level=level)


def _snoozed(event: TicketEvent, reader: Agent) -> str:
    at = timezone.localtime(datetime.fromisoformat(event.data["until"]))
    until = f"{date_format(at, 'MONTH_DAY_FORMAT')} {date_format(at, 'H:i')}"
    return format_html(_("<b>{who}</b> snoozed this until {until}."), who=_who(event, reader), until=until)


def _woke(event: TicketEvent, reader: Agent) -> str:
    if event.by:
        return format_html(_("<b>{who}</b> woke this ticket."), who=_who(event, reader))
    return _("The customer wrote: the ticket is awake.") if event.data.get("because") == "customer" else _("Its time had come: the ticket is awake.")


def _spam(event: TicketEvent, reader: Agent) -> str:
    if event.data.get("is_blocking"):
        return format_html(_("<b>{who}</b> marked this as spam and blocked the sender."), who=_who(event, reader))
    return format_html(_("<b>{who}</b> marked this as spam."), who=_who(event, reader))


def _not_spam(event: TicketEvent, reader: Agent) -> str:
    return format_html(_("<b>{who}</b> said that this is not spam."), who=_who(event, reader))


def _undone(event: TicketEvent, reader: Agent) -> str:
    return format_html(_("<b>{who}</b> undid that."), who=_who(event, reader))


def _about(sentence: Promise) -> Callable[[TicketEvent, Agent], str]:
    """Of merges and splits: who, and the number of the other ticket."""

    def said(event: TicketEvent, reader: Agent) -> str:
        number = int(event.data.get("other", 0))
        return format_html(
            str(sentence), who=_who(event, reader), link=format_html('<a class="link" href="{}">#{}</a>', reverse("ticket", args=[number]), number)
        )

    return said


_SENTENCES: dict[str, tuple[str, Callable[[TicketEvent, Agent], str]]] = {
    "assigned": ("user", _assigned),
    "unassigned": ("unassigned", _unassigned),
    "team_set": ("users", _team_set),
    "team_cleared": ("users", _team_cleared),
    "closed": ("done", _closed),
    "reopened": ("undo", _reopened),
    "prioritised": ("arrow-up", _prioritised),
    "snoozed": ("moon", _snoozed),
    "woke": ("bell", _woke),
    "spam": ("shield", _spam),
    "not_spam": ("undo", _not_spam),
    "undone": ("undo", _undone),
    "merged": ("merge", _about(gettext_lazy("<b>{who}</b> merged this into {link}."))),
    "merged_here": ("merge", _about(gettext_lazy("<b>{who}</b> merged {link} into this."))),
    "unmerged": ("undo", _about(gettext_lazy("<b>{who}</b> took this and {link} apart again."))),
    "split": ("split", _about(gettext_lazy("<b>{who}</b> split messages out into {link}."))),
    "split_off": ("split", _about(gettext_lazy("<b>{who}</b> split this out of {link}."))),
}
