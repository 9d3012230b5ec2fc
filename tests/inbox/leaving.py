"""People who go and leave tickets (I8)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from agents.models import Agent, Availability, Team
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.models import Ticket
from tests.factories import make_agent, make_ticket


def switched_off(agent: Agent, **ago: int) -> Agent:
    Availability.objects.filter(agent=agent).update(is_online=False, changed_at=timezone.now() - timedelta(**ago))
    return agent


def unseen(agent: Agent, **ago: int) -> Agent:
    Availability.objects.filter(agent=agent).update(seen_at=timezone.now() - timedelta(**ago))
    return agent


def gone(name: str = "Gone") -> Agent:
    """Offline for hours."""
    return unseen(switched_off(make_agent(name, online=True), hours=3), hours=3)


def left(owner: Agent, count: int = 1, team: Team | None = None) -> list[Ticket]:
    tickets = [make_ticket() for _ in range(count)]
    for ticket in tickets:
        assign_agent(ticket, owner, by=owner)
        Ticket.objects.filter(pk=ticket.pk).update(team=team)
    return tickets


def owners(tickets: list[Ticket]) -> list[str]:
    return list(Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).order_by("pk").values_list("assignee__name", flat=True))
