"""What one person wants to look at again: a mark that nobody else sees."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from agents.models import Agent
from helpdesk.tickets.acts.bulk import Chosen, Outcome, hold
from helpdesk.tickets.models import Ticket, UnreadMark


@transaction.atomic
def mark_unread(chosen: Chosen, *, by: Agent) -> Outcome:
    held = hold(chosen, by=by)
    UnreadMark.objects.bulk_create([UnreadMark(agent=by, ticket=ticket) for ticket in held], ignore_conflicts=True)
    return Outcome(len(held))


def mark_read(ticket: Ticket, *, by: Agent) -> None:
    UnreadMark.objects.filter(agent=by, ticket=ticket).delete()


def marked_by(agent: Agent, tickets: Iterable[Ticket]) -> set[int]:
    """Which of these the person has marked."""
    return set(UnreadMark.objects.filter(agent=agent, ticket__in=[ticket.pk for ticket in tickets]).values_list("ticket_id", flat=True))
