"""The end of every verb: history, and after commit a frame to open pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, ForeignKey, Value

from agents.models import Agent
from helpdesk.tickets.live import publish_many, publish_ticket
from helpdesk.tickets.models import Ticket, TicketEvent
from helpdesk.tickets.search.indexing import index_tickets

ONE_BY_ONE = 10  # tickets of one act whose rows are sent to pages; of more, pages read their lists again
# What a ticket is found by stays as it was. "created" is followed by what the customer wrote.
_ABOUT_PEOPLE = ("created", "assigned", "unassigned", "team_set", "team_cleared", "routed")
SAYS_NOTHING = {*_ABOUT_PEOPLE, "closed", "reopened", "tagged", "untagged", "scored", "prioritised", "snoozed", "woke", "spam", "not_spam", "undone"}


def record_event(ticket: Ticket, kind: str, *, by: Agent | None = None, **data: Any) -> TicketEvent:
    """`kind`: created, customer_wrote, replied, noted, assigned, unassigned, team_set, team_cleared, closed, reopened, tagged, untagged,
    scored, routed, prioritised, snoozed, woke, spam, not_spam, undone, merged, merged_here, unmerged, split, split_off.
    `by` is the person, None for the machine."""
    event = TicketEvent.objects.create(ticket=ticket, kind=kind, by=by, data=data)
    if kind not in SAYS_NOTHING:
        index_tickets([ticket.pk])
    publish_ticket(ticket)
    return event


def record_events(rows: Sequence[tuple[Sequence[Ticket], str, Mapping[str, Any]]], *, by: Agent | None) -> int:
    """As `record_event` for many: (tickets, kind, data). Returns the number of the latest row, 0 for none."""
    rows = [row for row in rows if row[0]]
    latest = max((_insert(tickets, kind, by, data) for tickets, kind, data in rows), default=0)
    index_tickets({ticket.pk for tickets, kind, _data in rows if kind not in SAYS_NOTHING for ticket in tickets})
    tickets = {ticket.pk: ticket for tickets, _kind, _data in rows for ticket in tickets}
    if len(tickets) > ONE_BY_ONE:
        publish_many()
    else:
        for ticket in tickets.values():
            publish_ticket(ticket)
    return latest


def _insert(tickets: Sequence[Ticket], kind: str, by: Agent | None, data: Mapping[str, Any]) -> int:
    """INSERT … SELECT: ten thousand rows of history are one statement, and none of them passes through Python."""
    event = TicketEvent(kind=kind, by=by, data=data)
    columns = [field for field in TicketEvent._meta.concrete_fields if field.name not in ("id", "ticket")]
    values = {f"new_{field.column}": Value(getattr(event, field.attname), output_field=_plain(field)) for field in columns}
    chosen = Ticket.objects.order_by().filter(pk__in=[ticket.pk for ticket in tickets]).annotate(**values).values_list("pk", *values)
    select, params = chosen.query.sql_with_params()
    names = ", ".join(connection.ops.quote_name(str(name)) for name in ("ticket_id", *(field.column for field in columns)))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TicketEvent._meta.db_table} ({names}) {select} RETURNING id", params)
        return max((number for (number,) in cursor.fetchall()), default=0)


def _plain(field: Field[Any, Any]) -> Field[Any, Any]:
    """A foreign key's value is that of the key it points at."""
    return field.target_field if isinstance(field, ForeignKey) else field
