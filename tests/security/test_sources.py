"""V6, V9, V15: what systems outside push is believed only as far as it is proven, and breaks nothing."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from helpdesk.customers.models import Customer, Event
from helpdesk.sources import wire
from helpdesk.sources.models import Received, Source
from helpdesk.sources.shopify import topics
from helpdesk.sources.shopify.topics import TOPICS
from tests.sources.shops import a_checkout, a_person, a_refund, address_of, an_order, push, segment_source, shopify_source, signed, written

pytestmark = pytest.mark.django_db
ODD = ["1", "2025-03-01", "NaN", "1e400", "\0", "\ud800"]
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20), st.sampled_from(ODD)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
QUICK = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def nothing_came() -> bool:
    return not Received.objects.exists() and not Event.objects.exists() and not Customer.objects.exists()


def sent_as(source: Source, headers: dict[str, str], body: bytes | None = None) -> int:
    return Client().post(address_of(source), body or written(an_order()), content_type="application/json", headers=headers).status_code


# Signatures ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", ["", "bm9uc2Vuc2U=", "\u00e5", "="])
def test_webhook_without_its_signature_is_refused(told: str) -> None:
    """V6."""
    headers = signed(an_order()) | {"X-Shopify-Hmac-Sha256": told}

    assert (sent_as(shopify_source(), headers), nothing_came()) == (401, True)


def test_webhook_signed_by_another_shop_is_refused() -> None:
    source, _other = shopify_source(), shopify_source(secret="another")

    assert (sent_as(source, signed(an_order(), secret="another")), nothing_came()) == (401, True)


def test_webhook_of_another_shop_with_the_same_app_is_refused() -> None:
    assert (sent_as(shopify_source(), signed(an_order(), shop="others.myshopify.com")), nothing_came()) == (401, True)


def test_changed_webhook_is_refused() -> None:
    changed = written(an_order(total_price="1.00"))

    assert (sent_as(shopify_source(), signed(an_order()), changed), nothing_came()) == (401, True)


def test_source_without_a_secret_believes_nobody() -> None:
    """An empty secret is one that everybody knows. It reads as empty, too, once SECRET_KEY has changed."""
    source = shopify_source(secret="")

    assert (sent_as(source, signed(an_order(), secret="")), nothing_came()) == (401, True)


def test_refusals_give_no_hint() -> None:
    known, inactive, unknown = shopify_source(), shopify_source(is_active=False), Source(pk=10**30)

    answers = [
        Client().post(address_of(each), b"{}", content_type="application/json", headers=signed(b"{}", secret="x")) for each in (known, inactive, unknown)
    ]

    assert {(answer.status_code, answer.content) for answer in answers} == {(401, b"")}
    assert sent_as(inactive, signed(an_order())) == 401


def test_signature_is_checked_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """V6, V9."""
    monkeypatch.setattr(topics, "read_json", None)

    assert sent_as(shopify_source(), signed(b"[" * 10_000, secret="x"), b"[" * 10_000) == 401


def test_secret_is_sealed_in_the_database() -> None:
    shopify_source()

    assert Source.objects.extra(select={"kept": "secret"}).values_list("kept", flat=True).get().startswith("gAAAA")


# Replays ---------------------------------------------------------------------------------------------


def test_same_webhook_again_changes_nothing() -> None:
    source = shopify_source()
    push(source, an_order(), number="w1")

    response = push(source, an_order(id=451), number="w1")

    assert (response.status_code, Event.objects.count(), Received.objects.count()) == (200, 1, 1)


@pytest.mark.parametrize("topic", TOPICS)
def test_captured_body_under_another_name_says_nothing_new(topic: str) -> None:
    """The signature does not cover the headers."""
    source = shopify_source()
    for kind, body in (("orders/create", an_order()), ("checkouts/create", a_checkout()), ("refunds/create", a_refund())):
        push(source, body, kind)
    push(source, a_person(updated_at="2025-04-01T00:00:00Z", first_name="Margareta"), "customers/update")

    for body in (an_order(), a_checkout(), a_refund(), a_person()):
        push(source, body, topic)

    metrics = sorted(Event.objects.values_list("metric", flat=True))
    assert (metrics, Customer.objects.get().name) == (["Placed Order", "Refunded Order", "Started Checkout"], "Margareta Lund")


# Keys and limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", [None, "Basic", "Basic \u00e5", "Basic d3Jvbmc6", "Bearer wrong"])
def test_wrong_write_key_is_refused(header: str | None) -> None:
    segment_source()
    headers = {"Authorization": header} if header else {}

    for key in ("wrong", None, ["x"], "\ud800"):
        response = Client().post("/v1/track", json.dumps({"userId": "u1", "event": "Paid", "writeKey": key}), content_type="text/plain", headers=headers)
        assert (response.status_code, response.json()["message"]) == (401, "This write key is not valid.")

    assert nothing_came()


def test_key_of_an_inactive_source_is_refused_like_a_wrong_one() -> None:
    _source, key = segment_source(is_active=False)

    answers = [Client().post("/v1/track", json.dumps({"writeKey": told}), content_type="text/plain") for told in (key, "wrong")]

    assert {(answer.status_code, answer.content) for answer in answers} == {(401, answers[1].content)}


def test_gzip_that_unpacks_to_a_flood_is_refused() -> None:
    """V9: long before its end, which is broken."""
    bomb = gzip.compress(b"x" * 50_000_000)[:-8] + b"nonsense"

    response = Client().post("/v1/batch", bomb, content_type="application/json", headers={"Content-Encoding": "gzip"})

    assert (response.status_code, response.json()["message"]) == (400, "This is too large: at most 512000 bytes.")


def test_broken_gzip_is_refused() -> None:
    response = Client().post("/v1/batch", b"no gzip", content_type="application/json", headers={"Content-Encoding": "gzip"})

    assert (response.status_code, response.json()["message"]) == (400, "This is not gzip.")


def test_webhook_is_never_unpacked() -> None:
    """V6: what is signed are the bytes as they come."""
    headers = signed(an_order()) | {"Content-Encoding": "gzip"}

    assert sent_as(shopify_source(), headers, gzip.compress(written(an_order()))) == 401
    assert sent_as(shopify_source(), headers) == 200


def test_webhook_that_is_too_large_is_refused() -> None:
    body = b"x" * (5 * 1024 * 1024 + 1)

    assert sent_as(shopify_source(), signed(body), body) == 413


def test_too_many_requests_from_one_address_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """V15."""
    cache.clear()
    monkeypatch.setattr(wire, "REQUESTS_A_MINUTE", 2)
    source, (_segment, key) = shopify_source(), segment_source()
    body = json.dumps({"writeKey": key, "userId": "u1", "event": "Paid"})

    statuses = [Client().post("/v1/track", body, content_type="text/plain").status_code for _ in range(3)]
    elsewhere = Client(REMOTE_ADDR="192.0.2.9").post("/v1/track", body, content_type="text/plain").status_code

    assert (statuses, elsewhere, sent_as(source, signed(an_order()))) == ([200, 200, 429], 200, 429)


# Whatever comes ----------------------------------------------------------------------------------------


@st.composite
def mutated(draw: st.DrawFn, template: dict[str, Any]) -> dict[str, Any]:
    """The template with some fields, at any level, replaced by anything."""
    body = dict(template)
    for name in draw(st.lists(st.sampled_from(sorted(template)), max_size=4, unique=True)):
        part = template[name]
        body[name] = draw(mutated(part) | ANYTHING) if isinstance(part, dict) else draw(ANYTHING)
    return body


WEBHOOKS = st.one_of(
    st.tuples(
        st.just("orders/updated"), mutated(an_order(cancelled_at="2025-03-04", fulfillment_status="fulfilled", fulfillments=[{"created_at": "2025-03-03"}]))
    ),
    st.tuples(st.just("customers/update"), mutated(a_person())),
    st.tuples(st.just("checkouts/update"), mutated(a_checkout())),
    st.tuples(st.just("refunds/create"), mutated(a_refund())),
    st.tuples(st.sampled_from([*TOPICS]), ANYTHING),
)
TOLD = {
    "type": "track",
    "userId": "u1",
    "anonymousId": "a1",
    "previousId": "a1",
    "event": "Paid",
    "name": "Lamps",
    "groupId": "g1",
    "messageId": "m1",
    "timestamp": "2025-03-02T10:00:00Z",
    "sentAt": "2025-03-02T10:00:00Z",
    "context": {"locale": "sv", "traits": {"email": "greta@example.com"}},
    "traits": {"email": "greta@example.com", "phone": "+46701234567", "address": {"country": "Sweden"}, "email_consent": True},
    "properties": {"revenue": 1},
}


@QUICK
@given(WEBHOOKS)
def test_signed_webhook_of_any_shape_is_kept_and_answered(webhook: tuple[str, Any]) -> None:
    """V9: and what is odd about it is said in words, not by a fault of ours."""
    topic, body = webhook
    source = shopify_source()

    response = push(source, json.dumps(body).encode(errors="surrogatepass"), topic)

    assert response.status_code == 200
    assert not Received.objects.filter(reason__startswith="Something went wrong here").exists()
    assert not source.received.filter(status="pending").exclude(topic="refunds/create").exists()


MESSAGES = st.one_of(*[mutated(TOLD | {"type": kind}) for kind in ("identify", "track", "page", "group", "alias")], ANYTHING)


@QUICK
@given(st.lists(MESSAGES, max_size=4))
@example([{"type": "\ud800"}, {"type": "\0"}, {"type": {}}])
@example([TOLD | {name: bad} for name in ("userId", "anonymousId", "event", "messageId") for bad in ("\ud800", "\0")])
@example([TOLD | {"type": "alias", "userId": "\ud800"}, TOLD | {"type": "identify", "traits": {"\0": "\0"}}])
def test_batch_of_any_shape_is_answered(batch: list[Any]) -> None:
    """V9."""
    _source, key = segment_source()
    body = json.dumps({"batch": batch, "writeKey": key}).encode(errors="surrogatepass")

    response = Client().post("/v1/batch", body, content_type="text/plain")

    assert response.status_code == 200
    assert not Received.objects.filter(reason__startswith="Something went wrong here").exists()
