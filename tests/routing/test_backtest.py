"""I1: the last days again, by other rules, with everything as it was then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from django_ox.testing import run_tasks
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.models import Role, Team
from agents.people import NotForYou
from helpdesk.customers.memberships import update_memberships
from helpdesk.customers.models import Customer
from helpdesk.customers.profiles import identify, track
from helpdesk.customers.segments import create_segment
from helpdesk.tickets.acts.assignment import assign_team
from helpdesk.tickets.acts.lifecycle import set_sentiment
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.models import SavedView, Tag, Ticket
from routing.backtest import runs
from routing.backtest.models import BackTest
from routing.backtest.report import report_of
from routing.backtest.runs import cancel, start
from routing.models import RuleSet, TeamMatching
from routing.router import route_ticket
from routing.rule_set import digest_of
from routing.rules import RuleError, To, change_rule, create_rule, delete_rule
from tests.conditions.strategies import DEFINITIONS, NUMBERS, WORDS
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

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
IS_SMS = all_of(CHANNEL_IS_SMS)
About = dict[str, Any]


def routed(customer: Customer | None = None, **fields: Any) -> Ticket:
    ticket = make_ticket(customer=customer, **fields)
    route_ticket(ticket.pk, cause="created")
    return ticket


def back_test(**options: Any) -> BackTest:
    test = start(by=None, days=30, **options)
    run_tasks()
    test.refresh_from_db()
    return test


def moves(test: BackTest) -> dict[int, tuple[int, list[int]]]:
    return {move.decision.ticket_id: (move.rule, move.teams) for move in test.moves.select_related("decision")}


def test_published_rules_reproduce_every_recorded_decision() -> None:
    """On tickets whose customers, tags, scores, texts, segments and rules have all changed since."""
    texts, orders, risky = make_team("Texts"), make_team("Orders"), SavedView.objects.create(name="Risky")
    buyers = create_segment("Buyers", all_of(PLACED_ORDER_IN_2_HOURS), by=None)
    member = {"type": "profile-group-membership", "is_member": True, "group_ids": [str(buyers.pk)]}
    body = {"type": "ticket-property", "property": "body", "filter": {"type": "string", "operator": "contains", "value": "refund"}}
    country = {"type": "profile-property", "property": "$country", "filter": {"type": "string", "operator": "equals", "value": "France"}}
    label = {"type": "ticket-property", "property": "sentiment", "filter": {"type": "string", "operator": "in", "value": ["urgent", "negative"]}}
    with time_machine.travel(NOON) as clock:
        for to, when in (
            (risky, all_of(CHURN_RISK_HIGH)),
            (texts, all_of(CHANNEL_IS_SMS, TAGS_CONTAIN_ORDER)),
            (orders, all_of(PLACED_ORDER_IN_2_HOURS, body)),
        ):
            make_rule(to=to, when=when)
        make_rule(to=texts, when=all_of(member, country))
        make_rule(to=orders, when=all_of(label))
        for number in range(12):
            customer = make_customer(email=f"c{number}@example.com", country="France" if number % 2 else "Spain", properties={"churn_probability": number / 12})
            if number % 3 == 0:
                track(customer, "Placed Order")
            update_memberships([customer], timezone.now())
            ticket = make_ticket(customer=customer, channel="sms" if number % 4 == 0 else "email", text="refund" if number % 5 == 0 else "hello")
            if number % 8 == 0:
                add_tag(ticket, "Order", by=None)
            if number % 6 == 1:
                set_sentiment(ticket, score=1, label="urgent")
            clock.shift(timedelta(minutes=1))
            route_ticket(ticket.pk, cause="created")
        clock.shift(timedelta(hours=3))
        for customer in Customer.objects.all():
            identify(email=customer.email, country="Poland", properties={"churn_probability": 0.99})
            track(customer, "Placed Order", occurred_at=NOON)  # told late
            update_memberships([customer], timezone.now())
        for ticket in Ticket.objects.all():
            add_tag(ticket, "Order", by=None)

        test = back_test()

    assert (test.status, test.total, test.done, test.reproduced) == ("done", 12, 12, 12)
    assert (report_of(test).moved, moves(test)) == (0, {})
    assert len({tuple(decision.matched_rules) for ticket in Ticket.objects.all() for decision in ticket.decisions.all()}) > 4


@settings(max_examples=40)
@given(
    wanted=st.lists(DEFINITIONS, min_size=1, max_size=5),
    tiers=st.lists(WORDS | NUMBERS, min_size=2, max_size=2),
    channel=st.sampled_from(["sms", "email"]),
)
def test_history_gives_every_decision_again(wanted: list[About], tiers: list[Any], channel: str) -> None:
    """On the whole grammar: what was recorded is what the customer's history says of that moment, whatever came later."""
    with transaction.atomic(), time_machine.travel(NOON) as clock:
        team = make_team()
        rules = [{"id": i, "name": str(i), "definition": each, "team": team.pk, "view": None, "goes_to": ""} for i, each in enumerate(wanted, 1)]
        RuleSet.objects.create(number=1, rules=rules, digest=digest_of(rules))
        customer = make_customer(email="ada@example.com", country="France", properties={"a": tiers[0], "ab": [tiers[0], "b"]})
        track(customer, "Placed Order", value=10, properties={"a": tiers[0]})
        clock.shift(timedelta(seconds=1))
        routed(customer, channel=channel)
        clock.shift(timedelta(hours=1))
        identify(email="ada@example.com", country="Spain", properties={"a": tiers[1], "ab": tiers[1]})
        track(customer, "Placed Order", value=5, properties={"a": tiers[1]})
        track(customer, "Opened", occurred_at=NOON)
        routed(customer, channel=channel)
        clock.shift(timedelta(hours=1))
        identify(email="ada@example.com", properties={"a": None})

        test = back_test()

        assert (test.total, test.reproduced) == (2, 2)
        transaction.set_rollback(True)


