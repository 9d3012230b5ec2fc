"""The banner over lists in which tickets of absent people wait (I8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from agents.models import Agent, Team
from agents.text import number_in
from routing.backlog import absent_owners, left_tickets, may_spread


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


def team_of(key: str) -> Team | None:
    number = key.removeprefix("team-")
    return Team.objects.filter(pk=number_in(number)).first() if key.startswith("team-") else None
