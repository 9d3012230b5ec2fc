"""Decisions asked by other rules than those that made them: in SQL, each as of its own instant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import BooleanField, Case, ExpressionWrapper, OuterRef, Q, Value, When

from helpdesk.conditions.grammar import Condition, Definition, TicketCondition
from helpdesk.customers.asking.filter_queries import NEVER
from helpdesk.customers.asking.matching import AboutCustomer, joined
from helpdesk.customers.asking.moments import AsOf
from helpdesk.tickets.matching import about_ticket, body, entries, number, some_text, text, ticket_columns
from routing.models import RuleSet
from routing.rule_set import PlacedRule, Rules, rules_of

Between = tuple[datetime, datetime]  # the first and the last instant of all decisions that are asked, if that is known


def as_it_was(definition: Definition, between: Between | None = None) -> Q:
    """Of a RoutingDecision: whether it matches, by the history of the customer and by what the decision kept of the ticket."""
    moment = AsOf("at", between)
    about_customer = AboutCustomer("ticket__customer_id", moment)
    columns = ticket_columns("ticket__") | {
        "status": {"open": Q(was_open=True), "closed": Q(was_open=False)},
        "sentiment": some_text("sentiment_label"),
        "sentiment_score": number("sentiment_score"),
        "team": some_text("team_before"),
        "assignee": some_text("assignee_before"),
        "priority": text("priority"),
        "tags": entries("tags"),
        "body": body("ticket_id", created_at__lte=OuterRef("at")),
    }

    def holds(condition: Condition, *, is_alone: bool) -> Q:
        return about_ticket(condition, columns, moment) if isinstance(condition, TicketCondition) else about_customer.holds(condition, is_alone=is_alone)

    return joined(definition, holds)


@dataclass(frozen=True)
class Asking:
    """Rules as questions about decisions.

    What a version with the same conditions has answered stands, since that is what was known then: data that came late changes
    nothing. `from_history` asks everything again all the same: what a published set would say by the history alone.
    """

    rules: Rules
    between: Between | None = None
    from_history: bool = False

    def matches(self, rule: PlacedRule) -> Q:
        if not isinstance(rule.definition, Definition):
            return NEVER
        again = as_it_was(rule.definition, self.between)
        answered = None if self.from_history else self._answered.get(rule.definition)
        if answered is None:
            return again
        said = NEVER
        for number_then, versions in answered.items():
            said |= Q(rule_set__in=versions, matched__contains=f",{number_then},")
        known = [version for versions in answered.values() for version in versions]
        return Q(Case(When(rule_set__in=known, then=truth(said)), default=truth(again), output_field=BooleanField()))

    @cached_property
    def _answered(self) -> dict[Definition, dict[int, list[int]]]:
        """Of each definition, under which number it stood in which versions."""
        found: dict[Definition, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        wanted = {rule.definition for rule in self.rules.placed}
        for version, digest in RuleSet.objects.values_list("pk", "digest"):
            for rule in rules_of(version, digest).placed:
                if isinstance(rule.definition, Definition) and rule.definition in wanted:
                    found[rule.definition][rule.id].append(version)
        return found

    def first(self, rules: Iterable[PlacedRule]) -> Case:
        """The number of the first of them that matches; 0 for none."""
        return Case(*(When(self.matches(rule), then=Value(rule.id)) for rule in rules), default=Value(0))


def truth(condition: Q) -> Any:
    return ExpressionWrapper(condition, output_field=BooleanField())
