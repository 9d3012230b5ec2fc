"""What a rule would have caught: how many of the latest tickets match a definition that is being written, and a few of them (I1).

Each ticket is asked as of the moment it was routed: an order of the last two hours is one before the ticket, not before the question.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from helpdesk.conditions.grammar import Definition
from helpdesk.customers.asking.patience import PATIENCE, TookTooLong, within
from helpdesk.tickets.models import Ticket
from routing.backtest.asking import as_it_was
from routing.models import RoutingDecision

DAYS = 30
SAMPLE = 5


@dataclass
class TicketEffect:
    """Of the tickets that were routed in the last 30 days. `count` None: not known. `is_slow`: it took too long."""

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
    routed = RoutingDecision.objects.filter(at__gte=since)
    try:
        with within(PATIENCE):
            found = routed.filter(as_it_was(definition, (since, now)))
            effect.total = routed.order_by().values("ticket").distinct().count()
            numbers = list(dict.fromkeys(found.order_by("-at").values_list("ticket", flat=True)[: SAMPLE * 4]))[:SAMPLE]
            tickets = Ticket.objects.select_related("customer").in_bulk(numbers)
            effect.sample = [tickets[number] for number in numbers]
            effect.count = found.order_by().values("ticket").distinct().count()
    except TookTooLong:
        return TicketEffect(is_slow=True)
    return effect
