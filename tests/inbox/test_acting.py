"""What an agent does to a ticket: each is a form that works without scripts, and the same request with them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from agents.models import Agent
from helpdesk.outbox.models import Delivery
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.acts.bulk import Chosen
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.acts.spam import mark_spam
from helpdesk.tickets.models import Message, Ticket
from tests.factories import make_agent, make_inbound, make_team, make_ticket, receive, reply
from tests.inbox.browsing import browser_of, chosen, messages

pytestmark = pytest.mark.django_db
SCRIPTED = {"HX-Request": "true", "HX-Target": "ticket"}


@pytest.fixture
def ticket() -> Ticket:
    return make_ticket("Where is it?")


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


@pytest.mark.parametrize(("kind", "is_internal"), [("reply", False), ("note", True)])
def test_message_is_written(kind: str, is_internal: bool, ticket: Ticket, ada: Agent) -> None:
    response = browser_of(ada).post(f"/tickets/{ticket.pk}/messages/?in=mine", {"kind": kind, "body": "On its way."})

    written = ticket.messages.get(author="agent")
    assert (response.status_code, response["Location"]) == (302, f"/tickets/{ticket.pk}/?in=mine")
    assert (written.text, written.is_internal, written.agent) == ("On its way.", is_internal, ada)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"kind": "reply", "body": " \n"}, "Write something first."),
        ({"kind": "shout", "body": "Hello"}, "Select a valid choice. shout is not one of the available choices."),
        ({"kind": "note", "body": "x" * 50_001}, "That is longer than 50000 characters. Shorten it or send it in two parts."),
    ],
)
def test_refused_message_says_why_and_keeps_what_was_typed(data: dict[str, str], sentence: str, ticket: Ticket, ada: Agent) -> None:
    response = browser_of(ada).post(f"/tickets/{ticket.pk}/messages/", data)

    page = response.content.decode()
    assert (response.status_code, ticket.messages.count()) == (422, 1)
    assert sentence in page
    assert f">{data['body']}</textarea>" in page


def test_assignee_is_chosen(ticket: Ticket, ada: Agent, bea: Agent) -> None:
    """A5, A29."""
    response = browser_of(ada).post(f"/tickets/{ticket.pk}/assignment/?in=all", {"assignee": bea.pk, "seen_assignee": ""})

    assert (response.status_code, response["Location"]) == (302, f"/tickets/{ticket.pk}/?in=all")
    assert (fresh(ticket).assignee, fresh(ticket).assigned_automatically) == (bea, False)


def test_no_assignee_returns_the_ticket(ticket: Ticket, ada: Agent) -> None:
    """A30."""
    assign_agent(ticket, ada, by=ada)

    browser_of(ada).post(f"/tickets/{ticket.pk}/assignment/", {"assignee": "", "seen_assignee": ada.pk})

    assert fresh(ticket).assignee is None


@pytest.mark.parametrize(("headers", "begins"), [({}, "<!doctype html>"), (SCRIPTED, "<title>")])
def test_taken_meanwhile_is_said_and_changes_nothing(headers: dict[str, str], begins: str, ticket: Ticket, ada: Agent, bea: Agent) -> None:
    """A23: the answer is the sentence and the page as it is now."""
    priya = make_agent("Priya")
    assign_agent(ticket, priya, by=bea)

    response = browser_of(ada).post(f"/tickets/{ticket.pk}/assignment/", {"assignee": ada.pk, "seen_assignee": ""}, headers=headers)

    page = response.content.decode()
    assert (response.status_code, fresh(ticket).assignee) == (409, priya)
    assert page.startswith(begins)
    assert '<b class="strong">Priya took this a moment ago.</b>' in page
    assert chosen(response, "assignee") == "Priya"


@pytest.mark.parametrize("field", ["assignee", "seen_assignee"])
def test_assignee_who_is_nobody_is_refused(field: str, ticket: Ticket, ada: Agent) -> None:
    response = browser_of(ada).post(f"/tickets/{ticket.pk}/assignment/", {"assignee": ada.pk, "seen_assignee": "", field: "999"})

    assert (response.status_code, fresh(ticket).assignee) == (422, None)


def test_ticket_is_not_given_to_people_who_answer_none(ticket: Ticket, ada: Agent) -> None:
    """A1."""
    analyst = make_agent(role="Analyst")

    response = browser_of(ada).post(f"/tickets/{ticket.pk}/assignment/", {"assignee": analyst.pk, "seen_assignee": ""})

    assert (response.status_code, fresh(ticket).assignee) == (422, None)
    assert "Choose somebody who answers tickets." in response.content.decode()


def test_team_is_chosen_and_taken_away(ticket: Ticket, ada: Agent) -> None:
    """R12: as the overview's form sends it."""
    team, browser = make_team("Returns", ada), browser_of(ada)
    form = {"ticket": ticket.pk, "in": "all", "do": "team"}

    browser.post("/acts/", form | {"value": team.pk})
    chosen_team = fresh(ticket).team
    browser.post("/acts/", form | {"value": ""})

    assert (chosen_team, fresh(ticket).team) == (team, None)
    assert browser.post("/acts/", form | {"value": "999"}).status_code == 422


