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
from routing.rule_set import Outcome, Rules, live

LIMIT = 2_000
_AT_ONCE = 100


@dataclass
class Preview:
    """`total`: open unassigned tickets. Of the `read` oldest of them: how many go to which team and enter which view, most first."""

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
    unassigned, rules, now = Ticket.objects.all().unassigned(), live().rules, timezone.now()
    outcomes: list[Outcome] = []
    until = time.monotonic() + PATIENCE
    gone = _gone(rules)
    with same_bands():
        for some in batched(unassigned.order_by("pk").select_related("customer")[:limit], _AT_ONCE, strict=False):
            outcomes += _outcomes(list(some), rules, now, gone)
            if time.monotonic() > until:
                break
    return _counted(Preview(unassigned.count(), len(outcomes)), outcomes)


def _gone(rules: Rules) -> set[int]:
    named = {rule.team for rule in rules.placed if rule.team}
    return named - set(Team.objects.filter(pk__in=named).values_list("pk", flat=True))


def _outcomes(tickets: list[Ticket], rules: Rules, now: datetime, gone: set[int]) -> list[Outcome]:
    prefetch_related_objects(tickets, "tags")
    contexts = load_contexts([ticket.customer for ticket in tickets], rules.asked, now)
    subjects = (TicketContext(**vars(context), ticket_row=ticket) for context, ticket in zip(contexts, tickets, strict=True))
    return [rules.outcome(Answers(subject, now), gone=gone) for subject in subjects]


def _counted(found: Preview, outcomes: list[Outcome]) -> Preview:
    teams = Counter(outcome.winner.team or 0 for outcome in outcomes if outcome.winner)
    views = Counter(view for outcome in outcomes for view in {rule.view for rule in outcome.matched if rule.view})
    found.teams = [(team, teams[team.pk]) for team in Team.objects.filter(pk__in=teams)]
    found.views = [(view, views[view.pk]) for view in SavedView.objects.filter(pk__in=views)]
    found.teams.sort(key=lambda pair: -pair[1])
    found.views.sort(key=lambda pair: -pair[1])
    found.untouched = sum(not outcome.matched for outcome in outcomes)
    return found
