"""What a decision keeps of what was looked at, and how it is asked again (I2).

Of the customer: the answer to each different question of the version's rules, in the order in which these first ask it. Of the
ticket: what may change later, and where a rule asks what was written, which messages that was: a merge or a split takes them elsewhere.
What never changes (channel, subject, language) is read where it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from helpdesk.conditions.evaluate import Answers
from helpdesk.customers.values import SEPARATOR
from helpdesk.tickets.facts import body_of, body_until, messages_of, ticket_value
from helpdesk.tickets.models import Ticket
from routing.models import RoutingDecision
from routing.rule_set import Rules


def keep_ticket(decision: RoutingDecision, ticket: Ticket, rules: Rules) -> None:
    decision.was_open = ticket.is_open
    decision.tags = SEPARATOR.join(["", *ticket_value(ticket, "tags"), ""])
    decision.sentiment_label, decision.sentiment_score = ticket.sentiment_label, ticket.sentiment_score
    decision.team_before, decision.assignee_before = ticket_value(ticket, "team") or "", ticket_value(ticket, "assignee") or ""
    decision.priority = ticket.priority
    decision.said = messages_of(ticket) if rules.ask_what_was_said else None


def answers_to_keep(rules: Rules, answers: Answers) -> list[Any]:
    """JSON: texts, numbers, lists."""
    return [answers[looks[0]] for looks in rules.looks]


class Unreadable(Exception):
    """What was kept is not what the rules ask today: another version of this program kept it."""


def answers_kept(decision: RoutingDecision, rules: Rules) -> Answers:
    """As the rules of its own version were answered. Unreadable."""
    if len(rules.looks) != len(decision.values):
        raise Unreadable
    kept = Answers(Recorded(decision, decision.at), decision.at)
    for looks, value in zip(rules.looks, decision.values, strict=True):
        kept.update(dict.fromkeys(looks, value))
    return kept


@dataclass
class Recorded:
    """A `Subject` that knows the ticket as it was, and of the customer only what was kept."""

    decision: RoutingDecision
    now: datetime

    def ticket(self, name: str) -> Any:
        decision = self.decision
        match name:
            case "tags":
                return [tag for tag in decision.tags.split(SEPARATOR) if tag]
            case "sentiment":
                return decision.sentiment_label or None
            case "sentiment_score":
                return decision.sentiment_score
            case "status":
                return "open" if decision.was_open else "closed"
            case "team":
                return decision.team_before or None
            case "assignee":
                return decision.assignee_before or None
            case "priority":
                return decision.priority
            case "body":
                return body_until(decision.ticket, decision.at) if decision.said is None else body_of(decision.said)
        return ticket_value(decision.ticket, name)

    def profile(self, name: str) -> Any:
        raise LookupError(name)

    def events(self, metric: str) -> Iterable[Any]:
        raise LookupError(metric)

    def groups(self) -> Collection[str]:
        raise LookupError
