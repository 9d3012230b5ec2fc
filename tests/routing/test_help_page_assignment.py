"""The help page on assigning tickets, as far as it is automatic (A2–A4, A10–A22), sentence by sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.adapter import get_adapter
from django.test import Client
from django.utils import timezone
from django_ox.testing import run_tasks
from rest_framework.test import APIClient

from agents import people
from agents.availability import note_sign_of_life
from agents.models import Agent, Availability, Role, Team
from helpdesk.customers.segments import create_segment
from helpdesk.intake import Sender
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.models import Tag, Ticket
from routing.models import RoundRobinSettings, TeamMatching
from routing.waiting import route_waiting
from tests.factories import make_agent, make_customer, make_team, receive
from tests.inbox.browsing import browser_of
from tests.routing.test_help_page_round_robin import CLOSED, SETTINGS, arrive, hours, open_now, owner

pytestmark = pytest.mark.django_db
ON = {"is_on": "on", "capacity": "0", "handing_out_limit": "20", "backlog_after": "60"}


def go(tab: Client, online: str) -> None:
    tab.post("/availability/", {"online": online})


def taking(name: str, *members: Agent, tag: str) -> Team:
    """A team as Settings > Teams makes it, that takes tickets with this tag."""
    team = make_team(name, *members)
    TeamMatching.objects.create(team=team).tags.add(Tag.objects.get_or_create(name=tag)[0])
    return team


def tagged(tag: str) -> Ticket:
    ticket = Ticket.objects.get(pk=receive().ticket)
    add_tag(ticket, tag, by=None)
    run_tasks(raise_failures=True)
    ticket.refresh_from_db()
    return ticket


def test_a2_there_are_three_ways() -> None:
    """A2: to a team by its tag, in turn, and by hand."""
    ada, bob = make_agent("Ada", online=True), make_agent("Bob", online=True)
    team = taking("Returns", bob, tag="return")

    by_tag, in_turn, by_hand = tagged("return"), arrive(), arrive()
    assign_agent(by_hand, ada, by=bob)

    assert [(ticket.team, ticket.assignee) for ticket in (by_tag, in_turn, by_hand)] == [(team, bob), (None, ada), (None, ada)]


def test_a3_segment_routes_to_its_team() -> None:
    """A3, A10: of the customer."""
    french = {"type": "profile-property", "property": "country", "filter": {"type": "string", "operator": "equals", "value": "France"}}
    segment = create_segment("French", {"condition_groups": [{"conditions": [french]}]}, by=make_agent(role=Role.MANAGER))
    bob = make_agent("Bob", online=True)
    team = make_team("Paris", bob)
    TeamMatching.objects.create(team=team).segments.add(segment)
    make_customer(email="claire@example.com", country="France")

    ticket = arrive(sender=Sender(email="claire@example.com"))

    assert (ticket.team, ticket.assignee) == (team, bob)


def test_a4_online_agents_take_turns() -> None:
    """A4."""
    ada, bob, _off = make_agent("Ada", online=True), make_agent("Bob", online=True), make_agent("Off")

    assert [owner() for _ in range(5)] == [ada, bob, ada, bob, ada]


def test_a10_team_is_made_in_the_settings() -> None:
    """A10: name, description, tags and segments; Save."""
    bob, tag = make_agent("Bob"), Tag.objects.create(name="return")
    rows = {"matching-TOTAL_FORMS": "1", "matching-INITIAL_FORMS": "0", "matching-0-tags": [str(tag.pk)]}

    browser_of(make_agent(role=Role.MANAGER)).post(
        "/admin/agents/team/add/", {"name": "Returns", "description": "Sends back", "members": [str(bob.pk)], **rows}
    )

    team = Team.objects.get()
    assert (team.name, team.description, list(team.members.all()), list(team.matching.tags.all())) == ("Returns", "Sends back", [bob], [tag])


def test_a11_team_without_agents_is_told_of_and_its_tickets_wait() -> None:
    """A11: in the settings it is said; nothing is lost."""
    make_agent("Ada", online=True)
    team = taking("Returns", tag="return")

    ticket = tagged("return")
    page = browser_of(make_agent(role=Role.MANAGER)).get("/admin/agents/team/").content.decode()

    assert (ticket.team, ticket.assignee, "No members" in page) == (team, None, True)


def test_a12_every_matching_ticket_is_assigned_to_a_member() -> None:
    """A12: in turn, and to no outsider."""
    ada, bob, _outsider = (make_agent(name, online=True) for name in ("Ada", "Bob", "Eva"))
    taking("Returns", ada, bob, tag="return")

    assert [tagged("return").assignee for _ in range(4)] == [ada, bob, ada, bob]


def test_a13_round_robin_is_switched_on_and_saved() -> None:
    """A13."""
    RoundRobinSettings.objects.create(pk=1, is_on=False)

    browser_of(make_agent(role=Role.ADMIN)).post(SETTINGS, ON)

    assert RoundRobinSettings.objects.get().is_on is True


def test_a14_everybody_who_answers_sees_the_switch() -> None:
    """A14: and who does not answer sees none."""
    pages = {role: browser_of(make_agent(role=role)).get("/inbox/all/").content.decode() for role in Role}

    assert {role: 'id="availability-switch"' in page for role, page in pages.items()} == {role: role != Role.ANALYST for role in Role}


def test_a15_only_online_users_get_automatic_tickets() -> None:
    """A15: from the moment of going Offline on."""
    ada = make_agent("Ada")
    tab = browser_of(ada)
    before = owner()
    go(tab, "1")
    run_tasks(raise_failures=True)
    while_online = owner()
    go(tab, "0")

    assert (before, while_online, owner()) == (None, ada, None)


def test_a16_status_is_set_by_hand() -> None:
    """A16: neither signing in, nor opening a page, nor writing sets it."""
    ada = make_agent("Ada")
    tab = browser_of(ada)
    ticket = arrive()

    tab.get("/inbox/all/")
    tab.post(f"/tickets/{ticket.pk}/messages/", {"kind": "reply", "body": "Hello"})

    assert Availability.objects.filter(agent=ada, is_online=True).exists() is False


@pytest.mark.parametrize("role", list(Role))
def test_a17_nobody_sets_anothers_status(role: Role) -> None:
    """A17: by the page, the API and the admin, whatever is sent along."""
    bob = make_agent("Bob", online=True)
    tab, api = browser_of(me := make_agent(role=role)), APIClient()
    api.force_authenticate(me)
    fields = {"agent": bob.pk, "user": bob.pk, "id": bob.pk, "is_online": "", "availability-0-is_online": "", "presence": "offline"}

    tab.post("/availability/", {"online": "0", **fields})
    api.put("/api/v1/me/availability/", {"online": False, "agent": bob.pk}, format="json")
    tab.post(f"/admin/agents/agent/{bob.pk}/change/", {"name": "Bob", "email": bob.email, "role": bob.role, "is_active": "on", **fields})

    assert Availability.objects.get(agent=bob).is_online is True


def online(agent: Agent) -> bool:
    """As the rotation sees it: somebody who is Online gets this one."""
    return owner() == agent


@pytest.mark.parametrize("way", ["signs out", "session expires", "is signed out", "is switched off", "loses the role", "gets another password"])
def test_a18_whoever_is_signed_out_is_offline(way: str, settings: Any) -> None:
    """A18: before the next assignment commits, whichever way it came about. A page that gives signs of life changes nothing about it."""
    settings.PRESENCE_TTL = 10**9
    ada, chief = make_agent("Ada"), make_agent(role=Role.OWNER)
    tab = browser_of(ada)
    go(tab, "1")
    run_tasks(raise_failures=True)
    before = online(ada)

    if way == "signs out":
        tab.post("/account/logout/")
    elif way == "is signed out":
        people.sign_out(ada)
    elif way == "is switched off":
        people.deactivate(ada, by=chief)
    elif way == "loses the role":
        people.set_role(ada, Role.ANALYST, by=chief)
    elif way == "gets another password":
        get_adapter().set_password(ada, "another-password-2026")
    expired = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE + 1 if way == "session expires" else 0)
    with time_machine.travel(expired, tick=False):
        after = online(ada)

    assert (before, after) == (True, False)


def test_a18_another_page_of_the_same_person_keeps_them_online(settings: Any) -> None:
    """A18: the session that was last seen is the one that counts."""
    settings.PRESENCE_TTL = 10**9
    ada = make_agent("Ada")
    go(browser_of(ada), "1")
    later = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE - 1)
    with time_machine.travel(later, tick=False):
        note_sign_of_life(ada, session_key=str(browser_of(ada).session.session_key))
    with time_machine.travel(later + timedelta(days=1), tick=False):
        after = online(ada)

    assert after is True


def test_a19_outside_hours_nothing_is_assigned_automatically() -> None:
    """A19, C1: with every channel only in business hours, which is one action in the settings."""
    RoundRobinSettings.objects.create(pk=1)
    make_agent("Ada", online=True)
    manager = browser_of(make_agent(role=Role.MANAGER))
    manager.post("/admin/routing/roundrobinsettings/", {"action": "all_in_hours", "_selected_action": "1"})
    RoundRobinSettings.objects.update(hours_email=True, hours_webchat=True, hours_sms=True, hours_social=True, hours_api=True)
    hours(CLOSED)

    assert [owner(channel=channel) for channel in ("email", "webchat", "sms", "social", "api")] == [None] * 5


def test_a20_by_hand_outside_hours_does_not_disturb_the_rotation() -> None:
    """A20."""
    ada, bob = make_agent("Ada", online=True), make_agent("Bob", online=True)
    open_now()
    first = owner(channel="webchat")
    hours(CLOSED)
    taken = arrive(channel="webchat")
    assign_agent(taken, bob, by=bob)
    open_now()

    assert (first, taken.assignee, owner(channel="webchat")) == (ada, bob, bob)


def test_a21_assignment_resumes_when_hours_start_again() -> None:
    """A21, C8: oldest first."""
    ada, bob = make_agent("Ada", online=True), make_agent("Bob", online=True)
    hours(CLOSED)
    tickets = [arrive(channel="webchat") for _ in range(3)]
    open_now()

    route_waiting()

    assert list(Ticket.objects.filter(pk__in=[each.pk for each in tickets]).order_by("pk").values_list("assignee", flat=True)) == [ada.pk, bob.pk, ada.pk]


def test_a22_manual_mode_is_round_robin_off() -> None:
    """A22: nothing is assigned, and nothing is handed out later."""
    RoundRobinSettings.objects.create(pk=1, is_on=False)
    make_agent("Ada", online=True)

    assert (owner(), route_waiting()) == (None, 0)
