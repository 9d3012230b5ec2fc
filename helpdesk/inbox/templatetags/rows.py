"""Tickets in lists, a row each: what it shows is a value, and equal values are set by the template once."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from django import template
from django.template.context import Context
from django.template.loader import get_template
from django.utils.http import urlencode
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from helpdesk.inbox.templatetags.inbox import age, channel_icon, hue, initials, match_in_words, sentiment_icon, until_when
from helpdesk.tickets.models import Channel, Priority, SentimentLabel, Ticket

register = template.Library()

MOST_TAGS = 2
RAISED = (Priority.HIGH, Priority.URGENT)
KEPT = 4096


class Row(NamedTuple):
    """All that a row shows, and nothing else: equal rows look the same in one language."""

    number: int
    url: str
    chosen: str
    asked: str
    is_open: bool
    is_marked: bool
    has_draft: bool
    waits: bool
    standing: str
    standing_icon: str
    channel: str
    channel_icon: str
    customer: str
    language: str
    subject: str
    preview: str
    matches: tuple[tuple[int, str], ...]
    tags: tuple[str, ...]
    team: str
    priority: str
    priority_word: str
    sentiment: str
    sentiment_icon: str
    sentiment_word: str
    at: str
    age: str
    assignee: str
    hue: int
    initials: str


@register.simple_tag(takes_context=True)
def ticket_row(context: Context, ticket: Ticket, open_number: int | None) -> str:
    """Of a ticket with all that a row shows (`lists.finding.as_rows`); its `matches` are the entries of the view that is shown (C20).

    Of the context: `place`, from where it is looked at; `shown`, the list; `marked`, the numbers that the reader has marked unread,
    and `drafted`, those that they are writing to.
    """
    own = {"is_marked": ticket.pk in (context.get("marked") or ()), "has_draft": ticket.pk in (context.get("drafted") or ())}
    own["is_open"] = ticket.pk == open_number
    row = _row(ticket, place=context.get("place") or "", status=getattr(context.get("shown"), "status", ""), **own)
    return rendered(row, get_language() or "en")


@lru_cache(KEPT)
def rendered(row: Row, language: str) -> str:
    """For the life of the process: a page of fifty rows is nearly all that a list costs."""
    with override(language):
        return get_template("inbox/_row.html").render(row._asdict())


@lru_cache(KEPT)
def _from(place: str) -> str:
    return urlencode({"in": place})


def _row(ticket: Ticket, *, place: str, status: str, is_open: bool, is_marked: bool, has_draft: bool) -> Row:
    person = ticket.assignee
    chosen = f"{ticket.pk}:{ticket.assignee_id or ''}"
    standing = _standing(ticket, status)
    return Row(
        number=ticket.pk,
        url=ticket.get_absolute_url() + (f"?{_from(place)}" if place else ""),
        chosen=chosen,
        asked=f"ticket={chosen}" + (f"&{_from(place)}" if place else ""),
        is_open=is_open,
        is_marked=is_marked,
        has_draft=has_draft,
        waits=ticket.waiting_since is not None,
        standing=standing[0],
        standing_icon=standing[1],
        channel=str(Channel(ticket.channel).label),
        channel_icon=channel_icon(ticket.channel),
        customer=str(ticket.customer),
        language=ticket.language,
        subject=ticket.subject,
        preview=ticket.preview,
        matches=tuple((match.view_id, match_in_words(match)) for match in getattr(ticket, "matches", ())),
        tags=tuple(str(tag) for tag in ticket.shown_tags[:MOST_TAGS]),  # type: ignore[attr-defined] # `as_rows` puts them there
        team=str(ticket.team or ""),
        priority=ticket.priority if ticket.priority in RAISED else "",
        priority_word=str(Priority(ticket.priority).label) if ticket.priority in RAISED else "",
        sentiment=ticket.sentiment_label,
        sentiment_icon=sentiment_icon(ticket.sentiment_label),
        sentiment_word=str(SentimentLabel(ticket.sentiment_label).label) if ticket.sentiment_label else "",
        at=ticket.last_message_at.isoformat(),
        age=age(ticket.last_message_at),
        assignee=str(person or ""),
        hue=hue(person),
        initials=initials(person) if person else "",
    )


def _standing(ticket: Ticket, status: str) -> tuple[str, str]:
    """In words, and the icon; nothing of what is open, or closed in a list of closed ones. Until when it sleeps is always told."""
    if ticket.snoozed_until:
        return until_when(ticket.snoozed_until), "moon"
    if ticket.closed_at and status not in ("closed", "spam"):
        return _("Closed"), "done"
    return "", ""
