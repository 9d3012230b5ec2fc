"""The composer: sending, files, mentions, undo and who wrote meanwhile; each works without scripts."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from agents.models import Agent, Role
from helpdesk.tickets.conversation.attachments import File, attach
from helpdesk.tickets.conversation.drafts import save_draft
from helpdesk.tickets.conversation.messages import add_customer_message, add_note
from helpdesk.tickets.conversation.sending import sweep_departures
from helpdesk.tickets.models import Draft, Message, Ticket
from tests.factories import make_agent, make_customer, make_ticket, reply
from tests.inbox.browsing import browser_of, composer, messages

pytestmark = pytest.mark.django_db
SCRIPTED = {"HX-Request": "true", "HX-Target": "ticket"}


@pytest.fixture
def ticket() -> Ticket:
    return make_ticket("Where is it?", customer=make_customer("Paweł Żak", email="pawel@example.com"))


def page_of(agent: Agent, ticket: Ticket) -> Any:
    return browser_of(agent).get(f"/tickets/{ticket.pk}/")


# Sending


def test_sent_message_takes_the_draft_and_its_files_along(ticket: Ticket, ada: Agent) -> None:
    save_draft(ticket, "Hel", is_internal=False, seen="", by=ada)
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


def test_send_and_snooze_is_a_button_of_the_form(ticket: Ticket, ada: Agent) -> None:
    browser, address = browser_of(ada), f"/tickets/{ticket.pk}/messages/"
    offered = re.findall(r'name="then" value="([\w:]+)"', page_of(ada, ticket).content.decode())

    browser.post(address, {"kind": "reply", "body": "Hello", "then": "snooze:tomorrow"})
    refused = browser.post(address, {"kind": "reply", "body": "Hello", "then": "snooze:whenever"})

    (written,) = ticket.messages.filter(author="agent")
    assert offered == ["close", "snooze:later", "snooze:tomorrow", "snooze:week"]
    assert written.snoozes_until is not None
    assert ("Sending, then snoozing" in page_of(ada, ticket).content.decode(), refused.status_code) == (True, 422)
    assert composer(refused)["problem"] == "Choose a day and a time."


def test_reply_that_is_held_stands_where_it_will_stay(ticket: Ticket, ada: Agent) -> None:
    """What is written meanwhile goes before it: it has not left yet."""
    browser_of(ada).post(f"/tickets/{ticket.pk}/messages/", {"kind": "reply", "body": "Tomorrow."})
    add_note(ticket, "Told them", by=ada)
    add_customer_message(ticket, "Hello?", at=timezone.now())
    held = messages(page_of(ada, ticket))

    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        sweep_departures.func()
        left = messages(page_of(ada, ticket))

    assert held == left
    assert [text for _kind, text in left] == ["Where is it?", "Told them", "Hello?", "Tomorrow."]


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
