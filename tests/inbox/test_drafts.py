"""Drafts as pages save them: found again anywhere, and nothing that was typed is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agents.models import Agent
from helpdesk.tickets.models import Draft, Ticket
from tests.factories import make_customer, make_ticket
from tests.inbox.browsing import browser_of, composer

pytestmark = pytest.mark.django_db
SCRIPTED = {"Accept": "application/json"}
BOTH_KEPT = "You have been writing this in another tab, too. Both texts are here now."


@pytest.fixture
def ticket() -> Ticket:
    return make_ticket("Where is it?", customer=make_customer("Paweł Żak", email="pawel@example.com"))


def page_of(agent: Agent, ticket: Ticket) -> Any:
    return browser_of(agent).get(f"/tickets/{ticket.pk}/")


def save(agent: Agent, ticket: Ticket, body: str, *, version: str) -> Any:
    """As a script does it."""
    fields = {"kind": "reply", "body": body, "version": version}
    return browser_of(agent).post(f"/tickets/{ticket.pk}/draft/", fields, headers=SCRIPTED)


def version_in(page: Any) -> str:
    found = re.search(r'name="version" value="([^"]*)"', page.content.decode())
    assert found is not None
    return found[1]


def test_draft_is_found_again_anywhere(ticket: Ticket, ada: Agent, bea: Agent) -> None:
    browser_of(ada).post(f"/tickets/{ticket.pk}/draft/", {"kind": "note", "body": "Ask <b>", "version": ""})

    assert composer(page_of(ada, ticket)) == {"kind": "note", "body": "Ask &lt;b&gt;", "files": [], "problem": ""}
    assert composer(page_of(bea, ticket))["body"] == ""


def test_draft_of_a_script_is_answered_with_its_version(ticket: Ticket, ada: Agent) -> None:
    first = save(ada, ticket, "One", version="")
    second = save(ada, ticket, "Two", version=first.json()["version"])
    empty = save(ada, ticket, " ", version=second.json()["version"])

    assert [answer.json() for answer in (first, second, empty)] == [
        {"version": first.json()["version"], "notice": "Draft saved", "unseen": ""},
        {"version": second.json()["version"], "notice": "Draft saved", "unseen": ""},
        {"version": "", "notice": "", "unseen": ""},
    ]
    assert first.json()["version"] != second.json()["version"]


def test_tab_that_has_not_seen_the_other_is_told_and_given_both_texts(ticket: Ticket, ada: Agent) -> None:
    save(ada, ticket, "One", version="")

    answer = save(ada, ticket, "Two", version="")

    assert (answer.json()["unseen"], answer.json()["notice"]) == ("\n\nOne", BOTH_KEPT)
    assert composer(page_of(ada, ticket))["body"] == "Two\n\nOne"


def test_form_without_scripts_loses_no_text_of_another_tab(ticket: Ticket, ada: Agent) -> None:
    save(ada, ticket, "One", version="")

    response = browser_of(ada).post(f"/tickets/{ticket.pk}/draft/", {"kind": "note", "body": "Two", "version": ""})

    assert (response.status_code, composer(response)) == (409, {"kind": "note", "body": "Two\n\nOne", "files": [], "problem": BOTH_KEPT})


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_message_waits_while_another_tab_holds_more_and_goes_out_the_second_time(kind: str, ticket: Ticket, ada: Agent) -> None:
    save(ada, ticket, "One", version="")
    browser, address = browser_of(ada), f"/tickets/{ticket.pk}/messages/"

    first = browser.post(address, {"kind": kind, "body": "Two", "version": ""})
    held_back = ticket.messages.count()
    shown = composer(first)
    second = browser.post(address, {"kind": kind, "body": shown["body"], "version": version_in(first)})

    assert (first.status_code, held_back, second.status_code) == (409, 1, 302)
    assert shown == {"kind": kind, "body": "Two\n\nOne", "files": [], "problem": BOTH_KEPT}
    assert (ticket.messages.get(author="agent").text, Draft.objects.exists()) == ("Two\n\nOne", False)


def test_message_whose_draft_was_sent_by_another_tab_takes_no_other_draft_along(ticket: Ticket, ada: Agent) -> None:
    known = save(ada, ticket, "One", version="").json()["version"]
    browser, address = browser_of(ada), f"/tickets/{ticket.pk}/messages/"
    browser.post(address, {"kind": "note", "body": "One", "version": known})
    save(ada, ticket, "Begun since", version="")

    response = browser.post(address, {"kind": "note", "body": "Late", "version": known})

    assert (response.status_code, composer(response)["body"]) == (409, "Late\n\nBegun since")


def test_draft_that_was_sent_meanwhile_does_not_come_back(ticket: Ticket, ada: Agent) -> None:
    response = save(ada, ticket, "Sent", version="1.3")

    assert (response.status_code, response.json(), Draft.objects.exists()) == (409, {"version": "", "notice": "", "unseen": ""}, False)


def test_draft_is_saved_and_thrown_away_by_buttons(ticket: Ticket, ada: Agent) -> None:
    browser, address = browser_of(ada), f"/tickets/{ticket.pk}/draft/?in=mine"

    saved = browser.post(address, {"kind": "reply", "body": "Hello", "files": SimpleUploadedFile("a.txt", b"a")})
    kept = composer(page_of(ada, ticket))
    thrown = browser.post(address, {"_method": "DELETE"})

    assert [(answer.status_code, answer["Location"]) for answer in (saved, thrown)] == [(302, f"/tickets/{ticket.pk}/?in=mine")] * 2
    assert (kept["body"], kept["files"], Draft.objects.exists()) == ("Hello", ["a.txt"], False)


@pytest.mark.parametrize("headers", [{}, SCRIPTED])
def test_draft_that_is_too_long_is_said(headers: dict[str, str], ticket: Ticket, ada: Agent) -> None:
    response = browser_of(ada).post(f"/tickets/{ticket.pk}/draft/", {"kind": "reply", "body": "x" * 50_001, "version": ""}, headers=headers)

    assert (response.status_code, Draft.objects.exists()) == (422, False)
    assert "longer than 50000 characters" in response.content.decode()
