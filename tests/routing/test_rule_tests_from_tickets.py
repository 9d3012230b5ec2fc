"""A rule test from a real ticket, by one click (I4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Role
from agents.people import NotForYou
from helpdesk.customers.models import Customer, Event
from helpdesk.customers.profiles import identify, track
from helpdesk.customers.segments import add_members, create_segment, remove_members
from helpdesk.tickets.acts.bulk import Chosen
from helpdesk.tickets.acts.tags import add_tag, untag_many
from helpdesk.tickets.models import SavedView, Tag, Ticket
from routing.models import RoutingDecision, RuleTest
from routing.router import route_ticket
from routing.rule_set import live_contents
from routing.rule_tests.from_tickets import rule_test_from
from routing.rule_tests.results import results
from tests.factories import (
    CHANNEL_IS_SMS,
    CHURN_RISK_HIGH,
    PLACED_ORDER_IN_2_HOURS,
    TAGS_CONTAIN_ORDER,
    all_of,
    make_agent,
    make_customer,
    make_rule,
    make_team,
    make_ticket,
)
from tests.people import at_once

pytestmark = pytest.mark.django_db
EVERYTHING = all_of(CHURN_RISK_HIGH, PLACED_ORDER_IN_2_HOURS, TAGS_CONTAIN_ORDER)


def decided(ticket: Ticket, cause: str = "test") -> RoutingDecision:
    decision = route_ticket(ticket.pk, cause=cause)
    return RoutingDecision.objects.select_related("ticket__customer", "rule_set").get(pk=decision.pk)


def test_test_from_a_ticket_passes_with_the_rules_that_sent_it() -> None:
    """Even after everything about the customer and the ticket has changed."""
    team, fraud = make_team("Returns"), SavedView.objects.create(name="Fraud")
    make_rule(to=team, when=EVERYTHING)
    make_rule(to=fraud, when=all_of(CHANNEL_IS_SMS))
    customer = make_customer(properties={"churn_probability": 0.9})
    track(customer, "Placed Order")
    ticket = make_ticket(customer=customer, channel="sms")
    add_tag(ticket, "Order", by=None)
    decision = decided(ticket)
    identify(email=customer.email, properties={"churn_probability": 0.1})
    untag_many(Chosen([ticket.pk]), Tag.objects.get(name="Order"), by=make_agent())
    Event.objects.all().update(occurred_at=decision.at - timedelta(minutes=1))

    test = rule_test_from(decision, by=None)

    assert [each.words for each in results(live_contents())] == [""]
    assert (test.team, list(test.views.all()), test.ticket, test.at, test.name) == (team, [fraud], ticket, decision.at, f"#{ticket.pk} Where is it?")
    assert (test.example["profile"], test.example["ticket"]["tags"]) == ({"churn_probability": 0.9}, ["Order"])


def test_ticket_that_no_rule_sent_must_go_to_no_team() -> None:
    make_rule(to=make_team(), when=EVERYTHING)

    test = rule_test_from(decided(make_ticket()), by=None)

    assert (test.team, test.team_name, [each.passed for each in results(live_contents())]) == (None, "", [True])


def test_events_are_those_that_rules_ask_about_as_known_then() -> None:
    """Of their properties only those that rules ask about."""
    where = {"property": "brand", "filter": {"type": "string", "operator": "equals", "value": "Nike"}}
    make_rule(to=make_team(), when=all_of(PLACED_ORDER_IN_2_HOURS | {"metric_filters": [where]}))
    customer, at = make_customer(), timezone.now()
    track(customer, "Placed Order", occurred_at=at - timedelta(hours=1), value=49.9, properties={"brand": "Nike", "street": "Storgatan 1"})
    track(customer, "Viewed Product")
    decision = decided(make_ticket(customer=customer))
    track(customer, "Placed Order", occurred_at=at - timedelta(hours=2))

    test = rule_test_from(decision, by=None)

    wanted = {"metric": "Placed Order", "occurred_at": (at - timedelta(hours=1)).isoformat(), "value": 49.9, "properties": {"brand": "Nike"}}
    assert test.example["events"] == [wanted]


def test_segments_are_those_of_that_moment() -> None:
    customer, before, after = make_customer(), create_segment("Before", by=None), create_segment("After", by=None)
    add_members(before, [customer], by=None)
    decision = decided(make_ticket(customer=customer))
    remove_members(before, [customer], by=None)
    add_members(after, [customer], by=None)

    assert rule_test_from(decision, by=None).example["segments"] == [str(before.pk)]


def somebody() -> Customer:
    properties = {"tier": "gold", "first_name": "Ada", "Address 1": "Storgatan 1", "email_consent": "subscribed"}
    return make_customer("Ada Lind", email="ada@example.com", phone="+46701234567", external_id="7", country="Sweden", properties=properties)


def test_who_the_customer_is_is_left_out() -> None:
    """Privacy: nobody is named in a test unless a rule asks."""
    test = rule_test_from(decided(make_ticket(customer=somebody())), by=None)

    assert test.example["profile"] == {"tier": "gold", "$country": "Sweden", "email_consent": "subscribed"}


@pytest.mark.parametrize(("name", "value"), [("$email", "ada@example.com"), ("name", "Ada Lind"), ("properties['first_name']", "Ada"), ("$external_id", "7")])
def test_what_a_rule_asks_about_who_it_is_is_kept(name: str, value: str) -> None:
    team = make_team()
    make_rule(to=team, when=all_of({"type": "profile-property", "property": name, "filter": {"type": "string", "operator": "equals", "value": value}}))

    test = rule_test_from(decided(make_ticket(customer=somebody())), by=None)

    assert (test.team, [each.passed for each in results(live_contents())]) == (team, [True])


def test_body_is_cut_and_more_so_where_no_rule_asks_about_it() -> None:
    decision = decided(make_ticket("word " * 1_000))
    unasked = rule_test_from(decision, by=None)
    unasked.delete()
    body = {"type": "ticket-property", "property": "body", "filter": {"type": "string", "operator": "contains", "value": "parcel"}}
    make_rule(to=make_team(), when=all_of(body))

    asked = rule_test_from(decision, by=None)

    assert [len(test.example["ticket"]["body"]) for test in (unasked, asked)] == [300, 2_000]


def test_same_decision_gives_the_same_test_and_another_one_another() -> None:
    ticket = make_ticket()
    decision = decided(ticket)

    first, again, later = rule_test_from(decision, by=None), rule_test_from(decision, by=None), rule_test_from(decided(ticket, "again"), by=None)

    assert (again, later.name, RuleTest.objects.count()) == (first, f"#{ticket.pk} Where is it? (2)", 2)


def test_team_that_was_deleted_meanwhile_fails_rather_than_wanting_none() -> None:
    team = make_team("Returns")
    make_rule(to=team, when=all_of(CHANNEL_IS_SMS))
    decision = decided(make_ticket(channel="sms"))
    team.delete()

    rule_test_from(decision, by=None)

    assert [each.words for each in results(live_contents())] == ["The team that it must reach, Returns, was deleted. Choose another."]


def test_ticket_from_before_any_rules_were_published() -> None:
    test = rule_test_from(decided(make_ticket(channel="sms")), by=None)

    assert (test.team, test.example["ticket"]["channel"]) == (None, "sms")


def test_agent_makes_none() -> None:
    """R3."""
    with pytest.raises(NotForYou):
        rule_test_from(decided(make_ticket()), by=make_agent(role=Role.AGENT))


@pytest.mark.parametrize("many", [1, 5])
def test_takes_the_same_number_of_queries_however_much_is_known(many: int, django_assert_num_queries: Any) -> None:
    make_rule(to=make_team(), when=all_of(PLACED_ORDER_IN_2_HOURS))
    customer = make_customer(properties={f"tier{number}": "gold" for number in range(many)})
    for _order in range(many):
        track(customer, "Placed Order")
    decision = decided(make_ticket(customer=customer))

    with django_assert_num_queries(18):  # three of them: the transaction, and the ticket held
        rule_test_from(decision, by=None)


def test_name_that_would_end_in_a_blank_is_found_again() -> None:
    """A name has at most 120 characters; where one is cut at a blank, the second ticket of that subject gets a number all the same."""
    subject = "x" * 115 + " y"  # after “#1 ” the blank is the 119th, and with a number of two digits the 120th
    names = []
    for _ in range(12):
        ticket = make_ticket(subject=subject)
        decision = decided(ticket)
        names.append(rule_test_from(decision, by=None).name)

    assert len(set(names)) == 12
    assert [name for name in names if name != name.strip() or len(name) > 120] == []


@pytest.mark.django_db(transaction=True)
def test_ticket_becomes_one_test_however_often_it_is_clicked() -> None:
    make_rule(to=make_team("Returns"), when=all_of(CHANNEL_IS_SMS))
    decision = decided(make_ticket(channel="sms"))

    made = at_once(*[lambda: rule_test_from(RoutingDecision.objects.get(pk=decision.pk), by=None).pk] * 2)

    assert (len(set(made)), RuleTest.objects.count()) == (1, 1)
