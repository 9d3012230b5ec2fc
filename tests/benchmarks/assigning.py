"""What happens inside the desk's own processes while pages are open: tickets are assigned, and the moment of each commit is noted."""

from __future__ import annotations

import random
import time

from asgiref.sync import async_to_sync
from django.core.management import call_command
from django.db import transaction

from agents.models import Agent
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.models import Ticket
from tests.factories import make_agent, make_ticket
from tests.inbox.sockets import sign_in

Commit = tuple[int, int, float]  # ticket, agent, seconds of time.time


def begin(tickets: int) -> None:
    """Before anybody looks: that a ticket came is told, too."""
    call_command("migrate", verbosity=0)
    make_agent("Manager")
    for _ in range(tickets):
        make_ticket()


def sessions_of(agents: int) -> list[tuple[int, str]]:
    """Agent and session of so many."""
    everybody = [make_agent(f"Agent {number}") for number in range(agents)]
    return [(agent.pk, async_to_sync(sign_in)(agent)) for agent in everybody]


def reader(password: str) -> int:
    """One who signs in by the form."""
    return Agent.objects.create_user("reader@desk.example", password, name="Reader").pk


def assign(agents: list[int], times: int, every: float) -> list[Commit]:
    """A ticket that nobody has to one of them, about every so many seconds: never in step with anything that beats."""
    by = Agent.objects.get(name="Manager")
    receivers = list(Agent.objects.filter(pk__in=agents))
    tickets = list(Ticket.objects.filter(assignee=None)[:times])
    commits = [_assign(ticket, random.choice(receivers), by, pause=random.uniform(0.5, 1.5) * every) for ticket in tickets]
    time.sleep(1)  # frames are sent beside the work: a process that ends at once takes the last with it
    return commits


def _assign(ticket: Ticket, agent: Agent, by: Agent, *, pause: float) -> Commit:
    time.sleep(pause)
    commits: list[float] = []
    with transaction.atomic():
        transaction.on_commit(lambda: commits.append(time.time()))  # the first to be called: what tells of the assignment comes after
        assign_agent(ticket, agent, by=by)
    return ticket.pk, agent.pk, commits[0]
