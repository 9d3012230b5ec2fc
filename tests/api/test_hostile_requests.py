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


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"text": "x",\n  oops}', "This is not JSON: it cannot be read from line 2, character 3 on."),
        (b'"\xff"', "This is not UTF-8: byte 2 is part of no letter."),
        (b'{"value": NaN}', "This JSON holds a number that cannot be kept."),
        (b'{"value": ' + b"9" * 5_000 + b"}", "This JSON holds a number that cannot be kept."),
    ],
)
def test_what_cannot_be_read_is_said_in_our_words(api: APIClient, body: bytes, said: str) -> None:
    answer = api.generic("POST", "/api/v1/messages/", body, content_type="application/json")

    assert (answer.status_code, answer.json()) == (400, {"detail": said})


@pytest.mark.parametrize(
    ("address", "problems"),
    [
        ("tickets/{ticket}/messages/?page=2", {"page": ["There is no such parameter. There are: cursor."]}),
        ("customers/?segmnet=3&q=a", {"segmnet": ["There is no such parameter. There are: cursor, q, segment."]}),
        ("tickets/{ticket}/?x=1", {"x": ["There are no parameters here."]}),
        ("rules/publication/?leave=1", {"leave": ["There is no such parameter. There are: leave_out."]}),
        ("tickets/?" + "tag=a&" * 101, {"tag": ["At most 100 values."]}),
    ],
)
def test_parameter_that_there_is_not_is_refused(api: APIClient, address: str, problems: dict[str, list[str]]) -> None:
    """What was meant to narrow a list must not give all of it."""
    ticket = make_ticket()

    answer = api.get(f"/api/v1/{address.format(ticket=ticket.pk)}")

    assert (answer.status_code, answer.json()) == (400, problems)


@pytest.mark.parametrize("address", ["tickets/?channel=sms&channel=email", "customers/?q=ada", "views/", "segments/", "macros/?cursor="])
def test_parameter_that_there_is_is_read(api: APIClient, address: str) -> None:
    assert api.get(f"/api/v1/{address}").status_code == 200


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


def test_half_a_character_is_quoted_as_it_was_written(api: APIClient) -> None:
    """JSON can name it, UTF-8 cannot."""
    answer = api.generic("POST", "/api/v1/tickets/acts/", rb'{"act": "\ud800 \u0142", "tickets": [1]}', content_type="application/json")

    assert (answer.status_code, answer.json()) == (400, {"act": ['"\ud800 ł" is not a valid choice.']})


@pytest.mark.parametrize("address", ["me/availability/", "rules/order/", "views/1/", "tickets/"])
def test_options_is_no_way_to_ask(api: APIClient, address: str) -> None:
    """The schema describes what there is."""
    assert api.options(f"/api/v1/{address}").status_code == 405
