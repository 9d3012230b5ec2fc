"""One batch of decisions, asked by a draft: counted in the database, which is what makes a million of them bearable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from itertools import islice
from operator import or_
from typing import Any

from django.db.models import Case, Count, Exists, Max, Min, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Coalesce, Concat, ExtractHour, StrIndex
from django.db.models.lookups import Exact, GreaterThan

from helpdesk.customers.asking.filter_queries import NEVER
from helpdesk.customers.asking.moments import AsOf
from helpdesk.customers.models import Membership
from helpdesk.customers.values import SEPARATOR
from routing.backtest.asking import Asking, Between, truth
from routing.models import RoutingDecision, RuleSet, TeamMatching
from routing.rule_set import Rules, rules_of

Decisions = QuerySet[RoutingDecision]


@dataclass(frozen=True)
class Fate:
    """Where decisions went, and where they would go: to team `was` by rule `had`, then by `rule` to one of `teams`, which take turns. 0 for none.

    `hour` of the day in the desk's time zone.
    """

    was: int
    had: int
    rule: int
    teams: tuple[int, ...]
    hour: int

    @property
    def has_moved(self) -> bool:
        return self.teams != ((self.was,) if self.was else ())


@dataclass
class Tally:
    """`matched`: of each rule with a view, how many decisions enter it, and `entered` how many did. `moves`: (decision, fate) of a few."""

    asked: int = 0
    reproduced: int = 0
    fates: Counter[Fate] = field(default_factory=Counter)
    matched: Counter[int] = field(default_factory=Counter)
    entered: Counter[int] = field(default_factory=Counter)
    moves: list[tuple[int, Fate]] = field(default_factory=list)


def ask(decisions: Decisions, rules: Rules, *, most_moves: int) -> Tally:
    """Where a person had chosen the team, that stands, whatever the rules say: such decisions are asked for views alone."""
    between = decisions.aggregate(first=Min("at"), last=Max("at"))
    asking = Asking(rules, (between["first"], between["last"]) if between["first"] else None)
    tally = Tally(asked=decisions.count(), reproduced=reproduced(decisions, asking.between))
    _count_fates(tally, decisions, asking, most_moves)
    _count_views(tally, decisions, asking)
    return tally


def reproduced(decisions: Decisions, between: Between | None) -> int:
    """How many the history alone gives again: every rule of the decision's own version says what it said."""
    found = decisions.filter(rule_set=None).count()
    versions = RuleSet.objects.filter(pk__in=decisions.order_by().values("rule_set").distinct())
    for version, digest in versions.order_by("pk").values_list("pk", "digest"):
        rules = rules_of(version, digest)
        asking = Asking(rules, between, from_history=True)
        differs = [~Q(Exact(truth(asking.matches(rule)), truth(Q(matched__contains=f",{rule.id},")))) for rule in rules.placed]
        count = Case(*(When(each, then=Value(1)) for each in differs), default=Value(0))
        found += decisions.filter(rule_set=version).annotate(differs=count).filter(differs=0).count()
    return found


def _count_fates(tally: Tally, decisions: Decisions, asking: Asking, most_moves: int) -> None:
    team_of = {rule.id: rule.team for rule in asking.rules.placed if rule.team}
    asked = decisions.filter(team_was_chosen=False).annotate(
        was=Coalesce("team_id", Value(0)),
        then=asking.first(rule for rule in asking.rules.placed if rule.team),
        had=Coalesce("rule", Value(0)),
        by_tags=_teams_by_tags(),
        hour=ExtractHour("at"),
    )
    parts = ("was", "then", "had", "by_tags", "hour")
    for row in asked.order_by().values(*parts).annotate(n=Count("pk")):
        tally.fates[_fate(row, team_of)] += row["n"]
    if most_moves and any(fate.has_moved for fate in tally.fates):
        # Read through: to ask for those that move would repeat each rule's question for each rule.
        rows = asked.order_by("pk").values("pk", *parts).iterator(chunk_size=2_000)
        found = ((row["pk"], _fate(row, team_of)) for row in rows)
        tally.moves = list(islice((each for each in found if each[1].has_moved), most_moves))


def _fate(row: Mapping[str, Any], team_of: dict[int, int]) -> Fate:
    """Without a rule before and after, tags and segments decided, and still do."""
    teams: tuple[int, ...]
    if row["then"]:
        teams = (team_of[row["then"]],)
    elif not row["had"]:
        teams = (row["was"],) if row["was"] else ()
    else:
        teams = tuple(sorted(int(team) for team in row["by_tags"].split(",") if team))
    return Fate(row["was"], row["had"], row["then"], teams, row["hour"])


def _teams_by_tags() -> Any:
    """Who would take it by tags and segments if no rule did (A10): the numbers of teams, as ,3,17. Only where a rule had taken it."""
    known = TeamMatching.objects.prefetch_related("tags", "segments").order_by("team")
    took = [Case(When(Q(rule__isnull=False) & _takes(each), then=Value(f",{each.team_id}")), default=Value("")) for each in known]
    return Concat(Value(""), Value(""), *took, output_field=TextField())


def _takes(matching: TeamMatching) -> Q:
    tagged = [Q(GreaterThan(StrIndex("tags", Value(f"{SEPARATOR}{tag.name}{SEPARATOR}")), 0)) for tag in matching.tags.all()]
    members = Membership.objects.filter(customer=OuterRef("ticket__customer_id"), segment__in=[segment.pk for segment in matching.segments.all()])
    in_segment = [Q(Exists(AsOf("at").inside().memberships(members)))] if matching.segments.all() else []
    return reduce(or_, (*tagged, *in_segment), NEVER)


def _count_views(tally: Tally, decisions: Decisions, asking: Asking) -> None:
    rules = [rule for rule in asking.rules.placed if not rule.team]
    if not rules:
        return
    then = {f"then_{rule.id}": Count("pk", filter=asking.matches(rule)) for rule in rules}
    was = {f"was_{rule.id}": Count("pk", filter=Q(matched__contains=f",{rule.id},")) for rule in rules}
    found = decisions.aggregate(**then, **was)
    tally.matched.update({rule.id: found[f"then_{rule.id}"] for rule in rules})
    tally.entered.update({rule.id: found[f"was_{rule.id}"] for rule in rules})
