"""What reports ask, once for the number and for the list behind it, so that they always agree.

Spam counts nowhere, and neither does a ticket that was merged into another. A ticket counts on the day on which it was created,
an assignment on the day on which it was made.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from agents.models import Agent
from helpdesk.reports.asked import Asked
from helpdesk.reports.clock import Minutes
from helpdesk.tickets.models import Ticket, TicketEvent, TicketMerge, TicketQuerySet
from routing.models import APPLIED, RoutingDecision

NEW, ANSWERED, SLOW, UNANSWERED, BY_TURN, BY_HAND, LEFT = "new", "answered", "slow", "unanswered", "by-turn", "by-hand", "left"


def created(asked: Asked, *, since: datetime | None = None) -> TicketQuerySet:
    """With `minutes` to the first reply; NULL without one. AI, notes and replies that can still be taken back are none."""
    found = Ticket.objects.filter(created_at__gte=since or asked.since, created_at__lt=asked.until).order_by()
    return found.filter(_counts(asked)).annotate(minutes=Minutes("created_at", "first_reply_at", asked.clock))


def _counts(asked: Asked, ticket: str = "") -> Q:
    """`ticket`: the column that names it. What does not count is few, and looked up: a join would read every ticket."""
    spam, merged = Ticket.objects.filter(is_spam=True).values("pk"), TicketMerge.objects.filter(undone_at=None).values("merged")
    channel = {f"{ticket}__channel" if ticket else "channel": asked.channel} if asked.channel else {}
    genuine = ~Q(**{f"{ticket}__in": spam}) if ticket else Q(is_spam=False)
    return genuine & ~Q(**{f"{ticket or 'pk'}__in": merged}) & Q(**channel)


def assigned(asked: Asked) -> QuerySet[Any]:
    """With `agent`, a number, and `is_by_turn`: by round robin, also where a person asked it to spread what was left (I8). Not what was undone."""
    found = TicketEvent.objects.filter(kind="assigned", at__gte=asked.since, at__lt=asked.until).filter(_counts(asked, "ticket")).order_by()
    found = found.exclude(pk__in=_taken_back(asked.since))
    by_turn = Q(by=None) | Q(data__has_key="spread")
    agent = Cast(KeyTextTransform("agent", "data"), IntegerField())
    return found.annotate(agent=agent, is_by_turn=Case(When(by_turn, then=Value(True)), default=Value(False), output_field=BooleanField()))


def _taken_back(since: datetime) -> QuerySet[Any]:
    """The rows before those that say “undone”: only what nobody has touched since is."""
    before = TicketEvent.objects.filter(ticket=OuterRef("ticket"), pk__lt=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    undone = TicketEvent.objects.filter(kind="undone", at__gte=since).order_by().annotate(what=Subquery(before))
    return undone.filter(what__isnull=False).values("what")


def left(asked: Asked, *, since: datetime | None = None) -> QuerySet[RoutingDecision]:
    """Arrivals that asked for an agent, and got neither one nor a team (B13), whoever has them by now. What rules are applied to anew has not arrived."""
    found = RoutingDecision.objects.exclude(APPLIED).filter(left_alone=True, at__gte=since or asked.since, at__lt=asked.until).order_by()
    return found.filter(_counts(asked, "ticket"))


def tickets_behind(asked: Asked, of: str, *, agent: Agent | None = None, at_least: int = 0) -> TicketQuerySet:
    """The tickets of one number. `agent`: of BY_TURN and BY_HAND; `at_least`: minutes, of SLOW. KeyError for what is no number."""
    if of in (BY_TURN, BY_HAND):
        events = assigned(asked).filter(is_by_turn=of == BY_TURN, **({"agent": agent.pk} if agent else {}))
        return Ticket.objects.filter(pk__in=events.values("ticket"))
    if of == LEFT:
        return Ticket.objects.filter(pk__in=left(asked).values("ticket"))
    which = {NEW: Q(), ANSWERED: Q(first_reply_at__isnull=False), SLOW: Q(minutes__gte=at_least), UNANSWERED: Q(first_reply_at=None)}[of]
    return created(asked).filter(which)


def newest_first(tickets: TicketQuerySet) -> TicketQuerySet:
    return tickets.order_by(F("created_at").desc(), F("pk").desc())
