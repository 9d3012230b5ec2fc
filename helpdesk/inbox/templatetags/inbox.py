"""What templates of the inbox say in one word: icons, avatars, ages, days."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.forms import BoundField, Select
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from agents.availability import Presence, presence_of
from agents.models import Agent, Team
from helpdesk.inbox.builder import words
from helpdesk.inbox.lists.navigation import online_members
from helpdesk.inbox.ticket import conversation, reasons, said
from helpdesk.inbox.ticket.history import Line
from helpdesk.inbox.ticket.said import Block
from helpdesk.tickets.models import Message, ViewEntry
from routing.reasons import Candidate

register = template.Library()

HUES = 8
CHANNEL_ICONS = {"email": "mail", "webchat": "chat", "sms": "sms", "social": "social", "api": "plug"}
SENTIMENT_ICONS = {"urgent": "urgent", "negative": "frown", "neutral": "neutral", "positive": "smile", "promoter": "heart"}


@register.simple_tag
def icon(name: str, size: str = "") -> str:
    """`size`: "" 18 px, "s" 16, "xs" 14."""
    classes = f"icon icon-{size}" if size else "icon"
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#i-{}"></use></svg>', classes, static("icons.svg"), name)


@register.simple_tag
def posts_to(name: str, number: int, place: str = "") -> str:
    """The attributes of a form that works with and without scripts; `place` is from where the ticket is looked at."""
    address = reverse(name, args=[number]) + (f"?{urlencode({'in': place})}" if place else "")
    return format_html('method="post" action="{0}" hx-post="{0}"', address)


@register.simple_tag
def is_chosen(field: BoundField, value: Any) -> str:
    """The attribute of a box whose value was sent."""
    return " checked" if str(value) in {str(each) for each in field.value() or ()} else ""


@register.simple_tag
def desk_name() -> str:
    return str(settings.DESK_NAME)


@register.filter
def channel_icon(channel: str) -> str:
    return CHANNEL_ICONS.get(channel, "at")


@register.filter
def sentiment_icon(label: str) -> str:
    return SENTIMENT_ICONS.get(label, "neutral")


@register.filter
def hue(person: Any) -> int:
    """The same person has the same colour everywhere. A person or their number."""
    return int(getattr(person, "pk", person) or 0) % HUES + 1


@register.filter
def initials(person: Any) -> str:
    parts = [part for part in str(person).split("@")[0].replace(".", " ").split() if part[0].isalnum()] or ["?"]
    letters = parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")
    return letters.upper()


@register.filter
def presence(agent: Agent) -> Presence:
    return presence_of(agent)


@register.filter
def online_count(team: Team) -> int:
    return len(online_members(team))


@register.filter
def first_name(person: Any) -> str:
    return str(person).split(" ")[0]


@register.filter
def blocks(message: Message) -> list[Block]:
    return said.blocks(message)


@register.filter
def seconds_left(at: datetime) -> int:
    """Until then, and one more, so that whoever asks again finds it past."""
    return max(1, int((at - timezone.now()).total_seconds()) + 2)


@register.filter
def last_message(items: list[Message | Line]) -> int:
    """The number of the latest message among what is shown."""
    return max((item.pk for item in items if isinstance(item, Message)), default=0)


@register.filter
def moment(item: Message | Line) -> datetime:
    return conversation.moment(item)


@register.filter
def age(at: datetime) -> str:
    """12m, 3h, 4d, then the date: as short as a row has room for."""
    passed = timezone.now() - at
    if passed < timedelta(minutes=1):
        return _("now")
    if passed < timedelta(hours=1):
        return _("{n}m").format(n=passed // timedelta(minutes=1))
    if passed < timedelta(days=1):
        return _("{n}h").format(n=passed // timedelta(hours=1))
    if passed < timedelta(days=7):
        return _("{n}d").format(n=passed.days)
    return short_day(at)


@register.filter
def day(at: datetime) -> str:
    """Today, Yesterday, or the date."""
    local, today = timezone.localdate(at), timezone.localdate()
    if local == today:
        return _("Today")
    if local == today - timedelta(days=1):
        return _("Yesterday")
    return date_format(local, "j E" if local.year == today.year else "j E Y")


def short_day(at: datetime) -> str:
    """3 Nov."""
    return date_format(timezone.localtime(at), "MONTH_DAY_FORMAT")


@register.filter
def clock(at: datetime) -> str:
    return date_format(timezone.localtime(at), "H:i")


@register.filter
def clock_or_day(at: datetime) -> str:
    """13:07 today, 3 Nov before that."""
    return clock(at) if timezone.localdate(at) == timezone.localdate() else short_day(at)


@register.filter
def until_when(at: datetime) -> str:
    """15:07 today, 24 Nov 15:07 on another day."""
    return clock(at) if timezone.localdate(at) == timezone.localdate() else f"{short_day(at)} {clock(at)}"


@register.filter
def match_in_words(entry: ViewEntry) -> str:
    """C20: “matched at 13:09; true until 15:07”."""
    times = {"matched": until_when(entry.matched_at), "end": until_when(entry.true_until) if entry.true_until else ""}
    if not entry.true_until:
        return _("matched at %(matched)s") % times
    if entry.true_until <= timezone.now():
        return _("matched at %(matched)s; was true until %(end)s") % times
    return _("matched at %(matched)s; true until %(end)s") % times


@register.filter
def outcome(candidate: Candidate) -> str:
    return reasons.outcome(candidate)


@register.filter
def seen(value: Any) -> str:
    """The value that a condition saw."""
    if isinstance(value, list):
        return ", ".join(str(part) for part in value) or "–"
    if value is None or value == "":
        return "–"
    return f"{value:g}" if isinstance(value, float) else str(value)


@register.filter
def as_input(field: BoundField) -> str:
    """A form field in our look; what is wrong with it is said by the template."""
    kind = "select" if isinstance(field.field.widget, Select) else "input"
    return field.as_widget(attrs={"class": kind, "placeholder": False})


@register.filter
def churn_word(band: str) -> Any:
    return words.CHURN.get(band, band)


@register.filter
def consent_word(status: Any) -> str:
    return {"subscribed": _("subscribed"), "unsubscribed": _("unsubscribed")}.get(str(status), str(status))


@register.filter
def as_value(value: Any) -> str:
    """A value of a profile, as people write it; what is nested as JSON."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(part, (dict, list)) for part in value)):
        return json.dumps(value, ensure_ascii=False)
    return seen(value)
