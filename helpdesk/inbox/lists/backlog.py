"""The banner over lists in which tickets of absent people wait (I8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from agents.models import Agent, Team
from agents.text import number_in
from routing.backlog import Plan, absent_owners, left_tickets, may_spread
from routing.round_robin import EVERYBODY_FULL, NOBODY_ONLINE


@dataclass(frozen=True)
class Backlog:
    """`owners`: who is not there and has some of them."""

    count: int
    owners: Sequence[Agent]
    url: str


def backlog_of(agent: Agent, key: str) -> Backlog | None:
    """For the template `inbox/_backlog.html`, as `backlog`: None where there is nothing to tell, or not to this person.

    Managers see it over All tickets and over every team, members over their team.
    """
    team = team_of(key)
    if (team is None and key != "all") or not may_spread(agent, team) or not (owners := absent_owners()):
        return None
    left = list(left_tickets(team, owners=owners).values_list("assignee", flat=True))
    some = [owner for owner in owners if owner.pk in set(left)]
    return Backlog(len(left), some, f"{reverse('backlog')}?in={key}") if left else None


def ways_out(plan: Plan) -> list[str]:
    """What to do about tickets that spreading gives to nobody."""
    ways = []
    if NOBODY_ONLINE in plan.because:
        ways.append(_("Somebody who could get them has to go Online first, at the top of their own page."))
    if EVERYBODY_FULL in plan.because:
        ways.append(_("Whoever is full has to close tickets first, or the limit of open automatic tickets per agent has to be raised."))
    return [*ways, _("By hand they can be given to anybody, full or Offline: choose them in the list, then Assign.")] if ways else []


def team_of(key: str) -> Team | None:
    number = key.removeprefix("team-")
    return Team.objects.filter(pk=number_in(number)).first() if key.startswith("team-") else None
