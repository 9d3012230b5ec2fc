"""The composer: drafts, files, mentions, undo and who wrote meanwhile; each works without scripts."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from agents.models import Agent, Role
from helpdesk.tickets.conversation.attachments import File, attach
from helpdesk.tickets.conversation.drafts import draft_of, save_draft
from helpdesk.tickets.conversation.messages import add_customer_message, add_note, reply
from helpdesk.tickets.models import Attachment, Draft, Message, Ticket
from tests.factories import make_agent, make_customer, make_ticket
from tests.inbox.browsing import browser_of, composer, messages, queries

pytestmark = pytest.mark.django_db
SCRIPTED = {"HX-Request": "true", "HX-Target": "ticket"}


@pytest.fixture
def ticket() -> Ticket:
    return make_ticket("Where is it?", customer=make_customer("Paweł Żak", email="pawel@example.com"))


def page_of(agent: Agent, ticket: Ticket) -> Any:
    return browser_of(agent).get(f"/tickets/{ticket.pk}/")


# Drafts


def test_draft_is_found_again_anywhere(ticket: Ticket, ada: Agent, bea: Agent) -> None:
    browser_of(ada).post(f"/tickets/{ticket.pk}/draft/", {"kind": "note", "body": "Ask <b>", "version": "0"})

    assert composer(page_of(ada, ticket)) == {"kind": "note", "body": "Ask &lt;b&gt;", "files": [], "problem": ""}
    assert composer(page_of(bea, ticket))["body"] == ""


def test_draft_of_a_script_is_answered_with_its_version(ticket: Ticket, ada: Agent) -> None:
    browser, address = browser_of(ada), f"/tickets/{ticket.pk}/draft/"

    answers = [browser.post(address, {"kind": "reply", "body": body, "version": version}) for body, version in (("One", 0), ("Two", 1), ("Three", 1), (" ", 3))]

    assert [answer.json() for answer in answers] == [
        {"version": 1, "notice": "Draft saved", "replaced": False},
        {"version": 2, "notice": "Draft saved", "replaced": False},
        {"version": 3, "notice": "You have been writing this in another tab, too. This text has replaced that one.", "replaced": True},
        {"version": 0, "notice": "", "replaced": False},
    ]


def test_draft_that_was_sent_meanwhile_does_not_come_back(ticket: Ticket, ada: Agent) -> None:
    response = browser_of(ada).post(f"/tickets/{ticket.pk}/draft/", {"kind": "reply", "body": "Sent", "version": "3"})

    assert (response.status_code, response.json(), Draft.objects.exists()) == (409, {"version": 0, "notice": ""}, False)


def test_draft_is_saved_and_thrown_away_by_buttons(ticket: Ticket, ada: Agent) -> None:
    browser, address = browser_of(ada), f"/tickets/{ticket.pk}/draft/?in=mine"

    saved = browser.post(address, {"kind": "reply", "body": "Hello", "files": SimpleUploadedFile("a.txt", b"a")})
    kept = composer(page_of(ada, ticket))
    thrown = browser.post(address, {"_method": "DELETE"})

    assert [(answer.status_code, answer["Location"]) for answer in (saved, thrown)] == [(302, f"/tickets/{ticket.pk}/?in=mine")] * 2
    assert (kept["body"], kept["files"], Draft.objects.exists()) == ("Hello", ["a.txt"], False)


@pytest.mark.parametrize(("extra", "status"), [({}, 422), ({"version": "0"}, 422)])
def test_draft_that_is_too_long_is_said(extra: dict[str, str], status: int, ticket: Ticket, ada: Agent) -> None:
    response = browser_of(ada).post(f"/tickets/{ticket.pk}/draft/", {"kind": "reply", "body": "x" * 50_001} | extra)

    assert (response.status_code, Draft.objects.exists()) == (status, False)
    assert "longer than 50000 characters" in response.content.decode()


# Sending


def test_sent_message_takes_the_draft_and_its_files_along(ticket: Ticket, ada: Agent) -> None:
    save_draft(ticket, "Hel", is_internal=False, seen=0, by=ada)
    attach(ticket, File(name="a.txt", content=b"a"), by=ada)

    browser_of(ada).post(f"/tickets/{ticket.pk}/messages/", {"kind": "reply", "body": "Hello", "files": SimpleUploadedFile("b.txt", b"b")})

    written = ticket.messages.get(author="agent")
    assert (written.text, [file.name for file in written.attachments.all()], Draft.objects.exists()) == ("Hello", ["a.txt", "b.txt"], False)


def test_reply_is_being_sent_and_its_writer_can_undo_it(ticket: Ticket, ada: Agent, bea: Agent) -> None:
    browser_of(ada).post(f"/tickets/{ticket.pk}/messages/", {"kind": "reply", "body": "Hello"})
    message = ticket.messages.get(author="agent")

    own, others = page_of(ada, ticket).content.decode(), page_of(bea, ticket).content.decode()

    undo = f'action="/messages/{message.pk}/sending/?in=all"'
    assert (message.is_held, undo in own, undo in others) == (True, True, False)
    assert ">Sending</span>" in others


def test_undo_brings_text_and_files_back(ticket: Ticket, ada: Agent) -> None:
    browser = browser_of(ada)
    browser.post(f"/tickets/{ticket.pk}/messages/", {"kind": "reply", "body": "Hello", "files": SimpleUploadedFile("a.txt", b"a")})
    message = ticket.messages.get(author="agent")

    response = browser.post(f"/messages/{message.pk}/sending/?in=mine", {"_method": "DELETE"}, follow=True)

    assert response.redirect_chain == [(f"/tickets/{ticket.pk}/?in=mine", 302)]
    assert composer(response) == {"kind": "reply", "body": "Hello", "files": ["a.txt"], "problem": ""}
    assert messages(response) == [("customer", "Where is it?")]


def test_undo_that_comes_too_late_is_said(ticket: Ticket, ada: Agent) -> None:
    message = reply(ticket, "Hello", by=ada)

    response = browser_of(ada).post(f"/messages/{message.pk}/sending/", {"_method": "DELETE"}, headers=SCRIPTED)

    assert (response.status_code, ticket.messages.count()) == (409, 2)
    assert "It has been sent already." in response.content.decode()


def test_reply_of_another_is_not_undone(ticket: Ticket, ada: Agent, bea: Agent) -> None:
    browser_of(ada).post(f"/tickets/{ticket.pk}/messages/", {"kind": "reply", "body": "Hello"})

    response = browser_of(bea).post(f"/messages/{ticket.messages.get(author='agent').pk}/sending/", {"_method": "DELETE"})

    assert (response.status_code, ticket.messages.count()) == (403, 2)


def test_send_and_close_is_a_button_of_the_form(ticket: Ticket, ada: Agent) -> None:
    browser_of(ada).post(f"/tickets/{ticket.pk}/messages/", {"kind": "reply", "body": "Hello", "then": "close"})

    assert ticket.messages.get(author="agent").closes_ticket is True


def test_reply_with_a_gap_is_refused_and_kept(ticket: Ticket, ada: Agent) -> None:
    response = browser_of(ada).post(f"/tickets/{ticket.pk}/messages/", {"kind": "reply", "body": "Call {{ customer.phone }}"})

    assert (response.status_code, ticket.messages.count()) == (422, 1)
    assert composer(response)["body"] == "Call {{ customer.phone }}"
    assert composer(response)["problem"] == "Nothing is known for {{ customer.phone }}. Write something in its place."


def test_refused_file_holds_the_message_back(ticket: Ticket, ada: Agent) -> None:
    response = browser_of(ada).post(f"/tickets/{ticket.pk}/messages/", {"kind": "reply", "body": "Hello", "files": SimpleUploadedFile("a.txt", b"")})

    assert (response.status_code, ticket.messages.count()) == (422, 1)
    assert (composer(response)["body"], composer(response)["problem"]) == ("Hello", "“a.txt” is empty.")


# Who wrote meanwhile


@pytest.mark.parametrize("headers", [{}, SCRIPTED])
def test_reply_waits_when_somebody_has_replied_meanwhile(headers: dict[str, str], ticket: Ticket, ada: Agent, bea: Agent) -> None:
    seen = ticket.messages.get().pk
    reply(ticket, "It is on its way.", by=bea)

    response = browser_of(ada).post(f"/tickets/{ticket.pk}/messages/", {"kind": "reply", "body": "No idea.", "seen": seen}, headers=headers)

    assert (response.status_code, ticket.messages.count()) == (409, 2)
    assert messages(response)[-1] == ("agent", "It is on its way.")
    assert (composer(response)["body"], composer(response)["problem"]) == ("No idea.", "Bea Nowak wrote while you were writing. Read it, then send again.")


def test_reply_waits_when_the_customer_has_written_and_goes_out_the_second_time(ticket: Ticket, ada: Agent) -> None:
    seen = ticket.messages.get().pk
    add_customer_message(ticket, "Never mind.", at=timezone.now() + timedelta(seconds=1))
    browser, fields = browser_of(ada), {"kind": "reply", "body": "Tomorrow."}

    first = browser.post(f"/tickets/{ticket.pk}/messages/", fields | {"seen": seen})
    now_seen = re.search(r'name="seen" form="composer" value="(\d+)"', first.content.decode())
    assert now_seen is not None
    second = browser.post(f"/tickets/{ticket.pk}/messages/", fields | {"seen": now_seen[1]})

    assert (first.status_code, second.status_code) == (409, 302)
    assert composer(first)["problem"] == "Paweł Żak wrote while you were writing. Read it, then send again."


@pytest.mark.parametrize("seen", ["", "x", "9" * 30, "-1", "²"])
def test_page_that_does_not_say_what_it_shows_sends(seen: str, ticket: Ticket, ada: Agent) -> None:
    response = browser_of(ada).post(f"/tickets/{ticket.pk}/messages/", {"kind": "reply", "body": "Hello", "seen": seen})

    assert response.status_code == 302


def test_notes_and_own_words_hold_nothing_back(ticket: Ticket, ada: Agent, bea: Agent) -> None:
    seen = ticket.messages.get().pk
    reply(ticket, "One", by=ada)
    add_note(ticket, "Internal", by=bea)
    browser = browser_of(ada)

    own = browser.post(f"/tickets/{ticket.pk}/messages/", {"kind": "reply", "body": "Two", "seen": seen})
    reply(ticket, "From Bea", by=bea)
    note = browser.post(f"/tickets/{ticket.pk}/messages/", {"kind": "note", "body": "Seen", "seen": seen})

    assert (own.status_code, note.status_code) == (302, 302)


# Files


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


# Mentions


def test_mention_is_marked_in_the_note_and_nothing_else_is(ticket: Ticket, ada: Agent, bea: Agent) -> None:
    add_note(ticket, "<b>@Bea Nowak</b> and @Nobody", by=ada)

    page = page_of(ada, ticket).content.decode()

    assert '<p>&lt;b&gt;<span class="mention">@Bea Nowak</span>&lt;/b&gt; and @Nobody</p>' in page


def test_people_are_offered_by_the_beginning_of_a_word(ada: Agent, bea: Agent) -> None:
    make_agent("Łukasz Żak")
    make_agent("Łucja", role=Role.ANALYST)
    browser = browser_of(ada)

    offered = {q: re.findall(r'data-text="(.*?)"', browser.get("/people/", {"q": q}).content.decode()) for q in ("ł", "ŻA", "nowak", "x", "")}

    assert offered == {"ł": ["@Łukasz Żak "], "ŻA": ["@Łukasz Żak "], "nowak": ["@Bea Nowak "], "x": [], "": ["@Bea Nowak ", "@Łukasz Żak "]}


def test_held_message_is_asked_for_until_it_has_left(ticket: Ticket, ada: Agent) -> None:
    browser_of(ada).post(f"/tickets/{ticket.pk}/messages/", {"kind": "reply", "body": "Hello"})
    message = Message.objects.get(author="agent")

    part = browser_of(ada).get(f"/messages/{message.pk}/delivery/").content.decode()

    assert re.findall(r'hx-get="([^"]+)" hx-trigger="load delay:(?:9|10|11|12)s"', part) == [f"/messages/{message.pk}/delivery/?in=all"]
