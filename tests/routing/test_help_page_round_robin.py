"""The help page on round robin (B1–B18), sentence by sentence, by the verbs that the desk itself calls."""

from __future__ import annotations

from typing import Any

import pytest
from django_ox.testing import run_tasks

from agents.models import Agent, BusinessHours, Role, Toast
from helpdesk.tickets.models import Ticket
from routing.models import RoundRobinSettings
from routing.shifts import go_offline, go_online
from routing.waiting import route_waiting
from tests.factories import make_agent, make_team, receive
from tests.inbox.browsing import browser_of

pytestmark = pytest.mark.django_db
SETTINGS = "/admin/routing/roundrobinsettings/1/change/"
CLOSED: dict[str, list[list[str]]] = {}


def arrive(**fields: Any) -> Ticket:
    """A message comes in and is worked off, as every message is."""
    receipt = receive(**fields)
    run_tasks(raise_failures=True)
    return Ticket.objects.get(pk=receipt.ticket)


def owner(**fields: Any) -> Agent | None:
    return arrive(**fields).assignee


def hours(days: dict[str, list[list[str]]]) -> None:
    BusinessHours.objects.update_or_create(pk=1, defaults={"days": days})


def open_now() -> None:
    hours({str(day): [["00:00", "24:00"]] for day in range(7)})


@pytest.fixture
def two() -> list[Agent]:
    return [make_agent(name, online=True) for name in ("Ada", "Bob")]


def test_b1_new_conversations_are_distributed_without_triage_and_evenly(two: list[Agent]) -> None:
    """B1: nobody has touched anything, and the load is fair."""
    owners = [owner() for _ in range(6)]

    assert [owners.count(agent) for agent in two] == [3, 3]


@pytest.mark.parametrize(("role", "gets_it"), [*((role, True) for role in ("Owner", "Admin", "Manager", "Agent")), ("Analyst", False)])
def test_b2_users_of_role_agent_or_higher_take_part(role: str, gets_it: bool) -> None:
    """B2: an Analyst's switch cannot even be pressed."""
    agent = make_agent(role=Role(role))
    browser_of(agent).post("/availability/", {"online": "1"})

    assert (owner() == agent) is gets_it


def test_b3_works_for_email_chat_sms_and_social(two: list[Agent]) -> None:
    """B3."""
    open_now()

    assert [owner(channel=channel) for channel in ("email", "webchat", "sms", "social")] == [*two, *two]


@pytest.mark.parametrize(("role", "may"), [("Owner", True), ("Admin", True), ("Manager", True), ("Agent", False), ("Analyst", False)])
def test_b4_owners_admins_and_managers_switch_it(role: str, may: bool) -> None:
    """B4: in the settings, which nobody else reaches."""
    RoundRobinSettings.objects.create(pk=1)

    browser_of(make_agent(role=Role(role))).post(SETTINGS, {"capacity": "0", "handing_out_limit": "20", "backlog_after": "60"})

    assert RoundRobinSettings.objects.get().is_on is not may


def test_b5_next_ticket_goes_to_the_next_active_agent(two: list[Agent]) -> None:
    """B5: one who has gone Offline is passed over."""
    ada, bob = two
    eva = make_agent("Eva", online=True)
    first = owner()
    go_offline(bob)

    assert [first, owner(), owner()] == [ada, eva, ada]


def test_b6_agents_switch_themselves_in_the_header_of_the_inbox() -> None:
    """B6: the form on the page is what does it."""
    ada = make_agent("Ada")
    tab = browser_of(ada)
    before = tab.get("/inbox/all/").content.decode()

    tab.post("/availability/", {"online": "1", "next": "/inbox/all/"})
    given = owner()
    after = tab.get("/inbox/all/").content.decode()

    assert ['aria-checked="false"' in before, given == ada, 'aria-checked="true"' in after] == [True, True, True]


def test_b7_web_chat_waits_for_the_next_business_day(two: list[Agent]) -> None:
    """B7."""
    hours(CLOSED)
    ticket = arrive(channel="webchat")

    before = (ticket.assignee, route_waiting())
    open_now()
    given = route_waiting()

    ticket.refresh_from_db()
    assert (before, given, ticket.assignee) == ((None, 0), 1, two[0])


def test_b8_other_channels_are_assigned_whenever_somebody_is_online(two: list[Agent]) -> None:
    """B8."""
    hours(CLOSED)

    assert [owner(channel=channel) for channel in ("email", "sms", "social")] == [*two, two[0]]


def test_b9_it_is_switched_on_in_the_settings(two: list[Agent]) -> None:
    """B9: On, Save; the hours are one link away, where time zone and periods are set."""
    RoundRobinSettings.objects.create(pk=1, is_on=False)
    before = owner()
    manager = browser_of(make_agent(role=Role.MANAGER))
    page = manager.get(SETTINGS).content.decode()
    manager.post(SETTINGS, {"is_on": "on", "hours_webchat": "on", "capacity": "0", "handing_out_limit": "20", "backlog_after": "60"})

    assert (before, owner()) == (None, two[0])
    assert "/admin/agents/businesshours/" in page


def test_b11_team_of_one_has_every_ticket_owned() -> None:
    """B11."""
    ada = make_agent("Ada", online=True)

    assert [owner() for _ in range(3)] == [ada, ada, ada]


def test_b14_going_offline_rebalances_nothing(two: list[Agent]) -> None:
    """B14, its first half: what one has stays theirs, whatever runs afterwards."""
    ada, _bob = two
    ticket = arrive()

    go_offline(ada)
    run_tasks(raise_failures=True)
    route_waiting()

    ticket.refresh_from_db()
    assert ticket.assignee == ada


def test_b15_there_is_one_pool_for_all_channels_and_teams(two: list[Agent]) -> None:
    """B15, C3: one ledger; a turn for a chat or in a team is a turn."""
    ada, bob = two
    open_now()
    team = make_team("Returns", ada)

    first = owner(channel="webchat")
    ticket = receive(channel="email").ticket
    Ticket.objects.filter(pk=ticket).update(team=team)
    run_tasks(raise_failures=True)

    assert (first, Ticket.objects.get(pk=ticket).assignee, owner(channel="sms"), owner()) == (ada, ada, bob, ada)


def test_b16_one_agent_online_gets_all_until_another_comes() -> None:
    """B16: also far beyond what waiting tickets are handed out up to (C8)."""
    RoundRobinSettings.objects.create(pk=1, handing_out_limit=2)
    ada, bob = make_agent("Ada", online=True), make_agent("Bob")

    alone = [owner() for _ in range(4)]
    go_online(bob)

    assert (alone, owner()) == ([ada] * 4, bob)


def test_b18_nobody_is_switched_online_when_the_hours_begin() -> None:
    """B18."""
    make_agent("Ada")
    hours(CLOSED)
    ticket = arrive(channel="webchat")
    open_now()

    given = route_waiting()

    ticket.refresh_from_db()
    assert (given, ticket.assignee, Toast.objects.count()) == (0, None, 0)
