"""What nobody should have stored breaks no routing."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.conditions.evaluate import Seen
from helpdesk.customers.models import Customer
from helpdesk.tickets.models import Ticket
from routing.models import RoutingDecision, RuleSet
from routing.reasons import verdicts
from routing.router import route_ticket
from tests.conditions.builders import KINDS
from tests.factories import CHANNEL_IS_SMS, all_of, make_customer, make_rule, make_team, make_ticket
from tests.tickets.reading import again

pytestmark = pytest.mark.django_db
IS_SMS = all_of(CHANNEL_IS_SMS)


def sms(**fields: Any) -> Ticket:
    return make_ticket(channel="sms", **fields)


def route(ticket: Ticket) -> RoutingDecision:
    return route_ticket(ticket.pk, cause="test")


def test_unreadable_rule_breaks_nothing_and_says_so() -> None:
    """An exception must not make a rule silently not match, nor stop the ones after it."""
    team = make_team("Returns")
    make_rule("Broken", to=make_team("Nobody"), when=IS_SMS)
    make_rule("Good", to=team, when=IS_SMS)
    version = RuleSet.objects.latest("number")
    version.rules[0]["definition"] = {"condition_groups": [{"conditions": [{"type": "phase-of-moon"}]}]}
    RuleSet.objects.filter(pk=version.pk).update(rules=version.rules, digest="broken")
    ticket = sms()

    decision = route(ticket)

    assert again(ticket).team == team
    unread = verdicts(decision)[0]
    assert (unread.rule.name, unread.matched, unread.groups) == ("Broken", False, [])
    assert unread.error == f"condition_groups[0].conditions[0].type: expected one of {KINDS}."


@pytest.mark.parametrize("value", [10**30, "nan", ["a", {"b": None}], {"deep": {"deeper": [1]}}, "😀", True])
def test_strange_values_in_a_profile_break_nothing(value: Any) -> None:
    """What third parties write into a profile is any JSON at all (R5)."""
    condition = {"type": "profile-property", "property": "tier", "filter": {"type": "numeric", "operator": "greater-than", "value": 5}}
    make_rule(to=make_team("Odd"), when=all_of(condition))
    customer = make_customer()
    Customer.objects.filter(pk=customer.pk).update(properties={"tier": value})

    decision = route(make_ticket(customer=customer))

    assert verdicts(RoutingDecision.objects.get(pk=decision.pk))[0].groups == [[Seen("tier is greater than 5", value, result=value == 10**30)]]
