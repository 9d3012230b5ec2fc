"""A rule test from a real ticket: what was known when it was decided about last, and where it went (I4)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.utils.text import Truncator

from agents.models import Agent, Team
from agents.text import one_line
from helpdesk.conditions.grammar import TICKET_FIELDS, PropertyCondition, TicketCondition
from helpdesk.customers.facts import stored_name
from helpdesk.customers.models import Customer, Event
from helpdesk.tickets.models import SavedView, Ticket
from routing.inputs import Recorded
from routing.models import RoutingDecision, Rule, RuleTest
from routing.reasons import rules_read
from routing.rule_set import Rules, live_contents
from routing.rule_tests.writing import create_test
from routing.rules import must_publish

EVENTS_OF_A_METRIC = 200
LONGEST_BODY, SHORT_BODY = 2_000, 300  # where a rule asks about it; where none does
_OF_A_PERSON = re.compile(r"external_id|name|phone|address|e-?mail(?!_consent)", re.IGNORECASE)


@transaction.atomic
def rule_test_from(decision: RoutingDecision, *, by: Agent | None) -> RuleTest:
    """It must go where the rules of that time sent it. The same decision again gives the same test. RuleTestError, NotForYou.

    Who the customer is, is left out, unless a rule asks about it: e-mail, phone, name, IDs, addresses. So is most of what they wrote.
    """
    must_publish(by)
    ticket = decision.ticket
    Ticket.objects.hold(ticket.pk)  # of two clicks at once the second finds the test of the first
    if known := RuleTest.objects.filter(ticket=ticket, at=decision.at).first():
        return known
    matched = {rule.id: rule for rule in rules_read(decision).placed if rule.id in decision.matched_rules}
    winner = matched.get(decision.rule or 0)
    team = Team.objects.filter(pk=winner.team).first() if winner and winner.team else None
    views = SavedView.objects.filter(pk__in=[rule.view for rule in matched.values() if rule.view])
    test = create_test(_free_name(f"#{ticket.pk} {ticket.subject}"), _facts(decision), at=decision.at, by=by, team=team, views=views, ticket=ticket)
    if winner and team is None:  # it was deleted: the test fails and says so, rather than wanting no team
        test.team_name = winner.goes_to
        test.save(update_fields=["team_name"])
    return test


def _free_name(name: str) -> str:
    """“#12 Where is it?”, “#12 Where is it? (2)” …"""
    name = one_line(name)
    taken = set(RuleTest.objects.filter(name__startswith=name[:100]).values_list("name", flat=True))
    free = (name[:120].rstrip() if number == 1 else f"{name[:110].rstrip()} ({number})" for number in range(1, len(taken) + 2))
    return next(each for each in free if each not in taken)


def _facts(decision: RoutingDecision) -> dict[str, Any]:
    """The arguments of `as_example`."""
    rules, customer, at = _rules_of_today(), decision.ticket.customer, decision.at
    said = {name: Recorded(decision, at).ticket(name) for name in TICKET_FIELDS}
    longest = LONGEST_BODY if "body" in _asked(rules, TicketCondition) else SHORT_BODY
    said |= {"body": Truncator(said["body"]).chars(longest, truncate=""), "created": said["created"].isoformat()}
    held = customer.memberships.filter(Q(until=None) | Q(until__gt=at), since__lte=at)
    return {
        "ticket": said,
        "profile": _profile(customer, at, rules),
        "events": _events(customer, at, rules),
        "segments": {str(number) for number in held.values_list("segment", flat=True)},
    }


def _rules_of_today() -> Rules:
    """Live ones and drafts: what they ask about is kept."""
    drafts = [
        {"id": 0, "name": "", "definition": each, "team": None, "view": None, "goes_to": ""} for each in Rule.objects.values_list("definition", flat=True)
    ]
    return Rules.of([*live_contents(), *drafts])


def _asked(rules: Rules, kind: type[PropertyCondition]) -> set[str]:
    """The properties that conditions of exactly this kind name."""
    return {each.property for rule in rules.placed for each in rule.conditions if type(each) is kind and isinstance(each, PropertyCondition)}


def _profile(customer: Customer, at: datetime, rules: Rules) -> dict[str, Any]:
    """As it was; what has no history as it is."""
    asked = {stored_name(name) for name in _asked(rules, PropertyCondition)}
    rows = customer.property_values.filter(Q(until=None) | Q(until__gt=at), since__lte=at).order_by("since", "pk")
    keys = {name: getattr(customer, name[1:]) for name in ("$email", "$phone", "$external_id")}
    facts = {name: value for name, value in keys.items() if value} | dict(rows.values_list("name", "value"))
    return {name: value for name, value in facts.items() if name in asked or not _OF_A_PERSON.search(name)}


def _events(customer: Customer, at: datetime, rules: Rules) -> list[dict[str, Any]]:
    """The newest of each metric that a rule asks about, as far as they were known then; of their properties, those that it asks about."""
    asked: dict[str, set[str]] = {}
    for condition in rules.asked.metrics:
        asked.setdefault(condition.metric, set()).update(each.property for each in condition.metric_filters)
    place = Window(RowNumber(), partition_by="metric", order_by=[F("occurred_at").desc(), F("pk").desc()])
    known = Event.objects.filter(customer=customer, metric__in=asked, received_at__lte=at).annotate(place=place)
    return [_event(event, asked[event.metric]) for event in known.filter(place__lte=EVENTS_OF_A_METRIC)]


def _event(event: Event, asked: set[str]) -> dict[str, Any]:
    properties = {name: value for name, value in event.properties.items() if name in asked}
    return {"metric": event.metric, "occurred_at": event.occurred_at, "value": event.value, "properties": properties}
