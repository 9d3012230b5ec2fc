"""Tickets whose customers have nothing more to say are closed after some days (SPEC part 4)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.tasks import task
from django.utils import timezone

from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.models import Ticket, TicketSettings

log = logging.getLogger(__name__)
AT_ONCE = 500  # tickets of one run


def silent_tickets(now: datetime) -> QuerySet[Ticket]:
    """Open and awake, answered by us, and nothing said since for as many days as the desk has chosen; none if it has not."""
    chosen = TicketSettings.objects.filter(pk=1).first()
    if chosen is None or not chosen.close_after_days:
        return Ticket.objects.none()
    since = now - timedelta(days=chosen.close_after_days)
    return Ticket.objects.awake().filter(waiting_since=None, first_reply_at__isnull=False, last_message_at__lt=since)


@task
def close_silent() -> int:
    """Each in a transaction of its own: a customer who writes meanwhile keeps the ticket open. Returns how many were closed."""
    closed = 0
    for ticket in silent_tickets(timezone.now()).select_related("customer").order_by("last_message_at", "id")[:AT_ONCE]:
        try:
            closed += close(ticket, by=None)
        except Exception:  # one that fails must not keep the others open; the next run tries it again
            log.exception("Ticket %s was not closed", ticket.pk)
    return closed
