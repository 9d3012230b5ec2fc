"""Every decision about a ticket, each with its own reasons (I2)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from agents.models import Agent, BusinessHours, Role
from helpdesk.inbox.ticket.decisions import cause
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.models import SavedView, Ticket
from routing.models import RoundRobinSettings, RoutingDecision
from routing.router import route_ticket
from routing.rules import delete_rule
from routing.shifts import go_online
from routing.waiting import route_waiting
from tests.factories import CHANNEL_IS_SMS, all_of, make_agent, make_rule, make_team, make_ticket
from tests.inbox.browsing import browser_of, queries
from tests.routing.applications import applied, undone

pytestmark = pytest.mark.django_db
SMS = all_of(CHANNEL_IS_SMS)
NOBODY = "Nobody who could have got it was Online."


@pytest.fixture
def ada() -> Agent:
    return make_agent("Ada")


@pytest.fixture
def tab(ada: Agent) -> Client:
    return browser_of(ada)


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def page(tab: Client, ticket: Ticket, query: str = "") -> str:
    return plain(tab.get(f"/tickets/{ticket.pk}/why/{query}").content.decode().partition("<main")[2])


def decided(ticket: Ticket, cause: str, *, minutes_ago: int) -> RoutingDecision:
    decision = route_ticket(ticket.pk, cause=cause)
    at = timezone.now() - timedelta(minutes=minutes_ago)
    ticket.view_entries.filter(matched_at__gte=decision.at).update(matched_at=at)
    RoutingDecision.objects.filter(pk=decision.pk).update(at=at)
    return decision


def test_why_page_lists_every_decision_and_opens_each(tab: Client) -> None:
    """When, why then, by which version, where to."""
    ticket, returns = make_ticket(channel="sms"), make_team("Returns")
    first = decided(ticket, "created 1", minutes_ago=9)
    make_rule("Texts", to=returns, when=SMS)
    decided(ticket, "reopened 2", minutes_ago=1)

    latest, earlier = page(tab, ticket), page(tab, ticket, f"?decision={first.pk}")

    listed = re.findall(r"\d\d:\d\d:\d\d (?:shown above )?(Came (?:in|back), SMS) (Version 1|None published) (Returns|Nowhere else)", latest)
    assert listed == [("Came back, SMS", "Version 1", "Returns"), ("Came in, SMS", "None published", "Nowhere else")]
    assert "In short Rule 1, Texts, gave this ticket to Returns ." in latest
    assert "This is an earlier decision. To the latest In short No rules had been published." in earlier


def test_decision_about_another_ticket_is_not_shown(tab: Client) -> None:
    """V3."""
    ticket, other = make_ticket(), decided(make_ticket(), "created 1", minutes_ago=1)

    found = [tab.get(f"/tickets/{ticket.pk}/why/?decision={number}").status_code for number in (other.pk, "9" * 30, "x", "\0")]

    assert found == [404] * 4


def test_each_view_names_the_decision_and_the_rule_that_put_it_there(tab: Client) -> None:
    """C20: a match stays, though the rule has gone since."""
    ticket, fraud, watch = make_ticket(channel="sms"), SavedView.objects.create(name="Fraud"), SavedView.objects.create(name="Watch")
    gone = make_rule("Old texts", to=fraud, when=SMS)
    first = decided(ticket, "created 1", minutes_ago=9)
    delete_rule(gone, by=None)
    make_rule("Texts", to=watch, when=SMS)
    second = decided(ticket, "applied 1", minutes_ago=1)

    html = tab.get(f"/tickets/{ticket.pk}/why/").content.decode()

    part = html.partition('aria-labelledby="places"')[2].partition("</section>")[0]
    assert re.findall(r">(Fraud|Watch)</a>|by rule ([^<]+)<|decision=(\d+)", part) == [
        ("Fraud", "", ""),
        ("", "1, Old texts", ""),
        ("", "", str(first.pk)),
        ("Watch", "", ""),
        ("", "1, Texts", ""),
        ("", "", str(second.pk)),
    ]


def test_overview_leads_to_earlier_decisions(tab: Client) -> None:
    ticket = make_ticket(channel="sms")
    first = decided(ticket, "created 1", minutes_ago=9)
    make_rule("Texts", to=make_team("Returns"), when=SMS)
    decided(ticket, "scored 2", minutes_ago=1)

    html = tab.get(f"/tickets/{ticket.pk}/").content.decode()

    assert re.findall(r"why/\?in=all&amp;decision=(\d+)", html) == [str(first.pk)]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("created 1", "Came in, SMS"),
        ("reopened 2", "Came back, SMS"),
        ("scored 3", "Its sentiment was read later"),
        ("applied 4", "The rules were applied to open tickets"),
    ],
)
def test_cause_is_told_in_words(written: str, said: str) -> None:
    assert cause(RoutingDecision(ticket=Ticket(channel="sms"), cause=written)) == said


def test_ticket_that_was_given_back_waits_no_longer(tab: Client, ada: Agent) -> None:
    """A30: it stays where a person has put it."""
    ticket = make_ticket()
    route_ticket(ticket.pk, cause="created 1")
    waiting = page(tab, ticket)
    Ticket.objects.filter(pk=ticket.pk).update(assignee=ada)

    assign_agent(Ticket.objects.get(pk=ticket.pk), None, by=ada)

    assert ("It waits: nobody who could get it is Online now." in waiting, NOBODY in waiting) == (True, True)
    assert (NOBODY in page(tab, ticket), "It waits" in page(tab, ticket)) == (True, False)


def test_what_was_so_and_what_is_so_now_are_told_apart(tab: Client, ada: Agent) -> None:
    """I2: nobody was Online then; now somebody is, who has no room. Every page says both in the same words."""
    RoundRobinSettings.objects.create(pk=1, capacity=1)
    ticket = make_ticket()
    decided(ticket, "created 1", minutes_ago=9)
    go_online(make_agent("Bob"))
    Ticket.objects.filter(pk=make_ticket().pk).update(assignee=Agent.objects.get(name="Bob"), assigned_automatically=True)
    route_waiting()

    pages = [page(tab, ticket), plain(tab.get(f"/tickets/{ticket.pk}/").content.decode())]

    assert [(NOBODY in html, "It waits: everybody who could get it is full now." in html) for html in pages] == [(True, True)] * 2


@pytest.mark.parametrize(
    ("is_on", "periods", "said"),
    [
        (False, [["00:00", "24:00"]], "It waits: round robin is off now."),
        (True, [], "It waits: the desk is closed now."),
        (True, [["00:00", "24:00"]], "It is about to be handed out."),
    ],
)
def test_why_it_waits_is_asked_now(tab: Client, is_on: bool, periods: list[list[str]], said: str) -> None:
    ticket = make_ticket(channel="webchat")
    decided(ticket, "created 1", minutes_ago=9)
    BusinessHours.objects.create(pk=1, days={str(day): periods for day in range(7)})
    RoundRobinSettings.objects.create(pk=1, is_on=is_on)
    make_agent("Bob", online=True)

    assert said in page(tab, ticket)


def test_ticket_of_an_application_that_was_undone_waits_no_longer() -> None:
    """C14."""
    cleo = make_agent("Cleo", role=Role.MANAGER)
    ticket = make_ticket(channel="sms")
    make_rule("Texts", to=make_team("Returns"), when=SMS)
    tab = browser_of(cleo)

    undone(applied(), by=cleo)

    assert (NOBODY in page(tab, ticket), "It waits" in page(tab, ticket)) == (True, False)


def test_more_decisions_and_views_need_no_more_queries(tab: Client) -> None:
    ticket = make_ticket(channel="sms")

    def decide_once_more(number: int) -> None:
        make_rule(to=SavedView.objects.create(name=f"View {number}"), when=SMS)
        decided(ticket, f"applied {number}", minutes_ago=9 - number)
        page(tab, ticket)

    decide_once_more(1)
    decide_once_more(2)
    needed = [queries(tab, f"/tickets/{ticket.pk}/{path}") for path in ("", "why/")]
    decide_once_more(3)
    decide_once_more(4)

    assert [queries(tab, f"/tickets/{ticket.pk}/{path}") for path in ("", "why/")] == needed
