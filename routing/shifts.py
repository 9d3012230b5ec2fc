"""Going Online and Offline, and what follows from it."""

from __future__ import annotations

from django.db import transaction

from agents.availability import set_availability
from agents.models import Agent
from helpdesk.tickets.permissions import must_answer
from routing.waiting import route_waiting_job


@transaction.atomic
def go_online(agent: Agent, *, session_key: str = "") -> None:
    """A14–A16: by the agent, for the agent, until the session ends (A18). What waits is handed out at once, oldest first (C8). Raises NotAllowed."""
    must_answer(agent)
    set_availability(agent, is_online=True, session_key=session_key)
    route_waiting_job.enqueue()


@transaction.atomic
def go_offline(agent: Agent) -> None:
    """A15: no automatic ticket from now on. What the agent has stays theirs (B14)."""
    set_availability(agent, is_online=False)
