"""All rules of a set against one ticket, from one loaded context (R1, R2, R5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from agents.models import Team
from helpdesk.conditions.evaluate import Answers
from helpdesk.conditions.expiry import valid_until
from helpdesk.conditions.grammar import Definition
from helpdesk.customers.asking.context import Asked, CustomerContext, load_contexts
from helpdesk.customers.definitions import moves_with_time
from helpdesk.customers.predictions.bands import same_bands
from helpdesk.tickets.facts import ticket_value
from helpdesk.tickets.models import SavedView, Ticket
from routing.inputs import answers_to_keep
from routing.rule_set import Outcome, PlacedRule, Rules, outcome_of

FORESEEN = timedelta(days=31)  # what holds longer than a ticket lives holds for good


@dataclass
class TicketContext(CustomerContext):
    """A `Subject`: the ticket, its customer, their events and segments."""

    ticket_row: Ticket
    _read: dict[str, Any] = field(default_factory=dict)

    def ticket(self, name: str) -> Any:
        if name not in self._read:
            self._read[name] = ticket_value(self.ticket_row, name)
        return self._read[name]


def load_context(ticket: Ticket, asked: Asked, now: datetime) -> TicketContext:
    (context,) = load_contexts([ticket.customer], asked, now)
    return TicketContext(**vars(context), ticket_row=ticket)


@dataclass
class Match:
    """What the rules say of a ticket (C13), what they looked at (`routing.inputs`), and until when each match holds (I12)."""

    outcome: Outcome
    team: Team | None
    views: dict[SavedView, datetime | None]
    values: list[Any]
    until: dict[PlacedRule, datetime]


@same_bands()
def match_rules(ticket: Ticket, rules: Rules, now: datetime) -> Match:
    """A constant number of queries, whatever the number of rules. A team or a view that was deleted is passed over."""
    context = load_context(ticket, rules.asked, now)
    answers = Answers(context, now)
    matched = rules.outcome(answers).matched
    teams = Team.objects.in_bulk({rule.team for rule in matched if rule.team})
    views = SavedView.objects.in_bulk({rule.view for rule in matched if rule.view})
    outcome = outcome_of(matched, gone={rule.team for rule in matched if rule.team} - teams.keys())
    until = dict(_ends(matched, context))
    entered = {views[rule.view]: until.get(rule) for rule in matched if rule.view in views}
    team = teams[outcome.winner.team] if outcome.winner and outcome.winner.team else None
    return Match(outcome, team, entered, answers_to_keep(rules, answers), until)


def _ends(matched: Iterable[PlacedRule], context: TicketContext) -> Iterable[tuple[PlacedRule, datetime]]:
    for rule in matched:
        assert isinstance(rule.definition, Definition)
        if moves_with_time(rule.definition) and (end := valid_until(rule.definition, context, context.now, horizon=FORESEEN)):
            yield rule, end
