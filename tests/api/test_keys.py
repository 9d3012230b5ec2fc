"""Who may use the API."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest
from rest_framework.test import APIClient

from agents.models import Agent, Role
from helpdesk.api.models import ApiKey
from tests.api.conftest import SignIn
from tests.factories import make_agent
from tests.inbox.browsing import browser_of

pytestmark = pytest.mark.django_db
ADDRESSES = [
    ("post", "/api/v1/messages/"),
    ("post", "/api/v1/customers/"),
    ("post", "/api/v1/events/"),
    ("get", "/api/v1/tickets/"),
    ("get", "/api/v1/tickets/1/"),
    ("get", "/api/v1/tickets/1/messages/"),
    ("get", "/api/v1/me/availability/"),
    ("put", "/api/v1/me/availability/"),
]


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
@pytest.mark.parametrize("header", [None, "Bearer wrong", "Bearer ", "Bearer \u00e5", "Basic d3Jvbmc="])
def test_without_a_valid_key_nothing_is_answered(method: str, address: str, header: str | None) -> None:
    """V3: and the answer says how to ask."""
    client = APIClient(**({"HTTP_AUTHORIZATION": header} if header else {}))

    response = getattr(client, method)(address, {}, format="json")

    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")


def test_key_of_who_was_switched_off_is_answered_like_a_wrong_one(api: APIClient, ida: Agent) -> None:
    Agent.objects.filter(pk=ida.pk).update(is_active=False)

    answers = [client.get("/api/v1/tickets/").json() for client in (api, APIClient(HTTP_AUTHORIZATION="Bearer wrong"))]

    assert answers == [{"detail": "This API key is not valid."}] * 2


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
def test_analyst_is_refused(client_of: SignIn, method: str, address: str) -> None:
    """C4: before what they sent is looked at."""
    analyst = client_of(make_agent(role=Role.ANALYST))

    response = getattr(analyst, method)(address, {"nonsense": 1} if method != "get" else None, format="json")

    assert (response.status_code, response.json()) == (403, {"detail": "Only people who answer tickets can do this."})


def test_key_of_an_analyst_is_made_in_the_admin_and_reads_reports_alone() -> None:
    """C4: a program that reads numbers needs no right to write."""
    ana, gone = make_agent("Ana", role=Role.ANALYST), make_agent("Gone", role=Role.ANALYST, is_active=False)
    browser = browser_of(make_agent(role=Role.ADMIN))

    made, refused = (browser.post("/admin/api/apikey/add/", {"name": "Numbers", "agent": agent.pk}, follow=True) for agent in (ana, gone))

    secret = re.search(r'<code class="secret">([^<]+)', made.content.decode())
    assert secret is not None
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {secret[1]}")
    assert [client.get(f"/api/v1/{address}").status_code for address in ("reports/service/", "tickets/", "customers/")] == [200, 403, 403]
    assert list(ApiKey.objects.filter(name="Numbers").values_list("agent", flat=True)) == [ana.pk]
    assert refused.status_code == 200


def test_key_is_shown_once_and_kept_as_a_hash(ida: Agent) -> None:
    """V16."""
    key, secret = ApiKey.make("Shop", ida)

    assert len(secret) == 43  # 32 bytes in base64
    assert ApiKey.objects.values_list("digest", flat=True).get() == key.digest == hashlib.sha256(secret.encode()).hexdigest()


def test_signed_in_page_needs_the_csrf_token(ida: Agent) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(ida)

    read, write = client.get("/api/v1/me/availability/"), client.put("/api/v1/me/availability/", {"online": True}, format="json")

    assert (read.status_code, write.status_code) == (200, 403)


@pytest.mark.parametrize("body", ["", "[]", "null", "{", '"text"', "\ufeff{}"])
def test_body_that_is_no_object_is_refused(api: APIClient, body: Any) -> None:
    response = api.post("/api/v1/messages/", body, content_type="application/json")

    assert response.status_code == 400
