"""THREATS, the rule above all: what was acknowledged is there once and routed once, whatever is killed."""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.desk import Desk, database_of_its_own, running

MESSAGES, CLIENTS, KILLS = int(os.environ.get("LOAD_MESSAGES", "1000")), 8, 10

SET_UP = """
import json
from agents.models import Agent
from helpdesk.api.models import ApiKey
from routing.shifts import go_online
agents = [Agent.objects.create_user(f"agent{n}@desk.example", None, name=f"Agent {n}") for n in range(3)]
for agent in agents: go_online(agent)
print(json.dumps(ApiKey.make("load", agents[0])[1]))
"""

COUNT_PENDING = """
import json
from helpdesk.tickets.models import Inbound
print(json.dumps(Inbound.objects.filter(status="pending").count()))
"""

READ_ALL = """
import json
from helpdesk.tickets.models import Inbound, Ticket, TicketEvent
from routing.models import RoutingDecision
print(json.dumps({
    "received": list(Inbound.objects.values_list("external_id", "message__ticket")),
    "messages": list(Ticket.objects.values_list("messages__ticket", flat=True)),
    "decided": list(RoutingDecision.objects.values_list("ticket", flat=True)),
    "assigned": list(TicketEvent.objects.filter(kind="assigned").values_list("ticket", flat=True)),
}))
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """On the kind of database that this run is about."""
    with database_of_its_own() as environment, running(tmp_path, "serve", "work", **environment) as desk:
        yield desk


@pytest.mark.load
def test_killed_processes_lose_and_double_nothing(desk: Desk) -> None:
    """1,000 messages while `serve` and `work` are killed with -9, ten times at random."""
    key = desk.run_python(SET_UP)
    acknowledged: dict[str, int] = {}
    done = threading.Event()
    killer = threading.Thread(target=kill_now_and_then, args=(desk, done, acknowledged))
    killer.start()

    with ThreadPoolExecutor(CLIENTS) as clients:
        for run in [clients.submit(send_until_acknowledged, desk, key, number, acknowledged) for number in range(MESSAGES)]:
            run.result()
    done.set()
    killer.join()
    desk.wait_for(lambda: desk.run_python(COUNT_PENDING) == 0, patience=300)

    found = desk.run_python(READ_ALL)
    assert dict(found["received"]) == acknowledged
    assert len(found["received"]) == MESSAGES
    for what in ("messages", "decided", "assigned"):
        assert Counter(found[what]) == Counter(acknowledged.values()), what


def send_until_acknowledged(desk: Desk, key: str, number: int, acknowledged: dict[str, int]) -> None:
    """As a gateway does: the same message again until somebody says that it is kept."""
    name = f"message-{number}"
    channel = "email" if number % 10 == 0 else "social"  # one in ten is scored, too
    sender = {"email": f"customer{number}@example.com"}
    body = {"channel": channel, "inbox": "support@desk.example", "external_id": name, "text": "Where is my order?", "sender": sender}
    while name not in acknowledged:
        status, answer = desk.post("/api/v1/messages/", key, body)
        if status in (200, 201):
            acknowledged[name] = answer["ticket"]
        else:
            threading.Event().wait(0.1)


def kill_now_and_then(desk: Desk, done: threading.Event, acknowledged: dict[str, int]) -> None:
    """Spread over the run by how far it has come, so that a slow machine gets as many as a fast one."""
    for moment in sorted(random.sample(range(MESSAGES // 20, MESSAGES - MESSAGES // 20), KILLS)):
        while len(acknowledged) < moment and not done.wait(0.02):
            pass
        name = random.choice(["serve", "work"])
        desk.kill(name)
        desk.start(name)
