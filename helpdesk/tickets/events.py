"""The end of every verb: one row of history and, after commit, one frame to open pages."""

from __future__ import annotations

from typing import Any

from agents.models import Agent
from helpdesk.tickets.live import publish_ticket
from helpdesk.tickets.models import Ticket, TicketEvent


def record_event(ticket: Ticket, kind: str, *, by: Agent | None = None, **data: Any) -> TicketEvent:
    """`kind`: created, customer_wrote, replied, noted, assigned, unassigned, team_set, team_cleared, closed,
    reopened, tagged, untagged, scored, routed. `by` is the person, None for the machine."""
    event = TicketEvent.objects.create(ticket=ticket, kind=kind, by=by, data=data)
    publish_ticket(ticket)
    return event
