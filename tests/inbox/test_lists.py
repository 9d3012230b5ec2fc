"""The lists of the side bar (A6–A9) and the way to them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import get_current_timezone

from agents.models import Agent, Role
from helpdesk.customers.models import Customer
from helpdesk.inbox import pages
from helpdesk.tickets.acts.assignment import assign_agent, assign_team
from helpdesk.tickets.acts.bulk import Chosen
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.acts.spam import mark_spam
from helpdesk.tickets.conversation.drafts import save_draft
from helpdesk.tickets.models import SavedView, Ticket, ViewEntry
from tests.factories import make_agent, make_team, make_ticket
from tests.inbox.browsing import browser_of, counts, queries, rows

pytestmark = pytest.mark.django_db


def age(ticket: Ticket, hours: int) -> Ticket:
    Ticket.objects.filter(pk=ticket.pk).update(last_message_at=timezone.now() - timedelta(hours=hours))
    return ticket


def test_home_is_all_tickets(ada: Agent) -> None:
    """A7."""
    response = browser_of(ada).get("/")

    assert (response.status_code, response["Location"]) == (302, "/inbox/all/")


def test_list_needs_sign_in(client: Client, db: None) -> None:
    response = client.get("/inbox/all/")

    assert (response.status_code, response["Location"]) == (302, "/account/login/?next=/inbox/all/")


def test_lists_hold_what_their_names_say(ada: Agent, bea: Agent) -> None:
    """A6–A9, R12, R13: open tickets only; a ticket with a team is not unassigned."""
    team, view = make_team("Returns", bea), SavedView.objects.create(name="Fraud watch")
    mine, hers, of_team, closed, seen = (age(make_ticket(), hours) for hours in range(5))
    assign_agent(mine, ada, by=ada)
    assign_agent(hers, bea, by=ada)
    assign_team(of_team, team, by=ada)
    close(closed, by=ada)
    ViewEntry.objects.create(view=view, ticket=seen)
    browser = browser_of(ada)

    listed = {key: rows(browser.get(f"/inbox/{key}/")) for key in ("mine", "unassigned", "all", f"team-{team.pk}", f"view-{view.pk}")}

    assert listed == {
        "mine": [mine.pk],
        "unassigned": [seen.pk],
        "all": [mine.pk, hers.pk, of_team.pk, seen.pk],
        f"team-{team.pk}": [of_team.pk],
        f"view-{view.pk}": [seen.pk],
    }
    assert counts(browser.get("/inbox/all/")) == {"mine": "1", "unassigned": "1", "all": "4", f"team-{team.pk}": "1", f"view-{view.pk}": "1"}


@pytest.mark.parametrize("key", ["nonsense", "team-99", "view-99", "team-x", "mine-1"])
def test_unknown_list_is_not_there(key: str, ada: Agent) -> None:
    assert browser_of(ada).get(f"/inbox/{key}/").status_code == 404


def test_analyst_is_told_that_they_see_no_tickets() -> None:
    """C4, V3."""
    ticket = make_ticket("A secret")
    browser = browser_of(make_agent(role=Role.ANALYST))

    response = browser.get("/inbox/all/")

    assert response.status_code == 200
    assert "Your role sees no tickets" in response.content.decode()
    assert (rows(response), counts(response)) == ([], {})
    assert str(ticket.customer) not in response.content.decode()


def test_older_page_goes_on_where_the_first_ended(ada: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two tickets of the same instant are neither lost nor listed twice."""
    monkeypatch.setattr(pages, "PAGE", 2)
    tickets = [make_ticket() for _ in range(5)]
    instant = timezone.now()
    Ticket.objects.update(last_message_at=instant)
    browser = browser_of(ada)

    listed, address = [], "/inbox/all/"
    while address:
        response = browser.get(address, headers={"HX-Request": "true", "HX-Target": "older"})
        listed += rows(response)
        older = re.search(r'href="([^"]+\?before=[^"]+)"', response.content.decode())
        address = older[1] if older else ""

    assert listed == [ticket.pk for ticket in reversed(tickets)]


@pytest.mark.parametrize("cursor", ["x", "2026-01-01T00:00:00+00:00~x", "2026-01-01T00:00:00~1", "~", "0001-01-01T00:00:00+14:00~1"])
def test_cursor_that_is_not_ours_is_not_there(cursor: str, ada: Agent) -> None:
    assert browser_of(ada).get("/inbox/all/", {"before": cursor}).status_code == 404


def test_part_of_a_list_is_rows_alone(ada: Agent) -> None:
    ticket = make_ticket()

    response = browser_of(ada).get("/inbox/all/", headers={"HX-Request": "true", "HX-Target": "rows"})

    assert rows(response) == [ticket.pk]
    assert "<html" not in response.content.decode()


