"""I2: every decision can be asked again, and says the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.conditions import evaluate
from helpdesk.conditions.evaluate import Seen, ask
from helpdesk.customers.models import Customer, Event
from helpdesk.customers.profiles import identify, track
from helpdesk.intake import Sender
from helpdesk.tickets.acts.lifecycle import set_sentiment
from helpdesk.tickets.acts.merging import merge_tickets
from helpdesk.tickets.acts.splitting import split_ticket
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.models import SavedView, Ticket
from routing.models import RoutingDecision, RuleSet
from routing.publication import publish
from routing.reasons import verdicts
from routing.router import route_ticket
from routing.rule_set import digest_of
from routing.rules import To, create_rule
from tests.conditions.strategies import DEFINITIONS, NUMBERS, WORDS
from tests.factories import CHURN_RISK_HIGH, PLACED_ORDER_IN_2_HOURS, all_of, make_agent, make_customer, make_rule, make_team, make_ticket, receive

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 13, 9, tzinfo=UTC)


def test_match_says_until_when_it_holds() -> None:
    """I12, C20: “Placed Order at 13:07, true until 15:07” – on the rule, and on the row in the view."""
    urgent = SavedView.objects.create(name="Urgent modifications")
    make_rule(to=urgent, when=all_of(PLACED_ORDER_IN_2_HOURS))
    with time_machine.travel(NOW, tick=False):
        customer = make_customer()
        track(customer, "Placed Order", occurred_at=NOW - timedelta(minutes=2))
        ticket = make_ticket(customer=customer)

        decision = route_ticket(ticket.pk, cause="test")

    end = NOW + timedelta(minutes=118)
    entry = ticket.view_entries.get()
    (verdict,) = verdicts(decision)
    assert (entry.matched_at, entry.true_until - end, verdict.until - end) == (NOW, timedelta(microseconds=1), timedelta(microseconds=1))
    assert verdict.groups == [[Seen("Placed Order at least once in the last 2 hours", 1, result=True)]]


def test_record_stays_as_it_was_whatever_changes_later() -> None:
    """The customer, their events, the ticket's tags and score, what they wrote since, the rules."""
    team = make_team("Returns")
    body = {"type": "ticket-property", "property": "body", "filter": {"type": "string", "operator": "contains", "value": "broken"}}
    country = {"type": "profile-property", "property": "$country", "filter": {"type": "string", "operator": "equals", "value": "France"}}
    score = {"type": "ticket-property", "property": "sentiment_score", "filter": {"type": "numeric", "operator": "less-than", "value": 3}}
    make_rule("All", to=team, when=all_of(body, country, PLACED_ORDER_IN_2_HOURS, score))
    customer = make_customer(country="France", email="ada@example.com")
    track(customer, "Placed Order")
    ticket = make_ticket(customer=customer, text="It is broken")
    set_sentiment(ticket, score=2, label="urgent")
    decision = route_ticket(ticket.pk, cause="test")
    before = verdicts(decision)

    identify(email=customer.email, country="Spain")
    Event.objects.all().delete()
    Ticket.objects.update(sentiment_score=9, sentiment_label="promoter")
    add_tag(ticket, "Late", by=None)
    create_rule("Another", all_of(country), to=To(team=team), by=None)
    publish(by=None)

    assert verdicts(RoutingDecision.objects.get()) == before
    assert [seen.value for seen in before[0].held] == ["It is broken", "France", 1, 2]


def test_record_can_be_read_though_much_else_was_asked_meanwhile() -> None:
    """A process that lives long forgets how it asked; the record does not depend on it."""
    make_rule(to=make_team(), when=all_of(PLACED_ORDER_IN_2_HOURS, CHURN_RISK_HIGH))
    decision = route_ticket(make_ticket().pk, cause="test")
    before = verdicts(decision)

    for forgets in (ask, evaluate._profile, evaluate._measure, evaluate._read):
        forgets.cache_clear()

    assert verdicts(RoutingDecision.objects.get()) == before


def test_record_that_another_version_kept_is_no_error() -> None:
    make_rule(to=make_team(), when=all_of(CHURN_RISK_HIGH))
    decision = route_ticket(make_ticket().pk, cause="test")
    RoutingDecision.objects.update(values=[])

    assert verdicts(RoutingDecision.objects.get(pk=decision.pk)) == []