def test_draft_shows_what_would_move_from_where_to_where() -> None:
    """Per rule, per team and hour; a ticket that nobody had, one that changes its team, one that loses it, one that stays."""
    old, new = make_team("Old"), make_team("New")
    with time_machine.travel(NOON):
        rule = make_rule("Texts", to=old, when=IS_SMS)
        unowned, moved, lost = routed(channel="email"), routed(channel="sms"), routed(channel="sms", text="refund")
        stays = routed(channel="webchat")
        body = {"type": "ticket-property", "property": "body", "filter": {"type": "string", "operator": "not-contains", "value": "refund"}}
        email = {"type": "ticket-property", "property": "channel", "filter": {"type": "string", "operator": "equals", "value": "email"}}
        change_rule(rule, definition=all_of(CHANNEL_IS_SMS, body), to=To(team=new), by=None)
        second = create_rule("Mails", all_of(email), to=To(team=old), by=None)

        test = back_test()

    report = report_of(test)
    assert moves(test) == {unowned.pk: (second.pk, [old.pk]), moved.pk: (rule.pk, [new.pk]), lost.pk: (0, [])}
    assert stays.pk not in moves(test)
    assert (report.moved, test.total) == (3, 4)
    assert {team: (load.before, load.after) for team, load in report.loads.items()} == {0: (2, 2), old.pk: (2, 1), new.pk: (0, 1)}
    assert [counts for counts in report.loads[new.pk].hours.values() if counts != [0, 0]] == [[0, 1]]
    assert report.rules == {rule.pk: [2, 1], second.pk: [0, 1]}


def test_event_counts_as_of_the_ticket() -> None:
    """“In the last 2 hours” is before the ticket, not before the back-test; what was told after the decision was not known."""
    view = "Urgent"
    with time_machine.travel(NOON) as clock:
        buyer, late, old = (make_customer(email=f"{name}@example.com") for name in ("buyer", "late", "old"))
        track(buyer, "Placed Order", occurred_at=NOON - timedelta(minutes=5))
        track(old, "Placed Order", occurred_at=NOON - timedelta(hours=3))
        for customer in (buyer, late, old):
            routed(customer)
        clock.shift(timedelta(minutes=1))
        track(late, "Placed Order", occurred_at=NOON - timedelta(minutes=5))
        clock.shift(timedelta(days=5))
        rule = create_rule("Urgent", all_of(PLACED_ORDER_IN_2_HOURS), to=To(new_view=view), by=None)

        test = back_test()

    assert report_of(test).rules == {rule.pk: [0, 1]}


