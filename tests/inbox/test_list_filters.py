"""Lists narrowed and sorted (A9, S6): everything stands in the address."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Agent
from helpdesk.inbox import pages
from helpdesk.inbox.lists.shown import ShownList
from helpdesk.tickets.acts.assignment import assign_agent, assign_team
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.lists.saved_views import as_definition, create_view
from helpdesk.tickets.models import Ticket
from tests.factories import make_agent, make_team, make_ticket
from tests.inbox.browsing import browser_of, queries, rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(ada: Agent) -> dict[str, Ticket]:
    """One ticket for each filter, and one that passes none of them. The first is the newest."""
    bob, team = make_agent("Bob"), make_team("Returns")
    names = ("plain", "sms", "urgent", "negative", "tagged", "bobs", "in team", "high", "old", "closed", "snoozed", "spam")
    tickets = {name: make_ticket(name) for name in reversed(names)}
    change = {
        "sms": {"channel": "sms"},
        "urgent": {"sentiment_label": "urgent", "sentiment_score": 2},
        "negative": {"sentiment_label": "negative", "sentiment_score": 1},
        "high": {"priority": "high"},
        "old": {"created_at": datetime(2026, 3, 1, 12, tzinfo=UTC), "waiting_since": datetime(2026, 3, 1, 12, tzinfo=UTC)},
        "snoozed": {"snoozed_until": timezone.now() + timedelta(days=1)},
    }
    for name, fields in change.items():
        Ticket.objects.filter(pk=tickets[name].pk).update(**fields)
    add_tag(tickets["tagged"], "Order", by=ada)
    assign_agent(tickets["bobs"], bob, by=ada)
    assign_team(tickets["in team"], team, by=ada)
    for name in ("closed", "spam"):
        close(tickets[name], by=ada)
    Ticket.objects.filter(pk=tickets["spam"].pk).update(is_spam=True)
    return tickets


def listed(agent: Agent, tickets: dict[str, Ticket], address: str) -> list[str]:
    names = {ticket.pk: name for name, ticket in tickets.items()}
    return [names[number] for number in rows(browser_of(agent).get(address))]


OPEN = ["plain", "sms", "urgent", "negative", "tagged", "bobs", "in team", "high", "old"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", OPEN),
        ("status=open", OPEN),
        ("status=closed", ["closed"]),
        ("status=snoozed", ["snoozed"]),
        ("status=spam", ["spam"]),
        ("status=any", [*OPEN, "closed", "snoozed"]),
        ("channel=sms", ["sms"]),
        ("sentiment=urgent&sentiment=negative", ["urgent", "negative"]),
        ("sentiment=none&channel=sms", ["sms"]),
        ("tag=Order", ["tagged"]),
        ("assignee=none&tag=Order", ["tagged"]),
        ("priority=high", ["high"]),
        ("until=2026-03-01", ["old"]),
        ("since=2026-03-01&until=2026-03-01", ["old"]),
        ("until=2026-02-28", []),
        ("q=urgent", ["urgent"]),
        ("channel=sms&sentiment=urgent", []),
    ],
)
def test_filters_narrow_a_list(ada: Agent, desk: dict[str, Ticket], query: str, expected: list[str]) -> None:
    """A9: open ones by default; choices of one filter are joined by or, filters by and."""
    assert listed(ada, desk, f"/inbox/all/?{query}") == expected


def test_people_and_teams_are_filters_by_their_numbers(ada: Agent, desk: dict[str, Ticket]) -> None:
    bob, team = desk["bobs"].pk, desk["in team"].pk
    numbers = Ticket.objects.in_bulk([bob, team])

    by = [f"assignee={numbers[bob].assignee_id}", f"team={numbers[team].team_id}", f"team={numbers[team].team_id}&team=none&tag=Order"]

    assert [listed(ada, desk, f"/inbox/all/?{query}") for query in by] == [["bobs"], ["in team"], ["tagged"]]


@pytest.mark.parametrize(("sort", "first"), [("newest", "plain"), ("waiting", "old"), ("upset", "negative")])
def test_list_is_sorted_by_what_one_chooses(ada: Agent, desk: dict[str, Ticket], sort: str, first: str) -> None:
    """S6."""
    assert listed(ada, desk, f"/inbox/all/?sort={sort}")[0] == first


@pytest.mark.parametrize("sort", ["newest", "waiting", "upset"])
def test_pages_go_on_within_filters_and_order(ada: Agent, desk: dict[str, Ticket], monkeypatch: pytest.MonkeyPatch, sort: str) -> None:
    whole = listed(ada, desk, f"/inbox/all/?sort={sort}&status=any&sentiment=none")
    monkeypatch.setattr(pages, "PAGE", 2)
    browser, names = browser_of(ada), {ticket.pk: name for name, ticket in desk.items()}

    read, address = [], f"/inbox/all/?sort={sort}&status=any&sentiment=none"
    while address:
        response = browser.get(address, headers={"HX-Request": "true", "HX-Target": "older"})
        read += [names[number] for number in rows(response)]
        older = re.search(r'href="([^"]+before=[^"]+)"', response.content.decode())
        address = older[1].replace("&amp;", "&") if older else ""

    assert read == whole


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("channel=pigeon", "Select a valid choice. pigeon is not one of the available choices."),
        ("since=soon", "Enter a valid date."),
        ("team=99999999999999999999", "is not one of the available choices."),
        ("tag=Nothing", "Nothing is not one of the available choices."),
        ("status=lost", "lost is not one of the available choices."),
        ("until=9999-12-31", "Ensure this value is less than or equal to 9998-12-31."),
        ("since=0001-01-01", "Ensure this value is greater than or equal to 1970-01-01."),
    ],
)
def test_what_cannot_be_read_is_said_and_narrows_nothing(ada: Agent, desk: dict[str, Ticket], query: str, said: str) -> None:
    browser = browser_of(ada)

    response = browser.get(f"/inbox/all/?{query}&priority=high")
    acted = browser.post("/acts/", {"everything": "1", "in": f"all?{query}", "do": "close"})

    assert (response.status_code, acted.status_code) == (200, 422)
    assert rows(response) == [desk["high"].pk]
    assert said in response.content.decode()
    assert listed(ada, desk, "/inbox/all/") == OPEN


@pytest.mark.parametrize("before", ["x", "7", "7~x", "~", "2026-01-01T00:00:00+00:00~1"])
def test_cursor_of_another_order_is_not_there(ada: Agent, before: str) -> None:
    assert browser_of(ada).get("/inbox/all/", {"sort": "upset", "before": before}).status_code == 404


def test_ticket_is_opened_within_the_list_as_it_was_narrowed(ada: Agent, desk: dict[str, Ticket]) -> None:
    """The address holds the whole state: the list beside the ticket is the one it was opened from, and forms lead back there."""
    browser = browser_of(ada)
    link = re.search(r'href="(/tickets/\d+/\?in=[^"]+)"', browser.get("/inbox/all/?sentiment=urgent&sentiment=negative&sort=upset").content.decode())
    assert link

    page = browser.get(link[1])
    posted = re.search(r'action="(/tickets/\d+/assignment/[^"]*)"', page.content.decode())
    assert posted
    after: Any = browser.post(posted[1], {"assignee": "", "seen_assignee": ""})

    assert rows(page) == [desk["negative"].pk, desk["urgent"].pk]
    assert after["Location"] == link[1]


def test_every_filter_that_is_on_can_be_seen_and_taken_off(ada: Agent, desk: dict[str, Ticket]) -> None:
    page = browser_of(ada).get("/inbox/all/?sentiment=urgent&sentiment=negative&channel=email&sort=upset").content.decode()

    chips = re.findall(r'<a class="chip chip-on" href="([^"]+)" aria-label="([^"]+)"', page)

    assert chips == [
        ("/inbox/all/?sentiment=urgent&amp;sentiment=negative&amp;sort=upset", "Channel: E-mail. Remove this filter"),
        ("/inbox/all/?channel=email&amp;sort=upset", "Sentiment: Urgent, Negative. Remove this filter"),
    ]


def test_narrowed_list_costs_the_same_with_1_and_3_tickets(ada: Agent) -> None:
    browser, address = browser_of(ada), "/inbox/all/?sentiment=none&sort=waiting&channel=email"
    make_ticket()
    one = queries(browser, address)

    make_ticket()
    make_ticket()

    assert queries(browser, address) == one


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("q=&channel=sms&since=&until=", "?channel=sms"), ("q=&status=&since=", ""), ("tag=&tag=VIP&tag=R%C3%B6tt", "?tag=VIP&tag=R%C3%B6tt")],
)
def test_empty_fields_of_the_form_leave_the_address(sent: str, kept: str) -> None:
    response = browser_of(make_agent()).get(f"/inbox/all/?{sent}")

    assert (response.status_code, response.headers["Location"]) == (302, f"/inbox/all/{kept}")


@pytest.mark.parametrize(
    "query",
    [
        *("channel=sms", "sentiment=urgent", "sentiment=none", "tag=Order", "priority=high", "team=none", "assignee=none", "status=closed", "status=any"),
        *("since=2026-03-01&until=2026-03-01", "until=2026-02-28", "since=2026-03-02"),
    ],
)
def test_view_made_from_a_list_shows_what_the_list_shows(ada: Agent, desk: dict[str, Ticket], query: str) -> None:
    """S9. Days are the desk's: the first and last minutes of one are in it."""
    edges = {"sms": (2026, 2, 28, 23, 0), "high": (2026, 2, 28, 22, 59), "bobs": (2026, 3, 1, 22, 59), "urgent": (2026, 3, 1, 23, 0)}
    for name, at in edges.items():
        Ticket.objects.filter(pk=desk[name].pk).update(created_at=datetime(*at, tzinfo=UTC))
    definition = as_definition(ShownList.from_place(ada, f"all?{query}").chosen)
    view = create_view("The same", definition, by=ada)

    assert listed(ada, desk, f"/inbox/view-{view.pk}/") == listed(ada, desk, f"/inbox/all/?{query}")


@pytest.mark.parametrize(("number", "said"), [(0, "0 tickets"), (1, "1 ticket"), (3, "2+ tickets")])
def test_list_of_any_status_says_how_many(number: int, said: str, ada: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.inbox.lists.shown.COUNT_CAP", 2)
    for _ in range(number):
        make_ticket()

    page = browser_of(ada).get("/inbox/all/?status=any").content.decode()

    assert re.findall(r'id="list-count">([^<]*)<', page) == [said]
