"""Tells open pages that a ticket has changed. Holds nothing that differs between viewers (V12) but their language: the row is there in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Prefetch
from django.template.loader import render_to_string

from agents.languages import in_each_language
from agents.streams import DESK, publish
from helpdesk.tickets.lists.finding import as_rows
from helpdesk.tickets.models import Ticket


@dataclass(frozen=True)
class _Publication:
    ticket_id: int

    def __call__(self) -> None:
        if frame := ticket_frame(self.ticket_id):
            publish(DESK, frame)


def publish_ticket(ticket: Ticket) -> None:
    """After commit, and once for all that a transaction did to the ticket."""
    publication = _Publication(ticket.pk)
    if all(hook[1] != publication for hook in connection.run_on_commit):
        transaction.on_commit(publication, robust=True)  # what is committed does not fail by what is shown of it


def publish_many() -> None:
    """After commit, in place of a frame for each of very many tickets: pages read their lists again."""
    transaction.on_commit(_publish_many, robust=True)


def _publish_many() -> None:
    publish(DESK, {"kind": "many"})


def ticket_frame(ticket_id: int) -> dict[str, Any] | None:
    """The row as any page shows it, and the facts by which a page knows whether it belongs in its list."""
    tickets = as_rows(Ticket.objects.filter(pk=ticket_id)).prefetch_related(Prefetch("view_entries", to_attr="matches"))
    ticket = tickets.first()
    if ticket is None:
        return None
    return {
        "kind": "ticket",
        "ticket": ticket.pk,
        "assignee": ticket.assignee_id,
        "team": ticket.team_id,
        "open": ticket.is_open and ticket.snoozed_until is None,  # as lists show it
        "views": [match.view_id for match in ticket.matches],
        "at": ticket.last_message_at.isoformat(),
        "words": in_each_language(lambda: {"row": render_to_string("inbox/_rows.html", {"tickets": [ticket]})}),
    }
