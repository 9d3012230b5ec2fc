"""The tickets before and after one, in the list that it is looked at from."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

from helpdesk.inbox.lists.shown import ShownList
from helpdesk.tickets.models import Ticket


@dataclass(frozen=True)
class Neighbours:
    """Their numbers. A ticket that has left the list still has those between which it would stand."""

    above: int | None
    below: int | None


def neighbours(shown: ShownList, ticket: Ticket) -> Neighbours:
    """Two queries, each the first row of the list's own index from there on."""
    return Neighbours(_next_to(shown, ticket, is_above=True), _next_to(shown, ticket, is_above=False))


def following(shown: ShownList, ticket: Ticket) -> Ticket | None:
    """What is next to work on: the ticket below it, else the one above."""
    number = _next_to(shown, ticket, is_above=False) or _next_to(shown, ticket, is_above=True)
    return Ticket.objects.filter(pk=number).first() if number else None


def _next_to(shown: ShownList, ticket: Ticket, *, is_above: bool) -> int | None:
    """Both columns of an order go in the same direction."""
    column = shown.order.column
    is_greater = shown.order.columns[0].startswith("-") == is_above
    stands_there = (TupleGreaterThan if is_greater else TupleLessThan)(Tuple(F(column), F("id")), (getattr(ticket, column), ticket.pk))
    ordered = shown.tickets.filter(stands_there).order_by(*((column, "id") if is_greater else (f"-{column}", "-id")))
    return ordered.values_list("pk", flat=True).first()
