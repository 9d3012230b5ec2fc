"""Files with messages, in and out, and macros."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from agents.models import Agent
from helpdesk.tickets.conversation.attachments import File, attach
from helpdesk.tickets.conversation.drafts import draft_of
from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.conversation.sending import send_reply
from helpdesk.tickets.models import Attachment, Macro, Message
from tests.factories import make_agent, make_ticket

pytestmark = pytest.mark.django_db


def message_with(*files: dict[str, Any]) -> dict[str, Any]:
    return {"external_id": "1", "text": "See the picture.", "sender": {"email": "anna@example.com"}, "attachments": list(files)}


def test_files_come_in_with_a_message_and_are_downloaded(api: APIClient) -> None:
    receipt = api.post(
        "/api/v1/messages/", message_with({"name": "../a.txt", "content_type": "text/plain", "content": b64encode(b"Hello").decode()}), format="json"
    )

    listed = api.get(f"/api/v1/tickets/{receipt.json()['ticket']}/attachments/").json()["results"]
    file = Attachment.objects.get()
    got = api.get(f"/api/v1/attachments/{file.pk}/")
    assert receipt.status_code == 201
    assert listed == [{"number": file.pk, "message": receipt.json()["message"], "name": "a.txt", "content_type": "text/plain", "size": 5}]
    assert (got.content, got["Content-Type"], got["Content-Disposition"]) == (b"Hello", "application/octet-stream", 'attachment; filename="a.txt"')
    assert got["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"


@pytest.mark.parametrize("content", ["é", "a", "====", "\0"])
def test_what_is_not_base64_is_refused_and_nothing_is_kept(content: str, api: APIClient) -> None:
    response = api.post("/api/v1/messages/", message_with({"name": "a.txt", "content": content}), format="json")

    assert (response.status_code, Message.objects.exists()) == (400, False)


def test_files_of_a_draft_and_of_what_can_be_taken_back_are_nobodys(api: APIClient, ida: Agent, settings: Any) -> None:
    """Nothing is readable before it has left."""
    settings.UNDO_SEND_SECONDS = 10
    ticket = make_ticket()
    attach(ticket, File(name="a", content=b"a"), by=ida)
    send_reply(ticket, "Held", by=ida, draft=draft_of(ticket, ida))
    attach(ticket, File(name="b", content=b"b"), by=ida)

    numbers = Attachment.objects.values_list("pk", flat=True)

    assert [api.get(f"/api/v1/attachments/{number}/").status_code for number in numbers] == [404, 404]
    assert api.get(f"/api/v1/tickets/{ticket.pk}/attachments/").json()["results"] == []
    assert [row["text"] for row in api.get(f"/api/v1/tickets/{ticket.pk}/messages/").json()["results"]] == ["Where is my order?"]


def test_files_of_notes_are_read_by_the_team(api: APIClient, ida: Agent) -> None:
    ticket = make_ticket()
    attach(ticket, File(name="a", content=b"a"), by=ida)
    add_note(ticket, "See", by=ida, draft=draft_of(ticket, ida))

    assert [row["name"] for row in api.get(f"/api/v1/tickets/{ticket.pk}/attachments/").json()["results"]] == ["a"]


@pytest.mark.parametrize("address", ["tickets/999/attachments/", "attachments/999/", "attachments/99999999999999999999/"])
def test_what_there_is_not_is_404(address: str, api: APIClient) -> None:
    assert (api.get(f"/api/v1/{address}").status_code, api.get(f"/api/v1/{address}").json()) == (404, {"detail": "Not found."})


def test_macros_are_the_shared_ones_and_ones_own(api: APIClient, ida: Agent) -> None:
    """V3."""
    shared = Macro.objects.create(name="Hello", category="Basics", body="Hi {{ customer.first_name }}")
    own = Macro.objects.create(name="Bye", body="Best", owner=ida)
    Macro.objects.create(name="Secret", body="No", owner=make_agent())

    shown = api.get("/api/v1/macros/").json()["results"]

    assert shown == [
        {"number": own.pk, "name": "Bye", "category": "", "body": "Best", "is_own": True},
        {"number": shared.pk, "name": "Hello", "category": "Basics", "body": "Hi {{ customer.first_name }}", "is_own": False},
    ]


@pytest.mark.parametrize("address", ["/api/v1/macros/", "/api/v1/tickets/{ticket}/attachments/"])
def test_lists_take_as_many_queries_for_many(address: str, api: APIClient, ida: Agent) -> None:
    ticket = make_ticket()

    def taken(count: int) -> tuple[int, int]:
        for _ in range(count):
            Macro.objects.create(name=f"M{Macro.objects.count()}", body="x")
            attach(ticket, File(name="a", content=b"a"), by=ida)
            add_note(ticket, "See", by=ida, draft=draft_of(ticket, ida))
        with CaptureQueriesContext(connection) as captured:
            rows = api.get(address.format(ticket=ticket.pk)).json()["results"]
        return len(rows), len(captured)

    one, many = taken(1), taken(11)

    assert (one[0], many) == (1, (12, one[1]))
