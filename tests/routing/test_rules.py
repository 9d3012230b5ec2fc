"""Where rules send a ticket, and the record of why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from helpdesk.conditions.evaluate import Seen
from helpdesk.customers.profiles import identify, track
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.models import SavedView, Ticket
from routing import rule_set
from routing.matching import match_rules
from routing.models import RoutingDecision
from routing.publication import publish
from routing.reasons import verdicts
from routing.router import route_ticket
from routing.rules import To, change_rule, delete_rule
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
from tests.tickets.reading import again, history, tickets_in

pytestmark = pytest.mark.django_db
IS_SMS = all_of(CHANNEL_IS_SMS)


def view(name: str) -> SavedView:
    return SavedView.objects.create(name=name)


def sms(**fields: Any) -> Ticket:
    return make_ticket(channel="sms", **fields)


def route(ticket: Ticket, cause: str = "test") -> RoutingDecision:
    return route_ticket(ticket.pk, cause=cause)


def test_team_rule_takes_the_ticket_out_of_unassigned_into_the_teams_inbox() -> None:
    """R12."""
    agent, team = make_agent(), make_team("Returns")
    make_rule(to=team, when=IS_SMS)
    ticket = sms()

    decision = route(ticket)

    assert (again(ticket).team, decision.team) == (team, team)
    assert [list(tickets_in(agent, key)) for key in ("unassigned", f"team-{team.pk}")] == [[], [ticket]]
    assert ("team_set", None, {"team": team.pk, "name": "Returns"}) in history(ticket)


def test_view_rule_assigns_nothing_and_leaves_it_to_everybody() -> None:
    """R13."""
    agent, fraud = make_agent(), view("Fraud")
    make_rule(to=fraud, when=IS_SMS)
    ticket = sms()

    route(ticket)

    assert (again(ticket).team, again(ticket).assignee) == (None, None)
    assert [list(tickets_in(agent, key)) for key in ("unassigned", "all", f"view-{fraud.pk}")] == [[ticket]] * 3


def test_first_matching_team_rule_wins_and_every_matching_view_applies() -> None:
    """C13: by position, not by age."""
    late, early, no_match = make_team("Late"), make_team("Early"), make_team("No match")
    make_rule(to=late, when=IS_SMS, position=5)
    make_rule(to=view("Last"), when=IS_SMS, position=6)
    make_rule(to=early, when=IS_SMS, position=3)
    make_rule(to=no_match, when=all_of(CHURN_RISK_HIGH), position=1)
    make_rule(to=view("No match"), when=all_of(CHURN_RISK_HIGH), position=2)
    make_rule(to=view("First"), when=IS_SMS, position=0)
    ticket = sms()

    route(ticket)

    assert again(ticket).team == early
    assert sorted(entry.view.name for entry in ticket.view_entries.all()) == ["First", "Last"]


def test_rules_of_the_same_position_are_tried_in_the_order_they_were_made() -> None:
    older, younger = make_team(), make_team()
    for team in (older, younger):
        make_rule(to=team, when=IS_SMS)
    ticket = sms()

    route(ticket)

    assert again(ticket).team == older


def test_ticket_that_matches_nothing_stays_unassigned() -> None:
    make_rule(to=make_team(), when=IS_SMS)
    ticket = make_ticket(channel="email")

    decision = route(ticket)

    assert (again(ticket).team, decision.team, list(Ticket.objects.all().unassigned())) == (None, None, [ticket])


@pytest.mark.parametrize(("probability", "matched"), [(0.9, True), (0.66, True), (0.65, False), (None, False)])
def test_churn_defence(probability: float | None, matched: bool) -> None:
    """R14."""
    retention = make_team("Retention specialists")
    make_rule("Churn defence", to=retention, when=all_of(CHURN_RISK_HIGH))
    ticket = make_ticket(customer=make_customer(properties={"churn_probability": probability}))

    route(ticket)

    assert again(ticket).team == (retention if matched else None)


@pytest.mark.parametrize(("age", "matched"), [(timedelta(hours=1, minutes=59), True), (timedelta(hours=2, minutes=1), False)])
def test_urgent_order_mod(age: timedelta, matched: bool) -> None:
    """R15: of this customer's orders alone."""
    urgent = view("Urgent modifications")
    make_rule("Urgent order mod", to=urgent, when=all_of(PLACED_ORDER_IN_2_HOURS))
    customer = make_customer()
    track(customer, "Placed Order", occurred_at=timezone.now() - age)
    ticket, somebody_elses = make_ticket(customer=customer), make_ticket()

    route(ticket)
    route(somebody_elses)

    assert list(urgent.tickets.all()) == ([ticket] if matched else [])


@pytest.mark.parametrize(
    ("channel", "tags", "matched"), [("sms", ["Order", "New"], True), ("sms", ["Return"], False), ("email", ["Order"], False), ("sms", [], False)]
)
def test_channel_and_tags_together(channel: str, tags: list[str], matched: bool) -> None:
    """R10: `ticket_channel = sms AND ticket_tags contains Order`; A3."""
    orders = view("Orders")
    make_rule(to=orders, when=all_of(CHANNEL_IS_SMS, TAGS_CONTAIN_ORDER))
    ticket = make_ticket(channel=channel)
    for tag in tags:
        add_tag(ticket, tag, by=None)

    route(ticket)

    assert list(orders.tickets.all()) == ([ticket] if matched else [])


