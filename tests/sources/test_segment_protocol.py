"""The addresses of the Segment protocol: who may send, how much, from where; and what is answered."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from helpdesk.customers.models import Customer, Event
from helpdesk.sources.models import Received, Source
from tests.sources.shops import segment_source

pytestmark = pytest.mark.django_db
PAID = {"type": "track", "userId": "u1", "event": "Paid"}


@pytest.fixture
def key() -> str:
    return segment_source()[1]


def basic(key: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


def send(kind: str, body: Any, **headers: str) -> HttpResponse:
    written = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Client().post(f"/v1/{kind}", written, content_type="application/json", headers=headers)


def answered(response: HttpResponse) -> tuple[int, dict[str, Any]]:
    return response.status_code, json.loads(response.content)


def test_one_message_is_committed_and_answered(key: str) -> None:
    assert answered(send("track", PAID, **basic(key))) == (200, {"success": True})
    assert Event.objects.get().metric == "Paid"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("t", PAID),
        ("p", {"userId": "u1", "name": "Lamps"}),
        ("s", {"userId": "u1", "name": "Lamps"}),
        ("b", {"batch": [PAID]}),
        ("import", {"batch": [PAID]}),
        ("track/", PAID),
    ],
)
def test_browsers_and_phones_send_the_key_in_the_body(key: str, kind: str, body: dict[str, Any]) -> None:
    """As text, so that a browser need not ask first."""
    response = Client().post(f"/v1/{kind}", json.dumps(body | {"writeKey": key}), content_type="text/plain")

    assert (response.status_code, Event.objects.count()) == (200, 1)


def test_browser_may_send_from_any_page(key: str) -> None:
    asked = Client().options("/v1/track", headers={"Origin": "https://lamps.example", "Access-Control-Request-Method": "POST"})
    sent = send("track", PAID, **basic(key), Origin="https://lamps.example")

    assert (asked.status_code, asked["Access-Control-Allow-Origin"], asked["Access-Control-Allow-Methods"]) == (204, "*", "POST, OPTIONS")
    assert asked["Access-Control-Allow-Headers"] == "Authorization, Content-Type, X-Retry-Count"
    assert sent["Access-Control-Allow-Origin"] == "*"
    assert ["Access-Control-Allow-Credentials" in response.headers for response in (asked, sent)] == [False, False]


def test_bad_message_harms_no_other(key: str) -> None:
    batch = [PAID, {"type": "track", "userId": "u1"}, "nonsense", None, {"userId": "u1"}, PAID | {"event": "Left"}]

    response = send("batch", {"batch": batch}, **basic(key))

    assert answered(response) == (200, {"success": True})
    assert list(Event.objects.order_by("pk").values_list("metric", flat=True)) == ["Paid", "Left"]
    assert (Received.objects.count(), Source.objects.get().refused) == (4, 4)


def test_context_of_a_batch_holds_for_its_messages(key: str) -> None:
    told = [{"type": "identify", "userId": "u1"}, {"type": "identify", "userId": "u2", "context": {"locale": "pl"}}]

    send("batch", {"batch": told, "context": {"locale": "sv-SE"}}, **basic(key))

    assert list(Customer.objects.order_by("external_id").values_list("language", flat=True)) == ["sv", "pl"]


@pytest.mark.parametrize("encoding", ["gzip", "GZIP"])
def test_gzip_is_read(key: str, encoding: str) -> None:
    body = gzip.compress(json.dumps({"batch": [PAID]}).encode())

    assert send("batch", body, **basic(key), **{"Content-Encoding": encoding}).status_code == 200
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "body", "message"),
    [
        ("track", b"{", "This is not JSON that can be read."),
        ("track", b'{"a": NaN}', "This is not JSON that can be read."),
        ("track", b"[" * 30_000, "This is not JSON that can be read."),
        ("track", b"\xff", "This is not JSON that can be read."),
        ("track", b"[]", "This is not an object."),
        ("track", b'"' + b"x" * 32_768, "This is too large: at most 32768 bytes."),
        ("batch", b'"' + b"x" * 512_000, "This is too large: at most 512000 bytes."),
        ("batch", b"{}", "“batch” is not a list."),
        ("batch", json.dumps({"batch": [1] * 2_501}).encode(), "These are too many messages: at most 2500."),
    ],
)
def test_what_will_never_be_read_is_refused(key: str, kind: str, body: bytes, message: str) -> None:
    """400, which no library repeats."""
    assert answered(send(kind, body, **basic(key))) == (400, {"success": False, "code": "400", "message": message})


@pytest.mark.parametrize(("method", "status"), [("get", 405), ("put", 405), ("delete", 405)])
def test_nothing_can_be_read(key: str, method: str, status: int) -> None:
    """A public key only tells."""
    response = getattr(Client(), method)("/v1/track", headers=basic(key))

    assert (response.status_code, response["Allow"]) == (status, "POST, OPTIONS")


def test_key_is_kept_as_a_hash() -> None:
    """V16."""
    source, key = segment_source()

    assert (len(key), len(source.key_hash or ""), source.key_hash == key) == (43, 64, False)
