"""What applying the live rules would do, before anybody does it: nothing is written (C14)."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched

from django.db.models import prefetch_related_objects
from django.utils import timezone

from agents.models import Team
from helpdesk.conditions.evaluate import Answers
from helpdesk.customers.asking.context import load_contexts
from helpdesk.customers.asking.patience import PATIENCE
from helpdesk.customers.predictions.bands import same_bands
from helpdesk.tickets.models import SavedView, Ticket
from routing.matching import TicketContext
from routing.router import with_chosen_team
from routing.rule_set import Rules, live, outcome_of

LIMIT = 2_000
_AT_ONCE = 100


@dataclass
class Preview:
    """`total`: open unassigned tickets. Of the `read` oldest of them: how many go to which team and newly enter which view, most first;
    and how many rules leave where they are."""

    total: int
    read: int = 0
    teams: list[tuple[Team, int]] = field(default_factory=list)
    views: list[tuple[SavedView, int]] = field(default_factory=list)
    untouched: int = 0

    @property
    def is_partial(self) -> bool:
        return self.read < self.total


def preview(*, limit: int = LIMIT) -> Preview:
    """Of at most `limit` tickets, and of as many as two seconds allow. A constant number of queries for each hundred,
    besides what tickets say where rules ask about that. Teams that tags or segments would find are not among them."""
    unassigned, rules, now = Ticket.objects.unassigned(), live().rules, timezone.now()
    found: list[_Moves] = []
    until = time.monotonic() + PATIENCE
    gone = _gone(rules)
    with same_bands():
        for some in batched(unassigned.order_by("pk").select_related("customer")[:limit], _AT_ONCE, strict=False):
            found += _moves(list(some), rules, now, gone)
            if time.monotonic() > until:
                break
    return _counted(Preview(unassigned.count(), len(found)), found)


def _gone(rules: Rules) -> set[int]:
    named = {rule.team for rule in rules.placed if rule.team}
    return named - set(Team.objects.filter(pk__in=named).values_list("pk", flat=True))


@dataclass(frozen=True)
class _Moves:
    """What rules would do with one ticket: the team, unless a person chose one or none; and the views that it is not in yet, even deleted ones."""

    team: int | None
    views: set[int]


def _moves(tickets: list[Ticket], rules: Rules, now: datetime, gone: set[int]) -> list[_Moves]:
    prefetch_related_objects(tickets, "tags", "view_entries")
    chosen = set(with_chosen_team(Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets])).values_list("pk", flat=True))
    contexts = load_contexts([ticket.customer for ticket in tickets], rules.asked, now)
    return [
        _moves_of(ticket, rules, Answers(TicketContext(**vars(context), ticket_row=ticket), now), gone, is_chosen=ticket.pk in chosen)
        for ticket, context in zip(tickets, contexts, strict=True)
    ]


def _moves_of(ticket: Ticket, rules: Rules, answers: Answers, gone: set[int], *, is_chosen: bool) -> _Moves:
    outcome = outcome_of(rules.outcome(answers).matched, gone=gone)
    team = outcome.winner.team if outcome.winner and not is_chosen else None
    entered = {rule.view for rule in outcome.matched if rule.view}
    return _Moves(team, entered - {entry.view_id for entry in ticket.view_entries.all()})


def _counted(shown: Preview, found: list[_Moves]) -> Preview:
    teams = Counter(move.team for move in found if move.team)
    views = Counter(view for move in found for view in move.views)
    shown.teams = [(team, teams[team.pk]) for team in Team.objects.filter(pk__in=teams)]
    shown.views = [(view, views[view.pk]) for view in SavedView.objects.filter(pk__in=views)]
    shown.teams.sort(key=lambda pair: -pair[1])
    shown.views.sort(key=lambda pair: -pair[1])
    there = {view.pk for view, _number in shown.views}
    shown.untouched = sum(not (move.team or move.views & there) for move in found)
    return shown
