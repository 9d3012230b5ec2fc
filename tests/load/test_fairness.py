"""Round robin under load: many clients at once, agents who come and go."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from agents.models import Agent
from helpdesk.intake import process_message
from helpdesk.tickets.models import Inbound, Ticket, TicketEvent
from routing.models import RoutingDecision
from routing.shifts import go_offline, go_online
from tests.factories import make_agent, receive

MESSAGES, CLIENTS = 2_000, 16

pytestmark = pytest.mark.django_db(transaction=True)


def in_own_connection(work: Callable[[], None]) -> None:
    try:
        work()
    finally:
        connections.close_all()


def deliver(messages: int) -> None:
    """What one client and the worker behind it do, one message after the other."""
    for _ in range(messages):
        receipt = receive(channel="social")  # no sentiment is read there (C12): this is about turns
        process_message.func(Inbound.objects.get(message=receipt.message).pk)


def deliver_all() -> None:
    with ThreadPoolExecutor(CLIENTS) as clients:
        runs = [clients.submit(in_own_connection, lambda: deliver(MESSAGES // CLIENTS)) for _ in range(CLIENTS)]
    for run in runs:
        run.result()


def received_by(agent: Agent) -> int:
    return Ticket.objects.filter(assignee=agent).count()


@pytest.fixture
def seven_online() -> list[Agent]:
    return [make_agent(f"Agent {letter}", online=True) for letter in "ABCDEFG"]


def test_nobody_offline_receives_and_those_who_stay_are_equals(seven_online: list[Agent]) -> None:
    """A15, B5, B12, I7: 2,000 messages by 16 clients at once; three of seven agents toggle all the time; from the commit of Offline on they receive nothing."""
    *staying, toggling_1, toggling_2, toggling_3 = seven_online
    stop = threading.Event()
    received_while_offline: list[int] = []

    def toggle(agent: Agent) -> None:
        while not stop.is_set():
            go_offline(agent)
            before = received_by(agent)
            time.sleep(0.05)
            received_while_offline.append(received_by(agent) - before)
            go_online(agent)
            time.sleep(0.05)

    with ThreadPoolExecutor(3) as people:
        toggles = [people.submit(in_own_connection, lambda agent=agent: toggle(agent)) for agent in (toggling_1, toggling_2, toggling_3)]
        try:
            deliver_all()
        finally:
            stop.set()
    for run in toggles:
        run.result()

    assert set(received_while_offline) == {0}
    shares = [received_by(agent) for agent in staying]
    assert max(shares) - min(shares) <= 1  # B5, B12
    assert received_by(toggling_1) + received_by(toggling_2) + received_by(toggling_3) + sum(shares) == MESSAGES
    assert each_ticket_was_decided_and_assigned_once()


def each_ticket_was_decided_and_assigned_once() -> bool:
    assigned = Counter(TicketEvent.objects.filter(kind="assigned").values_list("ticket", flat=True))
    decided = Counter(RoutingDecision.objects.values_list("ticket", flat=True))
    return len(assigned) == len(decided) == MESSAGES and set(assigned.values()) == set(decided.values()) == {1}
