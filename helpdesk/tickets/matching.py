"""Which tickets a definition matches, asked of the database in one query: the same answer as `evaluate` gives for each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, Greatest, Length, NullIf, Replace, Substr

from helpdesk.conditions.grammar import Condition, Definition, TicketCondition
from helpdesk.customers.asking.filter_queries import NEVER, Columns, value_passes
from helpdesk.customers.asking.matching import AboutCustomer, joined
from helpdesk.customers.asking.moments import EVER, Moment, Now, Written
from helpdesk.customers.values import SEPARATOR
from helpdesk.tickets.models import Message, Ticket

Known = Mapping[str, Any]  # of one field: its columns by name, as `values.columns` would write them; of "status", when it is "open" and "closed"


def matching_tickets(definition: Definition, now: datetime) -> QuerySet[Ticket]:
    """Of all tickets, open and closed. What a ticket and its customer hold is what they hold now."""
    moment, columns = Now(now.astimezone(UTC)), ticket_columns()
    about_customer = AboutCustomer("customer_id", moment)

    def holds(condition: Condition, *, is_alone: bool) -> Q:
        if isinstance(condition, TicketCondition):
            return about_ticket(condition, columns, moment)
        return about_customer.holds(condition, is_alone=is_alone)

    return Ticket.objects.filter(joined(definition, holds))


def about_ticket(condition: TicketCondition, columns: Mapping[str, Known], moment: Moment) -> Q:
    """`columns`: where the row that is asked about has what is known of its ticket, see `ticket_columns`."""
    known = columns[condition.property]
    if condition.property == "status":  # one of two: asked about each, so that the index of open tickets can be used
        return reduce(or_, (state for name, state in known.items() if condition.filter.matches(name, EVER)), NEVER)
    return value_passes(condition.filter, TicketColumns(known), moment)


class TicketColumns(Columns):
    """Of one field; what is not known is NULL."""

    def __init__(self, known: Known) -> None:
        self.known = known

    def __getitem__(self, name: str) -> Any:
        return self.known.get(name, Value(None, IntegerField() if name == "length" else TextField()))


def ticket_columns(prefix: str = "") -> dict[str, Known]:
    """Each of `grammar.TICKET_FIELDS` with the value that `facts.ticket_value` gives; `prefix` leads from the row to its ticket, as "ticket__".

    Who keeps a field as it was puts their own in its place: `text`, `some_text`, `number`, `entries`, `body` say how.
    """
    return {
        **{name: text(prefix + name) for name in ("channel", "subject", "language")},
        "status": {"open": Q(**{f"{prefix}closed_at": None}), "closed": Q(**{f"{prefix}closed_at__isnull": False})},
        "sentiment": some_text(f"{prefix}sentiment_label"),
        "sentiment_score": number(f"{prefix}sentiment_score"),
        "team": text(f"{prefix}team__name"),
        "assignee": text(f"{prefix}assignee__name"),
        "priority": text(f"{prefix}priority"),
        "created": _time(f"{prefix}created_at"),
        "tags": _tags(f"{prefix}pk"),
        "body": body(f"{prefix}pk"),
    }


def text(column: str) -> Known:
    return {"text": F(column)}


def some_text(column: str) -> Known:
    """Where "" stands for nothing."""
    return {"text": NullIf(column, Value(""))}


def number(column: str) -> Known:
    return {"number": F(column), "text": Cast(column, TextField())}


def entries(column: str) -> Known:
    """Each between separators; of none, one separator or nothing."""
    separators = Length(column) - Length(Replace(column, Value(SEPARATOR), Value("")))
    return {"items": F(column), "length": Greatest(separators - 1, 0)}


def body(ticket: str, **narrowed: Any) -> Known:
    """`ticket`: the column with the ticket's number. `narrowed`: which messages of the customer, as `created_at__lte=OuterRef("at")`."""
    said = Message.objects.filter(ticket=OuterRef(ticket), author=Message.Author.CUSTOMER, **narrowed).order_by("created_at", "id")
    return {"text": Joined(said.values("text"), between="\n")}


def _time(column: str) -> Known:
    return {"moment": F(column), "yearless": Substr(Written(column), 6, 21), "text": Cast(column, TextField())}


def _tags(ticket: str) -> Known:
    tags = Ticket.tags.through.objects.filter(ticket=OuterRef(ticket)).order_by("tag__name")
    names = tags.values(text=Concat(Replace("tag__name", Value(SEPARATOR), Value(" ")), Value(SEPARATOR)))
    count = tags.order_by().values("ticket").values(length=Count("pk"))
    return {"items": Concat(Value(SEPARATOR), Joined(names, between="")), "length": Coalesce(Subquery(count), 0)}


class Joined(Subquery):
    """The column `text` of a query, in its order, as one text; "" of no rows. SQLite learned to order inside an aggregate only lately."""

    template = "COALESCE((SELECT STRING_AGG(text, '%(between)s') FROM (%(subquery)s) AS texts), '')"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.template.replace("STRING_AGG", "GROUP_CONCAT"), **extra)
