"""Business hours and round robin: A19 and B7/B8, reconciled by C1."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from agents.models import Agent, Availability, BusinessHours, SpecialDay
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.models import Channel, Ticket
from routing.models import RoundRobinSettings
from routing.router import route_ticket
from routing.waiting import route_waiting
from tests.factories import make_agent, make_ticket
from tests.tickets.reading import again

pytestmark = pytest.mark.django_db
FRIDAY_NOON, FRIDAY_NIGHT, SATURDAY, MONDAY = (datetime(2026, 11, day, hour, tzinfo=UTC) for day, hour in ((20, 11), (20, 20), (21, 11), (23, 8)))

Clock = Callable[[datetime], None]


@pytest.fixture
def clock(settings: Any) -> Iterator[Clock]:
    """`clock(instant)` makes it that time. Pages stay open over night."""
    settings.PRESENCE_TTL = 10**9
    BusinessHours.objects.create(pk=1, days={str(day): [["09:00", "17:00"]] for day in range(5)})
    with time_machine.travel(FRIDAY_NOON, tick=False) as traveller:
        yield lambda instant: traveller.move_to(instant, tick=False)


def arrive(channel: str) -> tuple[Ticket, Agent | None, str]:
    ticket = make_ticket(channel=channel)
    decision = route_ticket(ticket.pk, cause="test")
    return ticket, again(ticket).assignee, decision.waiting_because


@pytest.mark.parametrize(("channel", "is_given"), [("webchat", False), ("email", True), ("sms", True), ("social", True), ("api", True)])
def test_only_web_chat_waits_for_the_hours(clock: Clock, channel: str, is_given: bool) -> None:
    """B7, B8, C1: as a desk is that nobody has set up otherwise."""
    ada = make_agent("Ada", online=True)

    given = []
    for instant in (FRIDAY_NOON, FRIDAY_NIGHT, SATURDAY):
        clock(instant)
        given.append(arrive(channel)[1:])

    closed = (ada, "") if is_given else (None, "outside business hours")
    assert given == [(ada, ""), closed, closed]


@pytest.mark.parametrize("channel", Channel.values)
@pytest.mark.parametrize("only_in_hours", [True, False])
def test_each_channel_has_its_switch(clock: Clock, channel: str, only_in_hours: bool) -> None:
    """C1: with all of them on this is A19."""
    RoundRobinSettings.objects.create(pk=1, **{f"hours_{name}": only_in_hours is (name == channel) for name in Channel.values})
    make_agent("Ada", online=True)
    clock(FRIDAY_NIGHT)

    assert arrive(channel)[2] == ("outside business hours" if only_in_hours else "")


def test_assignment_resumes_when_hours_open(clock: Clock) -> None:
    """A21, B7, C8: what came in over the weekend goes out oldest first."""
    agents = [make_agent("Ada", online=True), make_agent("Bob", online=True)]
    clock(SATURDAY)
    tickets = [arrive("webchat")[0] for _ in range(3)]

    before = route_waiting()
    clock(MONDAY)
    after = route_waiting()

    assert (before, after) == (0, 3)
    assert [again(ticket).assignee for ticket in tickets] == [agents[0], agents[1], agents[0]]


def test_by_hand_outside_hours_does_not_disturb_the_rotation(clock: Clock) -> None:
    """A20."""
    ada, bob = make_agent("Ada", online=True), make_agent("Bob", online=True)
    first = arrive("webchat")[1]
    clock(SATURDAY)
    taken, *_ = arrive("webchat")
    assign_agent(taken, bob, by=bob)
    clock(MONDAY)

    then = [arrive("webchat")[1] for _ in range(2)]

    assert (first, again(taken).assignee, then) == (ada, bob, [bob, ada])


def test_opening_switches_nobody_online(clock: Clock) -> None:
    """B18."""
    make_agent("Ada")
    clock(SATURDAY)
    ticket, *_ = arrive("webchat")
    clock(MONDAY)

    route_waiting()

    assert again(ticket).assignee is None
    assert list(Availability.objects.all()) == []


def test_closed_day_is_outside_business_hours(clock: Clock) -> None:
    make_agent("Ada", online=True)
    SpecialDay.objects.create(hours=BusinessHours.objects.get(), date="2026-11-20")

    assert arrive("webchat")[2] == "outside business hours"
