"""Why a ticket is where it is: a decision's rules asked again about what was seen then (I2)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from agents.models import Agent
from helpdesk.conditions.evaluate import Seen, evaluate
from helpdesk.conditions.grammar import Definition
from helpdesk.conditions.wording import Names
from helpdesk.customers.segments import segment_names
from routing.inputs import Unreadable, answers_kept
from routing.models import RoutingDecision
from routing.rule_set import PlacedRule, Rules, rules_of


@dataclass(frozen=True)
class Verdict:
    """One rule as it was read. `groups`: of each group, its conditions with the value seen. `until`: when the match ends if nothing else happens."""

    rule: PlacedRule
    matched: bool = False
    is_winner: bool = False
    groups: list[list[Seen]] = field(default_factory=list)
    until: datetime | None = None

    @property
    def error(self) -> str:
        return "" if isinstance(self.rule.definition, Definition) else str(self.rule.definition)

    @property
    def held(self) -> list[Seen]:
        return [seen for group in self.groups for seen in group if seen.result]


def verdicts(decision: RoutingDecision, *, only: Collection[int] | None = None, names: Names = None) -> list[Verdict]:
    """In the order in which they were read; `only` those rules. At most three queries and what the ticket said.

    Empty where nothing had been published, or where what was kept cannot be read any more. `names`: of segments, if they are known.
    """
    rules = rules_read(decision)
    try:
        answers = answers_kept(decision, rules)
    except Unreadable:
        return []
    wanted = [rule for rule in rules.placed if only is None or rule.id in only]
    if names is None and rules.asked.segments and wanted:
        names = segment_names()
    found = []
    for rule in wanted:
        if not isinstance(rule.definition, Definition):
            found.append(Verdict(rule))
            continue
        matched, seen = evaluate(rule.definition, answers.subject, answers=answers, names=names, asked=rules.ways)
        each = iter(seen)
        groups = [[next(each) for _condition in group.conditions] for group in rule.definition.groups]
        end = decision.until.get(str(rule.id))
        found.append(Verdict(rule, matched, rule.id == decision.rule, groups, datetime.fromisoformat(end) if end else None))
    return found


def rules_read(decision: RoutingDecision) -> Rules:
    return rules_of(decision.rule_set.pk, decision.rule_set.digest) if decision.rule_set else Rules()


@dataclass(frozen=True)
class Candidate:
    agent: Agent
    outcome: str


def candidates(decision: RoutingDecision) -> list[Candidate]:
    """Who could have got it, in the order they were asked, and what came of it. Nobody is ever deleted."""
    agents = Agent.objects.in_bulk([number for number, _outcome in decision.candidates])
    return [Candidate(agents[number], outcome) for number, outcome in decision.candidates]
