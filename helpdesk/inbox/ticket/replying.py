"""“Anna is replying”: a hint between open pages, kept nowhere."""

from __future__ import annotations

import json
from typing import Any

from agents.models import Agent
from helpdesk.tickets.models import Ticket

SILENCE = 2.0  # seconds between two hints of one page that are passed on
LARGEST = 100  # characters of such a hint


def typing_frame(text: str, agent: Agent) -> dict[str, Any] | None:
    """From `{"typing": ticket number}`, if it is one and the ticket is theirs to see (V3, V12)."""
    try:
        said = json.loads(text)
    except ValueError:
        return None
    number = said.get("typing") if isinstance(said, dict) else None
    if type(number) is not int or not agent.can_answer or not Ticket.objects.visible_to(agent).filter(pk=number).exists():
        return None
    return {"kind": "typing", "ticket": number, "agent": agent.pk, "name": str(agent)}
