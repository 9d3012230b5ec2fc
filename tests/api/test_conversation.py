"""GET /api/v1/tickets/<number>/ and GET /api/v1/tickets/<number>/messages/: how replies reach who asked over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.fields import DateTimeField
from rest_framework.test import APIClient

from agents.models import Agent
from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.models import Message, Ticket
from tests.factories import make_agent, make_ticket, reply

pytestmark = pytest.mark.django_db
NOT_FOUND = {"detail": "Not found."}


def address(number: int) -> str:
    return f"/api/v1/tickets/{number}/messages/"


def both(number: int) -> list[str]:
    return [f"/api/v1/tickets/{number}/", address(number)]


def test_one_ticket_is_shown_as_in_the_list(api: APIClient) -> None:
    ticket, _other = make_ticket(), make_ticket()

    shown = api.get(f"/api/v1/tickets/{ticket.pk}/").json()

    listed = {row["number"]: row for row in api.get("/api/v1/tickets/").json()["results"]}
    assert shown == listed[ticket.pk]


def test_what_was_said_is_read_newest_first(api: APIClient) -> None:
    """A reply on an API ticket reaches the program that brought the question; notes are marked."""
    ticket, bob = make_ticket("Where is it?", channel="api", inbox="api"), make_agent("Bob")
    make_ticket("Not this one.")
    add_note(ticket, "He has asked before.", by=bob)
    reply(ticket, "On its way.", by=bob)

    shown = api.get(address(ticket.pk)).json()

    question, note, answer = ticket.messages.all()
    moment = DateTimeField().to_representation
    assert shown == {
        "next": None,
        "previous": None,
        "results": [
            {"number": answer.pk, "author": "agent", "is_internal": False, "text": "On its way.", "created_at": moment(answer.created_at)},
            {"number": note.pk, "author": "agent", "is_internal": True, "text": "He has asked before.", "created_at": moment(note.created_at)},
            {"number": question.pk, "author": "customer", "is_internal": False, "text": "Where is it?", "created_at": moment(question.created_at)},
        ],
    }


def test_pages_hold_every_message_once(api: APIClient) -> None:
    """Also those of the same moment."""
    ticket, at = make_ticket(), timezone.now() - timedelta(days=1)
    Message.objects.bulk_create([Message(ticket=ticket, author="customer", text=str(number), created_at=at) for number in range(120)])

    page = api.get(address(ticket.pk)).json()
    seen = list(page["results"])
    while page["next"]:
        page = api.get(page["next"]).json()
        seen += page["results"]

    assert [row["number"] for row in seen] == list(ticket.messages.order_by("-created_at", "-id").values_list("pk", flat=True))


@pytest.mark.parametrize("size", [1, 3])
def test_messages_take_three_queries_however_many(api: APIClient, ida: Agent, django_assert_num_queries: Any, size: int) -> None:
    """The key with its agent, the ticket, the messages."""
    ticket = make_ticket()
    for _ in range(size):
        reply(ticket, "On its way.", by=ida)

    with django_assert_num_queries(3):
        shown = api.get(address(ticket.pk)).json()["results"]

    assert len(shown) == size + 1


def test_ticket_takes_two_queries(api: APIClient, django_assert_num_queries: Any) -> None:
    ticket = make_ticket()

    with django_assert_num_queries(2):
        api.get(f"/api/v1/tickets/{ticket.pk}/")


@pytest.mark.parametrize("number", [4711, 0, 10**30])
def test_ticket_that_is_not_there_is_404(api: APIClient, number: int) -> None:
    responses = [api.get(path) for path in both(number)]

    assert [(response.status_code, response.json()) for response in responses] == [(404, NOT_FOUND)] * 2


def test_ticket_that_the_agent_may_not_see_is_not_there(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """V3: the same answer as for one that does not exist."""
    hidden = make_ticket()
    monkeypatch.setattr(type(Ticket.objects), "visible_to", lambda tickets, _agent: tickets.exclude(pk=hidden.pk))

    responses = [api.get(path) for path in both(hidden.pk)]

    assert [(response.status_code, response.json()) for response in responses] == [(404, NOT_FOUND)] * 2


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_conversation_is_for_reading(api: APIClient, method: str) -> None:
    """V14."""
    ticket = make_ticket()

    assert [getattr(api, method)(path, {"text": "x"}, format="json").status_code for path in both(ticket.pk)] == [405, 405]
