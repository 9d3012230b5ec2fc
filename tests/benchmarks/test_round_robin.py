"""What round robin costs: handing out what has waited, and the fairness ledger over many decisions (C8, I7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from agents.models import Agent
from helpdesk.tickets.models import Ticket, TicketEvent
from routing.fairness import fairness
from routing.models import RoundRobinSettings, RoutingDecision
from routing.waiting import route_waiting
from tests.benchmarks.conftest import Report
from tests.benchmarks.test_routing import seconds
from tests.factories import make_agent, make_customer

pytestmark = [pytest.mark.benchmark, pytest.mark.django_db(transaction=True)]
WAITING, AGENTS, DECISIONS = 1_000, 20, 100_000


def have_waiting(count: int) -> None:
    """As intake leaves them when nobody is there."""
    customer, now = make_customer(), timezone.now()
    rows = [
        Ticket(customer=customer, channel="email", inbox="desk", thread_key=f"{count} {n}", subject=f"Order {n}", created_at=now - timedelta(seconds=n))
        for n in range(count)
    ]
    tickets = Ticket.objects.bulk_create(rows, batch_size=500)
    TicketEvent.objects.bulk_create([TicketEvent(ticket=ticket, kind=kind) for ticket in tickets for kind in ("created", "scored", "routed")], batch_size=500)
    decisions = [RoutingDecision(ticket=ticket, cause="created", waiting_because="nobody is online", left_alone=True) for ticket in tickets]
    RoutingDecision.objects.bulk_create(decisions, batch_size=500)


def analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def test_handing_out_a_thousand(report: Report) -> None:
    for _ in range(AGENTS):
        make_agent(online=True)
    RoundRobinSettings.objects.create(pk=1, handing_out_limit=0)
    have_waiting(1)
    route_waiting()  # what a process does once is done
    have_waiting(WAITING)
    analyze()

    spent = seconds(route_waiting)

    given = Ticket.objects.filter(assignee__isnull=False).count() - 1
    report(f"{given:,} waiting tickets handed out to {AGENTS}", f"{spent:.2f} s", beside=f"{spent / given * 1e3:.2f} ms each", aim="≤ 1 s")


def have_decided(count: int, agents: list[Agent]) -> None:
    ticket = Ticket.objects.create(customer=make_customer(), channel="email", inbox="desk", thread_key="one", subject="Order")
    now = timezone.now()
    for first in range(0, count, 5_000):
        RoutingDecision.objects.bulk_create(
            [
                RoutingDecision(
                    ticket=ticket,
                    cause=str(n),
                    at=now - timedelta(seconds=n),
                    agent=agents[n % len(agents)],
                    candidates=[[agent.pk, "taken" if agent == agents[n % len(agents)] else "not their turn"] for agent in agents],
                )
                for n in range(first, first + 5_000)
            ],
            batch_size=500,
        )


def test_fairness_over_many_decisions(report: Report) -> None:
    agents = [make_agent() for _ in range(10)]
    have_decided(DECISIONS, agents)
    analyze()
    now = timezone.now()

    spent = min(seconds(lambda: fairness(now - timedelta(days=30), now)) for _ in range(3))

    report(f"fairness of {len(agents)} agents over {DECISIONS:,} decisions", f"{spent:.2f} s", aim="≤ 1 s")
