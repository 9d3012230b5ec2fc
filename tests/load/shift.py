"""What happens inside the desk's own processes while it is under load: people come and go, messages come in, and somebody counts."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.core.management import call_command
from django.db import connections

from agents.models import Agent
from helpdesk.tickets.models import Inbound, Ticket, TicketEvent
from routing.models import RoutingDecision
from routing.shifts import go_offline, go_online
from tests.factories import make_agent, make_inbound, receive_message

STAYS = 0.05  # seconds Offline, and Online


def begin(agents: int) -> list[int]:
    call_command("migrate", verbosity=0)
    return [make_agent(f"Agent {number}", online=True).pk for number in range(agents)]


def take_in(messages: int, clients: int) -> int:
    """By so many at once, each with a connection of its own. Workers elsewhere do the rest."""

    def client(number: int) -> int:
        try:
            for each in range(number, messages, clients):
                receive_message(make_inbound(channel="social", external_id=f"{each}", conversation_id=f"{each}"))  # no sentiment is read there (C12)
        finally:
            connections.close_all()
        return 1

    with ThreadPoolExecutor(clients) as threads:
        return sum(threads.map(client, range(clients)))


def toggle(agent_id: int, messages: int) -> list[int]:
    """How many the agent received each time that they were Offline, until all messages are worked off."""
    agent, received = Agent.objects.get(pk=agent_id), []
    while worked_off() < messages:
        go_offline(agent)
        before = Ticket.objects.filter(assignee=agent).count()
        time.sleep(STAYS)
        received.append(Ticket.objects.filter(assignee=agent).count() - before)
        go_online(agent)
        time.sleep(STAYS)
    return received


def wait(messages: int) -> int:
    """Until all are worked off."""
    while (done := worked_off()) < messages:
        time.sleep(1)
    return done


def worked_off() -> int:
    return Inbound.objects.exclude(status="pending").count()


def found() -> dict[str, Any]:
    return {
        "decided": list(RoutingDecision.objects.values_list("ticket", flat=True)),
        "assigned": list(TicketEvent.objects.filter(kind="assigned").values_list("ticket", flat=True)),
        "owners": list(Ticket.objects.values_list("assignee", flat=True)),
    }
