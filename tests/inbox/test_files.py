"""Files of a conversation: beside what is being written, and in the messages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agents.models import Agent
from helpdesk.tickets.conversation.attachments import File, attach
from helpdesk.tickets.conversation.drafts import draft_of
from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.models import Attachment, Ticket
from tests.factories import make_customer, make_ticket
from tests.inbox.browsing import browser_of, composer, queries

pytestmark = pytest.mark.django_db
NO_FILES = "Files cannot be sent by Social. Remove them, or send a link."


@pytest.fixture
def ticket() -> Ticket:
    return make_ticket("Where is it?", customer=make_customer("Paweł Żak", email="pawel@example.com"))


def page_of(agent: Agent, ticket: Ticket) -> Any:
    return browser_of(agent).get(f"/tickets/{ticket.pk}/")


def test_uploaded_files_stand_in_the_part_that_scripts_ask_for(ticket: Ticket, ada: Agent) -> None:
    files = [SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("żółć.pdf", b"%PDF"), SimpleUploadedFile("c.txt", b"")]

    response = browser_of(ada).post(f"/tickets/{ticket.pk}/attachments/", {"files": files})

    page = response.content.decode()
    assert (response.status_code, re.findall(r"<bdi>(.*?)</bdi>", page)) == (422, ["a.txt", "żółć.pdf"])
    assert "“c.txt” is empty." in page


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_file_is_taken_away_and_the_text_stays(headers: dict[str, str], ticket: Ticket, ada: Agent) -> None:
    file = attach(ticket, File(name="a.txt", content=b"a"), by=ada)

    response = browser_of(ada).post(f"/attachments/{file.pk}/?in=mine", {"_method": "DELETE", "kind": "note", "body": "Look"}, headers=headers)

    assert (response.status_code, Attachment.objects.exists()) == (200 if headers else 302, False)
    if not headers:
        assert composer(page_of(ada, ticket)) == {"kind": "note", "body": "Look", "files": [], "problem": ""}


def test_conversation_shows_files_and_small_pictures(ticket: Ticket, ada: Agent) -> None:
    attach(ticket, File(name="a.txt", content=b"a"), by=ada)
    picture = attach(ticket, File(name="p.png", content=b"\x89PNG\r\n\x1a\nx"), by=ada)
    add_note(ticket, "See", by=ada, draft=draft_of(ticket, ada))

    page = page_of(ada, ticket).content.decode()

    assert re.findall(r'<bdi class="truncate">(.*?)</bdi>', page) == ["a.txt", "p.png"]
    assert re.findall(r'<img src="([^"]+)"', page) == [f"/attachments/{picture.pk}/"]


def test_conversation_with_many_files_and_mentions_takes_as_many_queries(ticket: Ticket, ada: Agent, bea: Agent) -> None:
    def write(number: int) -> None:
        for _ in range(number):
            attach(ticket, File(name="a.txt", content=b"a"), by=ada)
            add_note(ticket, "See @Bea", by=ada, draft=draft_of(ticket, ada))

    browser, address = browser_of(ada), f"/tickets/{ticket.pk}/"
    write(1)
    few = queries(browser, address)
    write(5)

    assert queries(browser, address) == few


@pytest.mark.parametrize(("kind", "problem"), [("reply", NO_FILES), ("note", "")])
def test_file_for_a_customer_who_cannot_be_sent_any_is_refused_when_it_is_chosen(kind: str, problem: str, ada: Agent) -> None:
    social = make_ticket(channel="social")

    response = browser_of(ada).post(f"/tickets/{social.pk}/attachments/", {"kind": kind, "files": SimpleUploadedFile("a.txt", b"a")})

    refused = re.findall(r'role="alert">.*?</svg>(.*?)</p>', response.content.decode())
    assert (response.status_code, refused, Attachment.objects.count()) == ((422, [problem], 0) if problem else (200, [], 1))


def test_files_are_offered_where_they_can_be_sent_and_for_notes(ticket: Ticket, ada: Agent) -> None:
    social = make_ticket(channel="social")

    labels = [re.findall(r'<label class="([^"]*composer-attach[^"]*)"', page_of(ada, each).content.decode()) for each in (ticket, social)]

    assert ["only-note" in label for (label,) in labels] == [False, True]


def test_file_of_a_note_that_becomes_a_reply_is_said_to_stay_behind(ada: Agent) -> None:
    social = make_ticket(channel="social")
    attach(social, File(name="a.txt", content=b"a"), by=ada)

    page = page_of(ada, social).content.decode()

    assert re.findall(r'<p class="error-text only-reply">.*?</svg>(.*?)</p>', page) == [NO_FILES]


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_many_files_are_counted_and_taken_away_at_once(headers: dict[str, str], ticket: Ticket, ada: Agent, bea: Agent) -> None:
    for agent, number in ((ada, 3), (bea, 1)):
        for _ in range(number):
            attach(ticket, File(name="a.txt", content=b"a" * 1024), by=agent)
    counted = re.findall(r'class="files-sum"><span>(.*?)</span>', page_of(ada, ticket).content.decode())

    response = browser_of(ada).post(f"/tickets/{ticket.pk}/attachments/", {"_method": "DELETE", "kind": "note", "body": "Look"}, headers=headers)

    assert (counted, response.status_code) == (["3 files, 3.0\xa0KB"], 200 if headers else 302)
    assert [file.draft.agent for file in Attachment.objects.select_related("draft__agent") if file.draft] == [bea]
    if not headers:
        assert composer(page_of(ada, ticket))["body"] == "Look"
