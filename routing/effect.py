"""What a rule would catch: how many of the latest tickets match a definition that is being written, and a few of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from helpdesk.conditions.grammar import Definition
from helpdesk.customers.asking.patience import PATIENCE, TookTooLong, within
from helpdesk.tickets.matching import matching_tickets
from helpdesk.tickets.models import Ticket

DAYS = 30
SAMPLE = 5


@dataclass
class TicketEffect:
    """Of the tickets that were created in the last 30 days. `count` None: not known. `is_slow`: it took too long."""

    count: int | None = None
    total: int = 0
    sample: list[Ticket] = field(default_factory=list)
    is_slow: bool = False


def effect_of(definition: Definition | None) -> TicketEffect:
    """Of a definition that is complete; of any other, nothing is known."""
    if definition is None:
        return TicketEffect()
    now, effect = timezone.now(), TicketEffect()
    since = now - timedelta(days=DAYS)
    try:
        with within(PATIENCE):
            found = _matching(definition, now).filter(created_at__gte=since)
            effect.total = Ticket.objects.filter(created_at__gte=since).count()
            effect.sample = list(found.select_related("customer").order_by("-created_at", "-pk")[:SAMPLE])
            effect.count = found.count()
    except TookTooLong:
        return TicketEffect(is_slow=True)
    return effect


def _matching(definition: Definition, now: datetime) -> QuerySet[Ticket]:
    return matching_tickets(definition, now)