def test_without_its_rule_a_ticket_goes_by_tags_and_segments() -> None:
    """A10; where several teams would take turns, each gets its share."""
    ruled, tagged, vips = make_team("Ruled"), make_team("Tagged"), make_team("VIPs")
    segment = create_segment("VIP", None, by=None)
    TeamMatching.objects.create(team=tagged).tags.add(Tag.objects.create(name="Order"))
    TeamMatching.objects.create(team=vips).segments.add(segment)
    with time_machine.travel(NOON):
        rule = make_rule(to=ruled, when=IS_SMS)
        customer = make_customer()
        segment.memberships.create(customer=customer, since=NOON - timedelta(days=1))
        both, none = make_ticket(customer=customer, channel="sms"), routed(channel="sms")
        add_tag(both, "Order", by=None)
        route_ticket(both.pk, cause="created")
        delete_rule(rule, by=None)

        test = back_test()

    assert moves(test) == {both.pk: (0, sorted([tagged.pk, vips.pk])), none.pk: (0, [])}
    assert {team: load.after for team, load in report_of(test).loads.items()} == {ruled.pk: 0, tagged.pk: 0.5, vips.pk: 0.5, 0: 1}


def test_team_that_a_person_chose_does_not_move() -> None:
    ida = make_agent()
    with time_machine.travel(NOON):
        ticket = make_ticket(channel="sms")
        assign_team(ticket, make_team("Chosen"), by=ida)
        route_ticket(ticket.pk, cause="created")
        create_rule("Texts", IS_SMS, to=To(team=make_team()), by=None)

        test = back_test()

    assert (test.done, report_of(test).moved) == (1, 0)


def test_rule_that_is_off_can_be_tested_too() -> None:
    with time_machine.travel(NOON):
        ticket = routed(channel="sms")
        draft = create_rule("Mine", IS_SMS, to=To(team=make_team()), by=make_agent())

        without, with_it = back_test(), back_test(also=[draft.pk])

    assert (moves(without), list(moves(with_it))) == ({}, [ticket.pk])


def test_batches_add_up_and_a_dead_worker_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is counted twice: the counters and how far it has come are one commit."""
    team = make_team()
    monkeypatch.setattr(runs, "BATCH", 2)
    with time_machine.travel(NOON) as clock:
        for _ in range(5):
            routed(channel="sms")
        create_rule("Texts", IS_SMS, to=To(team=team), by=None)
        test = start(by=None, days=7)
        BackTest.objects.filter(pk=test.pk).update(status="running", next_at=NOON + runs.WORK.lease)  # its worker died at once
        run_tasks()
        test.refresh_from_db()
        untouched = test.done
        clock.shift(runs.WORK.lease)
        runs.sweep_back_tests.func()
        run_tasks()

    test.refresh_from_db()
    assert (untouched, test.done, test.status, report_of(test).moved, test.moves.count()) == (0, 5, "done", 5, 5)


def test_cancelled_one_counts_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(NOON):
        routed(channel="sms")
        test = start(by=None, days=7)
        cancel(test, by=make_agent(role=Role.MANAGER))
        run_tasks()

    test.refresh_from_db()
    assert (test.status, test.done) == ("cancelled", 0)


@pytest.mark.parametrize("act", [lambda by: start(by=by, days=30), lambda by: cancel(BackTest(), by=by)], ids=["start", "cancel"])
def test_only_managers_test_rules_against_the_past(act: Callable[[Any], Any]) -> None:
    with pytest.raises(NotForYou):
        act(make_agent())


def test_other_stretches_are_refused_in_words() -> None:
    with pytest.raises(RuleError, match=r"7, 30 or 90 days"):
        start(by=None, days=365)


def test_deleted_team_breaks_nothing() -> None:
    gone = make_team()
    with time_machine.travel(NOON):
        make_rule(to=gone, when=IS_SMS)
        routed(channel="sms")
        Team.objects.filter(pk=gone.pk).delete()

        test = back_test()

    assert (test.status, test.done) == ("done", 1)