def head_buttons(response: Any) -> dict[str, str]:
    """{act: label} of those in the head of a ticket's page."""
    head = re.search(r'<header class="talk-head">.*?</header>', response.content.decode(), re.DOTALL)
    assert head is not None
    return dict(re.findall(r'name="do" value="([\w-]+)" data-key="e".*?class="label">(.*?)</span>', head[0]))


def test_ticket_is_closed_undone_and_reopened_by_forms(ticket: Ticket, ada: Agent) -> None:
    """Without scripts, too: what was done is said, and can be undone."""
    browser, address = browser_of(ada), f"/tickets/{ticket.pk}/?in=mine"
    before = head_buttons(browser.get(address))

    closed = browser.post("/acts/", {"ticket": ticket.pk, "in": "mine", "do": "close"})
    after = head_buttons(browser.get(address))
    undoing = re.search(r'action="(/acts/\d+/undoing/)"', closed.content.decode())
    assert undoing is not None
    browser.post(undoing[1])
    was_open = fresh(ticket).is_open
    for what in ("close", "reopen"):
        browser.post("/acts/", {"ticket": ticket.pk, "do": what})

    assert (before, after) == ({"close": "Close"}, {"reopen": "Reopen"})
    assert (was_open, fresh(ticket).is_open) == (True, True)


def test_spam_is_offered_to_be_none(ticket: Ticket, ada: Agent) -> None:
    mark_spam(Chosen([ticket.pk]), by=ada)

    assert head_buttons(browser_of(ada).get(f"/tickets/{ticket.pk}/")) == {"not-spam": "Not spam"}


def test_ticket_whose_thread_goes_on_elsewhere_is_not_reopened(ada: Agent) -> None:
    first = Ticket.objects.get(pk=receive(conversation_id="thread").ticket)
    close(first, by=ada)
    second = Ticket.objects.create(**{field: getattr(first, field) for field in ("customer", "channel", "inbox", "thread_key", "subject")})

    response = browser_of(ada).post("/acts/", {"ticket": first.pk, "do": "reopen"})

    assert (fresh(first).is_open, fresh(second).is_open) == (False, True)
    assert "The customer has written again since" in response.content.decode()


def replied(ticket: Ticket, by: Agent, **state: Any) -> Message:
    """A reply whose delivery is in this state."""
    message = reply(ticket, "On its way.", by=by)
    Delivery.objects.filter(pk=message.sent_to_id).update(**state)
    return Message.objects.get(pk=message.pk)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ({"status": "pending"}, "Sending"),
        ({"status": "sent"}, "Sent"),
        ({"status": "failed", "error": "The mail server refused it."}, "This reply was not sent: The mail server refused it. Your text is kept."),
    ],
)
def test_reply_says_whether_it_has_left(state: dict[str, str], sentence: str, ticket: Ticket, ada: Agent) -> None:
    message = replied(ticket, ada, **state)

    page, part = (browser_of(ada).get(address).content.decode() for address in (f"/tickets/{ticket.pk}/", f"/messages/{message.pk}/delivery/"))

    assert f">{sentence}<" in page
    assert f">{sentence}<" in part
    assert part.startswith(f'<article class="message" id="message_{message.pk}"')


def test_failed_reply_is_tried_again(ticket: Ticket, ada: Agent) -> None:
    message = replied(ticket, ada, status="failed", error="Refused.", attempts=6)

    response = browser_of(ada).post(f"/messages/{message.pk}/delivery/?in=all")

    delivery = Delivery.objects.get(pk=message.sent_to_id)
    assert (response.status_code, response["Location"]) == (302, f"/tickets/{ticket.pk}/?in=all")
    assert (delivery.status, delivery.attempts) == ("pending", 0)


def test_failed_reply_that_was_waited_for_knows_its_list(ticket: Ticket, ada: Agent) -> None:
    message = replied(ticket, ada, status="failed", error="Refused.")

    part = browser_of(ada).get(f"/messages/{message.pk}/delivery/?in=mine").content.decode()

    assert re.findall(r'action="([^"]+)"', part) == [f"/messages/{message.pk}/delivery/?in=mine"]


def test_message_that_is_read_in_place_has_no_delivery(ada: Agent) -> None:
    ticket = Ticket.objects.get(pk=receive(channel="webchat").ticket)
    message = reply(ticket, "Hello", by=ada)

    assert browser_of(ada).post(f"/messages/{message.pk}/delivery/").status_code == 404


def test_acting_without_scripts_leads_back_to_the_page(ticket: Ticket, ada: Agent) -> None:
    response = browser_of(ada).post(f"/tickets/{ticket.pk}/messages/?in=mine", {"kind": "note", "body": "Seen."}, follow=True)

    assert response.status_code == 200
    assert messages(response) == [("customer", "Where is it?"), ("note", "Seen.")]
    assert make_inbound().channel == "email"