def test_deactivated_rule_is_not_tried() -> None:
    make_rule(to=make_team(), when=IS_SMS, is_active=False)
    ticket = sms()

    decision = route(ticket)

    assert (again(ticket).team, verdicts(decision)) == (None, [])


def test_why_is_kept_for_every_rule_and_condition() -> None:
    """I2: with the value that was seen, true or false; a changed rule does not change the record."""
    team, fraud = make_team("Retention specialists"), view("Fraud")
    churn = make_rule("Churn defence", to=team, when=all_of(CHURN_RISK_HIGH))
    make_rule("Texts", to=fraud, when=all_of(CHANNEL_IS_SMS, TAGS_CONTAIN_ORDER))
    customer = make_customer(properties={"churn_probability": 0.9})
    ticket = make_ticket(customer=customer, channel="sms")

    route(ticket)
    delete_rule(churn, by=None)
    publish(by=None)
    identify(email=customer.email, properties={"churn_probability": 0.1})
    add_tag(ticket, "Order", by=None)

    decision = RoutingDecision.objects.get()
    found = verdicts(decision)
    assert [(each.rule.number, each.rule.name, each.rule.goes_to, each.matched, each.is_winner) for each in found] == [
        (1, "Churn defence", "Retention specialists", True, True),
        (2, "Texts", "Fraud", False, False),
    ]
    assert [each.groups for each in found] == [
        [[Seen("churn risk equals High", "High", result=True)]],
        [[Seen("ticket channel equals sms", "sms", result=True)], [Seen("ticket tags contain Order", [], result=False)]],
    ]
    assert (decision.team, decision.agent, decision.waiting_because) == (team, None, "nobody is online")


def test_decision_is_written_into_the_history() -> None:
    ida, team = make_agent("Ida", online=True), make_team("Returns")
    team.members.add(ida)
    make_rule(to=team, when=IS_SMS)
    ticket = sms()

    decision = route(ticket)

    assert history(ticket)[-1] == ("routed", None, {"decision": decision.pk, "team": "Returns", "agent": "Ida", "waiting_because": ""})


def test_same_cause_is_decided_once() -> None:
    """Even when the rules have changed in the meantime; another cause is decided anew."""
    first_team, second_team = make_team(), make_team()
    rule = make_rule(to=first_team, when=IS_SMS)
    ticket = sms()
    decision = route(ticket)
    change_rule(rule, to=To(team=second_team), by=None)
    publish(by=None)
    rows = history(ticket)

    repeated = route(ticket)

    assert (repeated, again(ticket).team, history(ticket)) == (decision, first_team, rows)
    assert route(ticket, cause="another").team == second_team
    assert again(ticket).team == second_team


def test_owned_ticket_keeps_its_team_and_enters_views() -> None:
    """A by-hand choice stands; watch-lists still see the ticket."""
    ida, fraud = make_agent(), view("Fraud")
    make_rule(to=make_team(), when=IS_SMS)
    make_rule(to=fraud, when=IS_SMS)
    ticket = sms()
    assign_agent(ticket, ida, by=ida)

    route(ticket)

    assert (again(ticket).team, again(ticket).assignee, list(fraud.tickets.all())) == (None, ida, [ticket])


def test_closed_ticket_goes_nowhere() -> None:
    ida, fraud, team = make_agent(online=True), view("Fraud"), make_team()
    team.members.add(ida)
    make_rule(to=team, when=IS_SMS)
    make_rule(to=fraud, when=IS_SMS)
    ticket = sms()
    close(ticket, by=ida)

    route(ticket)

    assert (again(ticket).team, again(ticket).assignee, list(fraud.tickets.all())) == (None, None, [])


@pytest.mark.parametrize("rules", [1, 3])
def test_rules_take_the_same_number_of_queries_however_many(rules: int, django_assert_num_queries: Any) -> None:
    """R1: from one loaded context. The customer's events, the tags, the words, the team. What a version says is read once."""
    body = {"type": "ticket-property", "property": "body", "filter": {"type": "string", "operator": "contains", "value": "order"}}
    for _ in range(rules):
        make_rule(to=make_team(), when=all_of(PLACED_ORDER_IN_2_HOURS, TAGS_CONTAIN_ORDER, body))
    customer = make_customer(email="ada@example.com")
    track(customer, "Placed Order")
    ticket = Ticket.objects.select_related("customer").get(pk=make_ticket(customer=customer, text="my order").pk)
    add_tag(ticket, "Order", by=None)
    live = rule_set.live().rules

    with django_assert_num_queries(4):
        match = match_rules(ticket, live, timezone.now())

    assert len(match.outcome.matched) == rules


def test_live_rules_take_one_query_once_they_were_read(django_assert_num_queries: Any) -> None:
    make_rule(to=make_team(), when=IS_SMS)
    first = rule_set.live()

    with django_assert_num_queries(1):
        second = rule_set.live()

    assert second.rules is first.rules
