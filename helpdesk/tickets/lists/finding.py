"""The lists of the side bar: My inbox, Unassigned, All tickets, each team's, each view's (A6–A9), and the orders that they can be shown in."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import F, IntegerField, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils import timezone

from agents.models import Agent, Team
from agents.text import number_in
from helpdesk.conditions.grammar import Definition, DefinitionError, TicketCondition, parse_definition
from helpdesk.customers.asking.patience import TookTooLong, within
from helpdesk.tickets.lists.filters import of_status
from helpdesk.tickets.matching import matching_tickets
from helpdesk.tickets.models import SavedView, Ticket, TicketQuerySet
from helpdesk.tickets.models.tickets import NEWEST, UPSET, WAITING

COUNT_CAP = 100
PATIENCE_OF_COUNTS = 0.15  # seconds for all views that have conditions: every page shows the side bar
STANDARD = {"mine": "user", "unassigned": "unassigned", "all": "tray"}  # with their icons


class NoSuchList(LookupError):
    """There is no list with this key."""


@dataclass(frozen=True)
class TicketList:
    """One list as somebody sees it. `key` as in the address: mine, unassigned, all, team-3, view-2.

    `tickets`: open, snoozed and closed ones. `view`: the view that it is, if it is one. `has_status`: its conditions say themselves
    which of them it wants; of any other list only the open ones are shown, unless one asks for more (A9).
    """

    key: str
    tickets: TicketQuerySet
    view: SavedView | None = None
    has_status: bool = False

    @property
    def status(self) -> str:
        """What it shows unless it is asked for more (A9)."""
        return "any" if self.has_status else "open"

    @property
    def shown(self) -> QuerySet[Ticket]:
        return of_status(self.tickets, self.status)


def find_list(agent: Agent, key: str) -> TicketList:
    """NoSuchList for a key that means nothing, or somebody else's view."""
    tickets = Ticket.objects.visible_to(agent)
    match key.split("-"):
        case ["mine"]:
            return TicketList(key, tickets.filter(assignee=agent))
        case ["unassigned"]:
            return TicketList(key, tickets.filter(assignee=None, team=None))
        case ["all"]:
            return TicketList(key, tickets)
        case ["team", number] if number_in(number) and Team.objects.filter(pk=number).exists():
            return TicketList(key, tickets.filter(team=int(number)))
        case ["view", number] if number_in(number) and (view := SavedView.objects.seen_by(agent).filter(pk=number).first()):
            return _of_view(key, tickets, view)
    raise NoSuchList(key)


def _of_view(key: str, tickets: TicketQuerySet, view: SavedView) -> TicketList:
    """C20: what rules put into it, or what matches its conditions now."""
    if view.definition is None:
        return TicketList(key, tickets.filter(views=view), view)
    try:
        return of_definition(key, tickets, parse_definition(view.definition), view)
    except DefinitionError:  # what an older version wrote; the view's own form says what is wrong with it
        return TicketList(key, tickets.none(), view)


def of_definition(key: str, tickets: TicketQuerySet, definition: Definition, view: SavedView | None = None) -> TicketList:
    conditions = [condition for group in definition.groups for condition in group.conditions]
    has_status = any(isinstance(condition, TicketCondition) and condition.property == "status" for condition in conditions)
    matching = matching_tickets(definition, timezone.now())
    return TicketList(key, tickets.filter(pk__in=matching.values("pk")), view, has_status)


def as_rows(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """With all that a row shows; `shown_tags` is a list: a manager of its own for each ticket costs a tenth of a page."""
    return tickets.select_related("customer", "assignee", "team").prefetch_related(Prefetch("tags", to_attr="shown_tags"))


@dataclass(frozen=True)
class Order:
    """By a column that is never NULL and the ticket's number, both in the same direction: an index goes on from any row."""

    columns: tuple[str, str]

    @property
    def column(self) -> str:
        return self.columns[0].removeprefix("-")

    def sort[T: QuerySet[Ticket]](self, tickets: T) -> T:
        return tickets.order_by(*self.columns)

    def after(self, tickets: QuerySet[Ticket], cursor: str) -> QuerySet[Ticket]:
        """What follows the row that `cursor_of` named. ValueError for any other text."""
        value, tilde, number = cursor.partition("~")
        if not tilde or not number_in(number):
            raise ValueError(cursor)
        follows = TupleLessThan if self.columns[0].startswith("-") else TupleGreaterThan
        return tickets.filter(follows(Tuple(F(self.column), F("id")), (self._read(value), int(number))))

    def cursor_of(self, ticket: Ticket) -> str:
        value = getattr(ticket, self.column)
        return f"{value.isoformat() if isinstance(value, datetime) else value}~{ticket.pk}"

    def _read(self, value: str) -> Any:
        if self.columns == UPSET:
            return int(value[:6])
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise ValueError(value)
        try:
            return at.astimezone(UTC)
        except OverflowError:
            raise ValueError(value) from None


ORDERS = {"newest": Order(NEWEST), "waiting": Order(WAITING), "upset": Order(UPSET)}


def counts(agent: Agent) -> dict[str, int]:
    """How many open tickets each list holds, counted up to COUNT_CAP + 1: one query for the standard lists, the teams' and the views' each.

    A view with conditions that take too long is not counted.
    """
    standard = [Capped(find_list(agent, key).tickets.awake()) for key in STANDARD]
    found: dict[str, int] = dict(zip(STANDARD, Agent.objects.filter(pk=agent.pk).values_list(*standard).get(), strict=True))
    tickets = Ticket.objects.visible_to(agent).awake()
    found |= {f"team-{team}": n for team, n in Team.objects.values_list("pk", Capped(tickets.filter(team=OuterRef("pk"))))}
    views = SavedView.objects.seen_by(agent)
    of_rules = Capped(tickets.filter(view_entries__view=OuterRef("pk")))
    found |= {f"view-{view}": n for view, n in views.filled_by_rules().values_list("pk", of_rules)}
    return found | _counts_of(views.filter(definition__isnull=False), Ticket.objects.visible_to(agent))


def _counts_of(views: Iterable[SavedView], tickets: TicketQuerySet) -> dict[str, int]:
    """Each may take half of the time that is left, so that a slow one does not silence those after it."""
    found: dict[str, int] = {}
    end = time.monotonic() + PATIENCE_OF_COUNTS
    for view in views:
        if (left := end - time.monotonic()) > 0:
            with suppress(TookTooLong), within(left / 2):
                key = f"view-{view.pk}"
                found[key] = _of_view(key, tickets, view).shown[: COUNT_CAP + 1].count()
    return found


class Capped(Subquery):
    """How many rows a query has, no further than COUNT_CAP + 1."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    empty_result_set_value = 0

    def __init__(self, tickets: QuerySet[Ticket]) -> None:
        super().__init__(tickets.order_by().values("pk")[: COUNT_CAP + 1], output_field=IntegerField())
