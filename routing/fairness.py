"""The fairness ledger (I7): of each agent the arrivals that they could have got, those that they got, and what came between.

An arrival is one decision that asked for an agent. It is counted once for each agent who might answer, as what became of it for them.
The database counts the decisions that keep the same candidates, `[[agent, outcome], …]`: a desk has few different ones, since turns repeat.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q, QuerySet, TextField
from django.db.models.functions import Cast

from agents.models import Agent
from routing.models import APPLIED, RoutingDecision

RECEIVED, NOT_THEIR_TURN, NOT_A_MEMBER = "taken", "not their turn", "not a member"
ELIGIBLE = (RECEIVED, NOT_THEIR_TURN)


@dataclass(frozen=True)
class Share:
    """One agent's part. `due`: what they would have got if each arrival had been split among all who could get it."""

    agent: Agent
    due: float
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def received(self) -> int:
        return self.counts.get(RECEIVED, 0)

    @property
    def eligible(self) -> int:
        return sum(self.counts.get(outcome, 0) for outcome in ELIGIBLE)


@dataclass(frozen=True)
class Fairness:
    """`unasked`: arrivals for which nobody was asked, by the reason; they are the same for everybody."""

    arrivals: int
    shares: list[Share]
    unasked: dict[str, int]


def arrivals(since: datetime, until: datetime) -> QuerySet[RoutingDecision]:
    """Decisions that asked for an agent, half-open in time. One whose ticket had an assignee asked for none.

    Where rules that were applied anew find nobody, no ticket has arrived: it goes on waiting since it did.
    """
    asked = Q(agent__isnull=False) | (~Q(waiting_because="") & ~APPLIED)
    return RoutingDecision.objects.filter(asked, at__gte=since, at__lt=until)


def fairness(since: datetime, until: datetime) -> Fairness:
    """Two queries, however many agents and decisions."""
    alike = arrivals(since, until).order_by().values_list("candidates", "waiting_because").annotate(count=Count("pk"))
    total, unasked, counted = 0, Counter[str](), defaultdict[int, _Tally](_Tally)
    for candidates, reason, count in alike.iterator(chunk_size=2_000):
        total += count
        if not candidates:
            unasked[reason] += count
        able = sum(outcome in ELIGIBLE for _agent, outcome in candidates)
        for agent, outcome in candidates:
            counted[agent].counts[outcome] += count
            counted[agent].due += count / able if outcome in ELIGIBLE else 0
    return Fairness(total, list(_shares(counted, total - unasked.total())), dict(unasked))


@dataclass
class _Tally:
    due: float = 0
    counts: Counter[str] = field(default_factory=Counter)


def _shares(counted: Mapping[int, _Tally], asked: int) -> Iterable[Share]:
    """Of everybody who answers, and of whoever did then."""
    for agent in Agent.objects.filter(Q(pk__in=list(counted)) | Q(pk__in=Agent.objects.answering())).order_by("name", "pk"):
        tally = counted.get(agent.pk, _Tally())
        others = {NOT_A_MEMBER: asked - tally.counts.total()}
        yield Share(agent, tally.due, {outcome: count for outcome, count in (tally.counts | others).items() if count})


def behind(since: datetime, until: datetime, *, agent: Agent | None, outcome: str) -> QuerySet[RoutingDecision]:
    """The decisions behind one number, latest first. `outcome`: a candidate's, `eligible`, NOT_A_MEMBER or, without an agent, why nobody was asked."""
    found = arrivals(since, until).annotate(text=Cast("candidates", TextField())).order_by("-pk")
    if agent is None:
        return found.filter(candidates=[], waiting_because=outcome)
    if outcome == NOT_A_MEMBER:
        return found.exclude(candidates=[]).exclude(text__contains=f"[{agent.pk}, ")
    wanted = ELIGIBLE if outcome == "eligible" else (outcome,)
    either = Q(pk=None)
    for each in wanted:
        either |= Q(text__contains=f'[{agent.pk}, "{each}"]')
    return found.filter(either)
