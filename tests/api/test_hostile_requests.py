"""V9: what a program sends is answered in JSON and in words, whatever it is."""

from __future__ import annotations

import base64

import pytest
from rest_framework.test import APIClient

from helpdesk.api import parsers
from tests.factories import make_ticket

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 100_000, 400),
        (b'{"\\ud83d": 1, "external_id": "1", "text": "x", "sender": {"email": "a@example.com"}}', 400),
        (b'{"text": "' + b"x" * parsers.LARGEST + b'"}', 413),
        (b"\xff\xfe", 400),
        (b"", 400),
    ],
)
def test_hostile_body_is_refused_in_json(api: APIClient, body: bytes, status: int) -> None:
    answer = api.generic("POST", "/api/v1/messages/", body, content_type="application/json")

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json")


@pytest.mark.parametrize("position", ["2026", "tomorrow", "\x00"])
def test_cursor_that_was_not_made_here_leads_nowhere(api: APIClient, position: str) -> None:
    make_ticket()
    cursor = base64.b64encode(f"p={position}".encode()).decode()

    assert api.get("/api/v1/tickets/", {"cursor": cursor}).status_code == 404


def test_empty_subject_is_no_subject(api: APIClient) -> None:
    """Chat and SMS gateways send one."""
    message = {"external_id": "1", "subject": "", "text": "Where is it?", "sender": {"email": "ada@example.com"}}

    assert api.post("/api/v1/messages/", message, format="json").status_code == 201
    assert [ticket["subject"] for ticket in api.get("/api/v1/tickets/").json()["results"]] == ["Where is it?"]
