"""Surges in Unassigned (B13)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from helpdesk.demo.past import living_at
from helpdesk.reports.asked import Asked
from helpdesk.reports.questions import LEFT, tickets_behind
from helpdesk.reports.surges import unassigned_arrivals
from helpdesk.tickets.acts.assignment import assign_agent, assign_team
from helpdesk.tickets.models import Ticket
from routing.models import RoutingDecision
from routing.router import route_ticket
from routing.waiting import route_waiting
from tests.factories import CHANNEL_IS_SMS, all_of, make_agent, make_customer, make_rule, make_team, make_ticket
from tests.reports.desk import a_ticket, at
from tests.routing.applications import applied

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 16)


def arrive(moment: datetime, count: int, *, channel: str = "email", **decided: Any) -> list[Ticket]:
    customer = make_customer()
    tickets = [a_ticket(moment, customer=customer, channel=channel) for _ in range(count)]
    RoutingDecision.objects.bulk_create(RoutingDecision(ticket=ticket, cause="created", at=moment, **{"left_alone": True} | decided) for ticket in tickets)
    return tickets


def weeks_before(*counts: int, channel: str = "email") -> None:
    """The Mondays before, the latest first."""
    for number, count in enumerate(counts, 1):
        arrive(at("2026-11-16 10:00") - timedelta(days=7 * number), count, channel=channel)


def told(asked: Asked) -> list[tuple[str, str, int, float | None, bool]]:
    return [(str(each.day), each.channel, each.count, each.usual, each.is_surge) for each in unassigned_arrivals(asked)]


def test_b13_day_far_above_what_is_usual_is_a_surge() -> None:
    """Three are usual and spread by one: eight are marked, seven are not. Each channel has what is usual of its own."""
    weeks_before(2, 3, 4, 2, 4, 3, 3, 3)
    weeks_before(9, 9, 9, 9, channel="sms")
    arrive(at("2026-11-16 23:59"), 8)
    arrive(at("2026-11-16 00:00"), 10, channel="sms")

    assert told(Asked(MONDAY, MONDAY)) == [("2026-11-16", "email", 8, 3.0, True), ("2026-11-16", "sms", 10, 4.5, False)]


@pytest.mark.parametrize(
    ("before", "count", "is_surge"), [((3,) * 8, 7, False), ((3,) * 8, 8, True), ((0, 20, 0, 20, 0, 20, 0, 20), 49, False), ((0, 20) * 4, 50, True)]
)
def test_b13_surge_needs_five_more_and_four_spreads(before: tuple[int, ...], count: int, is_surge: bool) -> None:
    arrive(at("2026-09-21 09:00"), 1, left_alone=False, agent=make_agent())  # the desk's history begins before
    weeks_before(*before)
    arrive(at("2026-11-16 12:00"), count)

    assert told(Asked(MONDAY, MONDAY)) == [("2026-11-16", "email", count, float(sorted(before)[3] + sorted(before)[4]) / 2, is_surge)]


def test_b13_arrival_counts_on_whoever_gets_it_later() -> None:
    """What was left in the night was left, also when the morning has handed it out; likewise if somebody takes it."""
    today = Asked.usual()
    later, taken = make_ticket(), make_ticket()
    for ticket in (later, taken):
        route_ticket(ticket.pk, cause="created")
    ada = make_agent("Ada", online=True)
    assign_agent(taken, ada, by=ada)

    assert route_waiting() == 1
    assert [(each.day, each.count) for each in unassigned_arrivals(today)] == [(today.last, 2)]
    assert set(tickets_behind(today, LEFT)) == {later, taken}


def test_b13_what_was_left_before_the_column_is_found_in_its_history() -> None:
    left, of_team = make_ticket(), make_ticket()
    assign_team(of_team, make_team("Empty"), by=make_agent())
    for ticket in (left, of_team):
        route_ticket(ticket.pk, cause="created")
    make_agent("Ada", online=True)
    route_waiting()
    route_ticket(make_ticket().pk, cause="created")
    RoutingDecision.objects.update(left_alone=False)

    import_module("routing.migrations.0011_left_alone").mark_what_was_left(apps, None)

    assert [decision.ticket for decision in RoutingDecision.objects.filter(left_alone=True)] == [left]


def test_b13_sleeper_was_not_left() -> None:
    """Nobody was asked for, since nobody expects it to move."""
    ticket = make_ticket()
    Ticket.objects.update(snoozed_until=timezone.now() + timedelta(hours=1))

    assert route_ticket(ticket.pk, cause="created").left_alone is False


def test_new_desk_knows_nothing_usual() -> None:
    weeks_before(1, 1, 1)
    arrive(at("2026-11-16 12:00"), 50)

    assert told(Asked(MONDAY, MONDAY)) == [("2026-11-16", "email", 50, None, False)]


def test_b13_only_what_routing_left_without_team_and_agent() -> None:
    ada, team, today = make_agent("Ada"), make_team("Empty"), Asked.usual()
    left, of_team, taken = make_ticket(), make_ticket(), make_ticket()
    assign_team(of_team, team, by=ada)
    Ticket.objects.filter(pk=taken.pk).update(assignee=ada)
    for ticket in (left, of_team, taken):
        route_ticket(ticket.pk, cause="created")
    route_ticket(left.pk, cause="read late")

    assert [(each.day, each.count) for each in unassigned_arrivals(today)] == [(today.last, 1)]


def test_b13_applying_the_rules_is_no_arrival() -> None:
    """C14: what they leave where it is came in when it did, however often they are applied."""
    ticket, today = make_ticket(), Asked.usual()
    with living_at(timezone.now() - timedelta(days=3)):
        route_ticket(ticket.pk, cause="created")
    make_rule(to=make_team(), when=all_of(CHANNEL_IS_SMS))

    applied()

    assert ticket.decisions.filter(left_alone=True).count() == 2
    assert [(each.day, each.count) for each in unassigned_arrivals(today)] == [(today.last - timedelta(days=3), 1)]
    assert [tickets_behind(asked, LEFT).count() for asked in (Asked(today.last, today.last), today)] == [0, 1]
