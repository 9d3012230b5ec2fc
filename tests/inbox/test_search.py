"""The search page and what the command palette finds."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from agents.models import Agent, Role
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.search import pages
from tests.factories import make_agent, make_customer, make_ticket
from tests.inbox.browsing import browser_of, queries

pytestmark = pytest.mark.django_db


def hits(response: Any) -> list[int]:
    """The numbers of the tickets that were found, in order."""
    return [int(number) for number in re.findall(r'<a class="ticket-link hit-subject" href="/tickets/(\d+)/"', response.content.decode())]


def lines(response: Any) -> list[str]:
    """Where the words stand, marked as [word]."""
    found = re.findall(r'<p class="hit-line"[^>]*>(.*?)</p>', response.content.decode(), re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", line.replace("<mark>", "[").replace("</mark>", "]")).split()) for line in found]


def test_search_shows_where_the_words_stand(ada: Agent) -> None:
    """Part 4: the newest first; notes, too."""
    first = make_ticket("Hello.\n\nWhere does one get the Zażółć lamp, and the other lamps?")
    second = make_ticket("Hello", subject="Return")
    add_note(second, "She means the zazolc one", by=ada)

    response = browser_of(ada).get("/search/", {"q": "ZAŻÓŁĆ lamp"})
    both = browser_of(ada).get("/search/", {"q": "zazolc"})

    assert (hits(response), lines(response)) == ([first.pk], ["Hello. Where does one get the [Zażółć] [lamp], and the other [lamps]?"])
    assert (hits(both), lines(both)[0]) == ([second.pk, first.pk], "Note: She means the [zazolc] one")


def test_search_by_status(ada: Agent) -> None:
    open_, closed = make_ticket("Lamp"), make_ticket("Lamp")
    close(closed, by=ada)
    browser = browser_of(ada)

    found = {status: hits(browser.get("/search/", {"q": "lamp", "status": status})) for status in ("any", "open", "closed", "strange")}

    assert found == {"any": [closed.pk, open_.pk], "open": [open_.pk], "closed": [closed.pk], "strange": [closed.pk, open_.pk]}


@pytest.mark.parametrize("order", ["newest", "best"])
def test_search_leads_to_the_next_page(ada: Agent, monkeypatch: pytest.MonkeyPatch, order: str) -> None:
    monkeypatch.setattr(pages, "PAGE", 2)
    numbers = [make_ticket("Lamp").pk for _ in range(5)][::-1]
    browser, seen, address = browser_of(ada), [], f"/search/?q=lamp&order={order}"

    while address:
        response = browser.get(address)
        seen.append(hits(response))
        more = re.search(r'hx-get="([^"]*)" hx-target="#older"', response.content.decode())
        address = more[1].replace("&amp;", "&") if more else ""

    assert seen == [numbers[:2], numbers[2:4], numbers[4:]]


@pytest.mark.parametrize("asked", ["", "?q=", "?q=%20", "?q=lamp&before=99999999999999999", "?q=lamp&skip=99999999999999999&order=best", "?q=%22-%27"])
def test_search_stands_whatever_is_asked(ada: Agent, asked: str) -> None:
    assert browser_of(ada).get(f"/search/{asked}").status_code == 200


def test_search_refuses_a_place_that_is_none(ada: Agent) -> None:
    assert browser_of(ada).get("/search/?q=lamp&before=x").status_code == 404


def test_search_and_palette_need_a_person_who_answers(client: Client) -> None:
    """V3: others find nothing, and customers are not there for them."""
    make_ticket("Lamp", customer=make_customer("Lamp"))
    analyst = browser_of(make_agent(role=Role.ANALYST))

    assert (client.get("/search/?q=lamp").status_code, client.get("/palette/?q=lamp").status_code) == (302, 302)
    assert (hits(analyst.get("/search/?q=lamp")), analyst.get("/palette/?q=lamp").status_code) == ([], 404)


def test_search_takes_the_same_number_of_queries_for_any_number_of_hits(ada: Agent) -> None:
    make_ticket("Lamp")
    browser = browser_of(ada)
    one = queries(browser, "/search/?q=lamp")
    for _ in range(3):
        make_ticket("Lamp")

    assert queries(browser, "/search/?q=lamp") == one


def options(response: Any) -> list[tuple[str, str]]:
    """(where it leads, what it says)."""
    found = re.findall(r'<a class="palette-option".*?href="([^"]*)">(.*?)</a>', response.content.decode(), re.DOTALL)
    return [(address, " ".join(re.sub(r"<[^>]+>", " ", text).split())) for address, text in found]


def test_palette_finds_tickets_and_customers(ada: Agent) -> None:
    anna = make_customer("Anna Łącka", email="anna@example.com")
    ticket = make_ticket("Hello", subject="Zmiana adresu", customer=anna)

    assert options(browser_of(ada).get("/palette/", {"q": "anna"})) == [
        (f"/tickets/{ticket.pk}/", f"Zmiana adresu #{ticket.pk} · Anna Łącka"),
        (f"/customers/{anna.pk}/", "Anna Łącka anna@example.com"),
        ("/search/?q=anna", "Search every message for “anna” ⌘ ↵"),
    ]


def test_palette_has_the_ticket_of_a_bare_number_first(ada: Agent) -> None:
    ticket = make_ticket("Hello")
    other = make_ticket(f"It was number {ticket.pk}")

    found = [address for address, _text in options(browser_of(ada).get("/palette/", {"q": str(ticket.pk)}))]

    assert found == [f"/tickets/{ticket.pk}/", f"/tickets/{other.pk}/", f"/search/?q={ticket.pk}"]


def test_palette_without_a_word_finds_nothing(ada: Agent) -> None:
    assert options(browser_of(ada).get("/palette/", {"q": " "})) == []


def test_what_was_found_is_escaped(ada: Agent) -> None:
    """V2: whatever customers call themselves or write."""
    make_ticket("<script>alert(1)</script> lamp <mark>", subject="<b>lamp</b>", customer=make_customer("<i>Lamp</i>"))
    browser = browser_of(ada)

    for address in ("/search/?q=lamp", "/palette/?q=lamp", "/search/?q=%3Cscript%3E", "/palette/?q=%3Ci%3E"):
        content = browser.get(address).content.decode()
        assert [text for text in ("<script>alert", "<b>", "<i>") if text in content] == []
