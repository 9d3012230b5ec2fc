"""A page of a search: what was found, and where in it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet

from agents.models import Agent
from helpdesk.customers.asking.patience import PATIENCE, TookTooLong, within
from helpdesk.tickets.models.tickets import Ticket
from helpdesk.tickets.search.finding import best, newest
from helpdesk.tickets.search.queries import parse
from helpdesk.tickets.search.snippets import Snippet, snippets

PAGE = 50
STATUSES, ORDERS = ("any", "open", "closed"), ("newest", "best")


@dataclass(frozen=True)
class Asked:
    """`text` is what was typed."""

    text: str
    status: str = STATUSES[0]
    order: str = ORDERS[0]
    before: int | None = None  # newest first: the last ticket that was shown
    skip: int = 0  # best first: how many were shown

    def address(self, **onwards: int) -> str:
        return urlencode({"q": self.text, "status": self.status, "order": self.order} | onwards)


@dataclass(frozen=True)
class Hit:
    ticket: Ticket
    snippet: Snippet


@dataclass(frozen=True)
class Results:
    """`older` is the address of the next page; `is_blank`: nothing was asked."""

    hits: tuple[Hit, ...] = ()
    older: str = ""
    is_blank: bool = False
    is_slow: bool = False


def results(asked: Asked, reader: Agent) -> Results:
    """V3: among what the reader may see. A constant number of queries."""
    if not parse(asked.text):
        return Results(is_blank=not asked.text.strip())
    try:
        with within(PATIENCE):
            numbers = _numbers(asked, _with_status(Ticket.objects.visible_to(reader), asked.status))
            return Results(hits(numbers[:PAGE], asked.text), _older(asked, numbers))
    except TookTooLong:
        return Results(is_slow=True)


def _with_status(tickets: QuerySet[Ticket], status: str) -> QuerySet[Ticket]:
    return tickets if status == "any" else tickets.filter(closed_at__isnull=status == "open")


def _numbers(asked: Asked, tickets: QuerySet[Ticket]) -> list[int]:
    are_few = asked.status == "open"
    if asked.order == "best":
        return best(tickets, asked.text, limit=PAGE + 1, skip=asked.skip, are_few=are_few)
    return newest(tickets, asked.text, limit=PAGE + 1, before=asked.before, are_few=are_few)


def _older(asked: Asked, numbers: list[int]) -> str:
    if len(numbers) <= PAGE:
        return ""
    return asked.address(skip=asked.skip + PAGE) if asked.order == "best" else asked.address(before=numbers[PAGE - 1])


def hits(numbers: list[int], text: str) -> tuple[Hit, ...]:
    found = Ticket.objects.select_related("customer", "assignee", "team").in_bulk(numbers)
    shown = [found[number] for number in numbers if number in found]
    lines = snippets(shown, text)
    return tuple(Hit(ticket, lines[ticket.pk]) for ticket in shown)
