"""The lists of the side bar: My inbox, Unassigned, All tickets, each team's, each view's (A6–A9)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from agents.models import Agent, Team
from helpdesk.tickets.models import SavedView, Ticket

COUNT_CAP = 100


class NoSuchList(LookupError):
    """There is no list with this key."""


@dataclass(frozen=True)
class ListSpec:
    """`key` as in the address: mine, unassigned, all, team-3, view-2. `title` is empty for the three standard lists."""

    key: str
    title: str = ""
    icon: str = ""


STANDARD = (ListSpec("mine", icon="user"), ListSpec("unassigned", icon="unassigned"), ListSpec("all", icon="tray"))


def team_lists() -> list[ListSpec]:
    return [ListSpec(f"team-{team.pk}", team.name, "users") for team in Team.objects.all()]


def view_lists() -> list[ListSpec]:
    return [ListSpec(f"view-{view.pk}", view.name, view.icon) for view in SavedView.objects.all()]


def tickets_in(agent: Agent, key: str) -> QuerySet[Ticket]:
    """Open tickets only (A9), newest message first, as rows need them. NoSuchList for a key that means nothing."""
    rows = _members(agent, key).select_related("customer", "assignee", "team").prefetch_related("tags")
    return rows.order_by("-last_message_at", "-id")


def counts(agent: Agent) -> dict[str, int]:
    """How many tickets each list holds, counted up to COUNT_CAP + 1."""
    keys = [spec.key for spec in (*STANDARD, *team_lists(), *view_lists())]
    return {key: _members(agent, key).order_by()[: COUNT_CAP + 1].count() for key in keys}


def _members(agent: Agent, key: str) -> QuerySet[Ticket]:
    tickets = Ticket.objects.visible_to(agent).open()
    match key.split("-"):
        case ["mine"]:
            return tickets.filter(assignee=agent)
        case ["unassigned"]:
            return tickets.unassigned()
        case ["all"]:
            return tickets
        case ["team", number] if number.isdecimal():
            return tickets.filter(team__id=number)
        case ["view", number] if number.isdecimal():
            return tickets.filter(views__id=number)
    raise NoSuchList(key)