@settings(max_examples=30)
@given(
    wanted=st.lists(DEFINITIONS, min_size=1, max_size=8),
    country=st.sampled_from(["France", "a", ""]),
    tier=WORDS | NUMBERS,
    channel=st.sampled_from(["sms", "email"]),
)
def test_asking_the_stored_inputs_again_gives_the_stored_result(wanted: list[Any], country: str, tier: Any, channel: str) -> None:
    """I2, on the whole grammar: what matched is what the kept values say, though the customer has changed since."""
    with transaction.atomic():
        rules = [{"id": i, "name": str(i), "definition": each, "team": None, "view": None, "goes_to": ""} for i, each in enumerate(wanted, 1)]
        RuleSet.objects.create(number=1, rules=rules, digest=digest_of(rules))
        customer = make_customer(country=country, properties={"a": tier, "ab": [tier, "b"]})
        track(customer, "Placed Order", value=10, properties={"a": tier})
        decision = route_ticket(make_ticket(customer=customer, channel=channel).pk, cause="test")

        Customer.objects.update(country="", properties={})
        Event.objects.all().delete()
        decision = RoutingDecision.objects.get()

        assert [verdict.rule.id for verdict in verdicts(decision) if verdict.matched] == decision.matched_rules
        transaction.set_rollback(True)


def test_decision_among_a_hundred_rules_is_small(django_assert_max_num_queries: Any) -> None:
    """I2: at most 2 kB a ticket on average; of the whole row, as text, without the candidates' names."""
    team = make_team("Returns", *(make_agent(online=True) for _ in range(20)))
    for number in range(50):
        tier = {"type": "profile-property", "property": f"properties['property {number}']", "filter": {"type": "string", "operator": "equals", "value": "gold"}}
        order = PLACED_ORDER_IN_2_HOURS | {"timeframe_filter": {"type": "date", "operator": "in-the-last", "quantity": number + 1, "unit": "day"}}
        create_rule(f"Tier {number}", all_of(tier), to=To(team=team), by=None)
        create_rule(f"Order {number}", all_of(order, CHURN_RISK_HIGH), to=To(new_view=f"View {number}"), by=None)
    publish(by=None)
    customer = make_customer(properties={f"property {number}": f"some value {number}" for number in range(50)} | {"churn_probability": 0.9})
    track(customer, "Placed Order")

    route_ticket(make_ticket(customer=customer).pk, cause="test")

    row = RoutingDecision.objects.values().get()
    assert len(row["matched"].split(",")) == 52
    assert sum(len(json.dumps(value, default=str)) for value in row.values()) <= 5_000


def test_what_was_written_is_read_where_merges_and_splits_have_taken_it() -> None:
    """Of the ticket that gave its messages away, and of the one that got them."""
    broken = {"type": "ticket-property", "property": "body", "filter": {"type": "string", "operator": "contains", "value": "broken"}}
    make_rule(to=make_team("Repairs"), when=all_of(broken))
    customer, ada = make_customer(), make_agent("Ada")
    fine, lamp, parcel = (make_ticket(text, customer=customer, conversation_id=text) for text in ("All is fine", "The lamp is broken", "Where is it?"))
    receive("It is broken, too", sender=Sender(email=customer.email or ""), conversation_id="Where is it?")
    decisions = [route_ticket(ticket.pk, cause="created") for ticket in (fine, lamp, parcel)]

    merge_tickets(fine, lamp, by=ada)
    split_ticket(parcel, [parcel.messages.latest("pk").pk], subject="", by=ada)

    asked = [verdicts(RoutingDecision.objects.get(pk=decision.pk))[0] for decision in decisions]
    assert [verdict.matched for verdict in asked] == [False, True, True]
    assert asked[2].groups[0][0].value == "Where is it?\nIt is broken, too"


def test_messages_are_kept_only_where_a_rule_asks_for_them() -> None:
    make_rule(to=make_team(), when=all_of(CHURN_RISK_HIGH))

    assert route_ticket(make_ticket().pk, cause="created").said is None
