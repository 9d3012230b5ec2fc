"""All active rules against one ticket, from one loaded context (R1, R2, R5)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from agents.models import Team
from helpdesk.conditions.evaluate import Answers, evaluate
from helpdesk.conditions.grammar import Definition, DefinitionError, parse_definition
from helpdesk.conditions.wording import Names
from helpdesk.customers.asking.context import CustomerContext, load_contexts
from helpdesk.customers.definitions import segments_named
from helpdesk.customers.segments import segment_names
from helpdesk.tickets.facts import ticket_value
from helpdesk.tickets.models import SavedView, Ticket
from routing.models import Rule


@dataclass
class TicketContext(CustomerContext):
    """A `Subject`: the ticket, its customer, their events and segments."""

    ticket_row: Ticket
    _read: dict[str, Any] = field(default_factory=dict)

    def ticket(self, name: str) -> Any:
        if name not in self._read:
            self._read[name] = ticket_value(self.ticket_row, name)
        return self._read[name]


def load_context(ticket: Ticket, definitions: Sequence[Definition], now: datetime) -> TicketContext:
    (context,) = load_contexts([ticket.customer], definitions, now)
    return TicketContext(**vars(context), ticket_row=ticket)


@dataclass
class Match:
    """What the rules say of a ticket: the team of the first matching team rule, every matching view (C13)."""

    team: Team | None
    views: list[SavedView]
    reasons: list[dict[str, Any]]


def match_rules(ticket: Ticket, now: datetime) -> Match:
    """A constant number of queries, whatever the number of rules."""
    rules = [(rule, _read(rule.written)) for rule in _active_rules()]
    definitions = [definition for _rule, definition in rules if isinstance(definition, Definition)]
    context = load_context(ticket, definitions, now)
    names = segment_names() if any(map(segments_named, definitions)) else None
    match = Match(team=None, views=[], reasons=[])
    answers = Answers(context, now)
    match.reasons += [_try(rule, definition, answers, names) for rule, definition in rules]
    for (rule, _definition), reason in zip(rules, match.reasons, strict=True):
        if reason["matched"] and rule.view:
            match.views.append(rule.view)
        elif reason["matched"] and match.team is None:
            match.team = rule.team
    return match


def _active_rules() -> QuerySet[Rule, Any]:
    """With their conditions as text, `written`: what is written alike is read once (`_read`), which is once for each version of a rule."""
    return Rule.objects.filter(is_active=True).select_related("team", "view").defer("definition").annotate(written=Cast("definition", TextField()))


@lru_cache(maxsize=10_000)
def _read(written: str) -> Definition | DefinitionError:
    try:
        return parse_definition(json.loads(written))
    except DefinitionError as error:  # a rule that cannot be read never breaks routing, and says so
        return error


def _try(rule: Rule, definition: Definition | DefinitionError, answers: Answers, names: Names) -> dict[str, Any]:
    reason: dict[str, Any] = {"id": rule.pk, "name": rule.name, "destination": _destination(rule), "matched": False, "conditions": []}
    if isinstance(definition, DefinitionError):
        return reason | {"error": str(definition)}
    matched, seen = evaluate(definition, answers.subject, answers=answers, names=names)
    return reason | {"matched": matched, "conditions": [condition.as_json() for condition in seen]}


def _destination(rule: Rule) -> str:
    return f"Team {rule.team}" if rule.team else f"View {rule.view}"
