"""Which tickets a definition matches, asked of the database in one query: the same answer as `evaluate` gives for each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, NullIf, Replace

from helpdesk.conditions.grammar import Condition, Definition, TicketCondition
from helpdesk.customers.asking.filter_queries import NEVER, Columns, value_passes
from helpdesk.customers.asking.matching import AboutCustomer, joined
from helpdesk.customers.values import SEPARATOR
from helpdesk.tickets.models import Message, Ticket


def matching_tickets(definition: Definition, now: datetime) -> QuerySet[Ticket]:
    """Of all tickets, open and closed. What a ticket and its customer hold is what they hold now."""
    now = now.astimezone(UTC)
    about_customer = AboutCustomer("customer_id", now)

    def holds(condition: Condition, *, is_alone: bool) -> Q:
        if isinstance(condition, TicketCondition):
            return _about_ticket(condition, now)
        return about_customer.holds(condition, is_alone=is_alone)

    return Ticket.objects.filter(joined(definition, holds))


def _about_ticket(condition: TicketCondition, now: datetime) -> Q:
    if condition.property == "status":  # one of two: asked about each, so that the index of open tickets can be used
        states = {"open": Q(closed_at=None), "closed": Q(closed_at__isnull=False)}
        return reduce(or_, (state for name, state in states.items() if condition.filter.matches(name, now)), NEVER)
    return value_passes(condition.filter, TicketColumns(condition.property), now)


class TicketColumns(Columns):
    """Of one of `grammar.TICKET_FIELDS`: the same values as `facts.ticket_value`, as `values.columns` would write them."""

    def __init__(self, name: str) -> None:
        self.known = _COLUMNS[name]()

    def __getitem__(self, name: str) -> Any:
        return self.known.get(name, Value(None, IntegerField() if name == "length" else TextField()))


class Joined(Subquery):
    """The column `text` of a query, in its order, as one text; "" of no rows. SQLite learned to order inside an aggregate only lately."""

    template = "COALESCE((SELECT STRING_AGG(text, '%(between)s') FROM (%(subquery)s) AS texts), '')"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.template.replace("STRING_AGG", "GROUP_CONCAT"), **extra)


class Yearless(Func):
    """A moment as `dates.yearless` writes it. SQLite keeps 2026-11-22 13:07:00, and fractions only where there are some."""

    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="TO_CHAR(%(expressions)s AT TIME ZONE 'UTC', 'MM-DD\"T\"HH24:MI:SS.US')", **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="REPLACE(SUBSTR(%(expressions)s || '.000000', 6, 21), ' ', 'T')", **extra)


def _text(column: str) -> Callable[[], dict[str, Any]]:
    return lambda: {"text": F(column)}


def _tags() -> dict[str, Any]:
    tags = Ticket.tags.through.objects.filter(ticket=OuterRef("pk")).order_by("tag__name")
    names = tags.values(text=Concat(Replace("tag__name", Value(SEPARATOR), Value(" ")), Value(SEPARATOR)))
    count = tags.order_by().values("ticket").values(length=Count("pk"))
    return {"items": Concat(Value(SEPARATOR), Joined(names, between="")), "length": Coalesce(Subquery(count), 0)}


def _body() -> dict[str, Any]:
    said = Message.objects.filter(ticket=OuterRef("pk"), author=Message.Author.CUSTOMER).order_by("created_at", "id")
    return {"text": Joined(said.values("text"), between="\n")}


_COLUMNS: dict[str, Callable[[], dict[str, Any]]] = {
    **{name: _text(name) for name in ("channel", "subject", "language")},
    "sentiment": lambda: {"text": NullIf("sentiment_label", Value(""))},
    "team": _text("team__name"),
    "assignee": _text("assignee__name"),
    "sentiment_score": lambda: {"number": F("sentiment_score"), "text": Cast("sentiment_score", TextField())},
    "created": lambda: {"moment": F("created_at"), "yearless": Yearless("created_at"), "text": Cast("created_at", TextField())},
    "tags": _tags,
    "body": _body,
}
