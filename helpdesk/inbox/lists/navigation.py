"""The side bar: every list with its title, its count, and whether somebody is there to answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from agents.availability import presence_of
from agents.models import Agent, Team
from helpdesk.tickets.lists.finding import COUNT_CAP, STANDARD, counts
from helpdesk.tickets.models import SavedView, TicketEvent


@dataclass(frozen=True)
class NavLink:
    key: str
    title: str
    icon: str
    count: str
    shortcut: str = ""
    is_waiting: bool = False
    nobody_online: bool = False


@dataclass(frozen=True)
class Navigation:
    standard: list[NavLink] = field(default_factory=list)
    teams: list[NavLink] = field(default_factory=list)
    views: list[NavLink] = field(default_factory=list)

    def find(self, key: str) -> NavLink | None:
        return next((link for link in (*self.standard, *self.teams, *self.views) if link.key == key), None)


def navigation(agent: Agent) -> Navigation:
    """Empty for people who see no tickets. A constant number of queries besides one count for each list."""
    if not agent.can_answer:
        return Navigation()
    held = counts(agent)
    return Navigation(
        standard=[_standard(key, held) for key in STANDARD],
        teams=[_team(team, held) for team in teams_with_members()],
        views=[_view(view, held) for view in SavedView.objects.seen_by(agent)],
    )


def _standard(key: str, held: dict[str, int]) -> NavLink:
    titles = {"mine": _("My inbox"), "unassigned": _("Unassigned"), "all": _("All tickets")}
    shortcuts = {"mine": "g i", "unassigned": "g u", "all": "g a"}
    is_waiting = key != "all" and held.get(key, 0) > 0
    return NavLink(key, titles[key], STANDARD[key], capped(held, key), shortcut=shortcuts[key], is_waiting=is_waiting)


def _team(team: Team, held: dict[str, int]) -> NavLink:
    key = f"team-{team.pk}"
    return NavLink(key, team.name, "users", capped(held, key), nobody_online=not online_members(team))


def _view(view: SavedView, held: dict[str, int]) -> NavLink:
    key = f"view-{view.pk}"
    return NavLink(key, view.name, view.icon, capped(held, key))


def capped(held: dict[str, int], key: str) -> str:
    """A dash for a view that takes too long to count."""
    count = held.get(key)
    if count is None:
        return "–"
    return f"{COUNT_CAP}+" if count > COUNT_CAP else str(count)


def teams_with_members() -> Iterable[Team]:
    members = Agent.objects.answering().select_related("availability")
    return Team.objects.prefetch_related(Prefetch("members", members))


def online_members(team: Team) -> list[Agent]:
    return [member for member in team.members.all() if presence_of(member) == "online"]


def latest_change() -> int:
    """How far a page has seen. A socket that opens later and has seen more makes the page read again."""
    return TicketEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