def test_row_is_unread_while_the_customer_waits(ada: Agent) -> None:
    waiting, answered = make_ticket(), age(make_ticket(), 1)
    Ticket.objects.filter(pk=answered.pk).update(waiting_since=None)

    page = browser_of(ada).get("/inbox/all/").content.decode()

    assert re.findall(r'id="ticket_(\d+)" data-unread', page) == [str(waiting.pk)]


def test_row_says_that_its_reader_is_writing(ada: Agent, bea: Agent) -> None:
    """It costs a query for the page, not one for each row: `test_list_costs_the_same_with_1_and_3_tickets` has drafts, too."""
    ticket, _other = make_ticket(), make_ticket()
    save_draft(ticket, "Dear Paweł", is_internal=False, seen="", by=ada)

    pages = [browser_of(agent).get("/inbox/all/").content.decode() for agent in (ada, bea)]

    assert [re.findall(r'id="ticket_(\d+)"[^>]* data-draft', page) for page in pages] == [[str(ticket.pk)], []]


def test_row_says_where_a_ticket_stands_that_is_not_open(ada: Agent) -> None:
    """Of a list of closed ones it need not be said; until when one sleeps always is."""
    _open, closed, spam, asleep = (make_ticket() for _ in range(4))
    close(closed, by=ada)
    mark_spam(Chosen([spam.pk]), by=ada)
    Ticket.objects.filter(pk=asleep.pk).update(snoozed_until=datetime(2200, 1, 5, 9, 30, tzinfo=get_current_timezone()))

    def standings(status: str) -> list[tuple[str, str]]:
        page = browser_of(ada).get(f"/inbox/all/?status={status}").content.decode()
        return re.findall(r'id="ticket_(\d+)"(?:(?!</li>).)*class="ticket-standing"[^>]*><svg.*?</svg>(?:<span[^>]*>Snoozed</span> )?([^<]+)<', page, re.DOTALL)

    asleep_until, is_closed = (str(asleep.pk), "5 Jan 09:30"), (str(closed.pk), "Closed")
    assert [standings(status) for status in ("any", "snoozed", "closed", "spam", "open")] == [[asleep_until, is_closed], [asleep_until], [], [], []]


def test_list_that_is_read_again_has_all_rows_that_were_there(ada: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has scrolled far down stays there. Rows without end are not given."""
    monkeypatch.setattr("helpdesk.inbox.pages.PAGE", 2)
    monkeypatch.setattr("helpdesk.inbox.pages.MOST", 4)
    for _ in range(6):
        make_ticket()

    asked = [browser_of(ada).get(f"/inbox/all/?rows={number}", headers={"HX-Request": "true", "HX-Target": "rows"}) for number in ("3", "0", "x", "9999")]

    assert [len(rows(part)) for part in asked] == [3, 2, 2, 4]


def test_team_without_anybody_online_is_marked(ada: Agent, bea: Agent) -> None:
    make_team("Awake", make_agent(online=True), bea)
    asleep = make_team("Asleep", bea)

    page = browser_of(ada).get("/inbox/all/").content.decode()

    marked = re.findall(r'id="nav-(team-\d+)"(?:(?!</a>).)*data-presence="offline"', page, re.DOTALL)
    assert marked == [f"team-{asleep.pk}"]


def test_count_above_the_cap_is_a_plus(ada: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.tickets.lists.finding.COUNT_CAP", 2)
    monkeypatch.setattr("helpdesk.inbox.lists.navigation.COUNT_CAP", 2)
    for _ in range(4):
        make_ticket()

    assert counts(browser_of(ada).get("/sidebar/"))["all"] == "2+"


@pytest.mark.parametrize("path", ["/inbox/all/", "/sidebar/"])
def test_list_costs_the_same_with_1_and_3_tickets(path: str, ada: Agent) -> None:
    team, browser = make_team("Returns", ada), browser_of(ada)

    def add_ticket() -> None:
        ticket = make_ticket()
        assign_agent(ticket, make_agent(), by=ada)
        assign_team(ticket, team, by=ada)
        save_draft(ticket, "Dear Paweł", is_internal=False, seen="", by=ada)

    add_ticket()
    needed = queries(browser, path)
    add_ticket()
    add_ticket()

    assert queries(browser, path) == needed


def test_row_follows_what_it_shows(ada: Agent) -> None:
    """A row that was made once is not shown again after its ticket, its customer or its reader's language has changed."""
    ticket = make_ticket("Hello")
    browser = browser_of(ada)
    before = browser.get("/inbox/all/").content.decode()

    Customer.objects.filter(pk=ticket.customer_id).update(name="Zofia")
    renamed = browser.get("/inbox/all/").content.decode()
    Agent.objects.filter(pk=ada.pk).update(language="sv")
    swedish = browser.get("/inbox/all/").content.decode()

    assert [("Zofia" in page, f"Åtgärder för #{ticket.pk}" in page) for page in (before, renamed, swedish)] == [(False, False), (True, False), (True, True)]
