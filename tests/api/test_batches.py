"""POST /api/v1/customers/batch/ and /api/v1/events/batch/"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from agents.models import Role
from helpdesk.api import batch_views
from helpdesk.customers.models import Customer, Event
from tests.api.conftest import SignIn
from tests.factories import make_agent

pytestmark = pytest.mark.django_db
CUSTOMERS, EVENTS = "/api/v1/customers/batch/", "/api/v1/events/batch/"
ORDER = {"customer": {"email": "ada@example.com"}, "metric": "Placed Order"}


def post(api: APIClient, address: str, data: Any) -> tuple[int, Any]:
    response = api.post(address, data, format="json")
    return response.status_code, response.json()


def test_each_customer_has_an_outcome(api: APIClient) -> None:
    facts = {"zone": "Europe/Stockholm", "ids": {"shopify": "7"}, "consent": {"email": "SUBSCRIBED", "sms": False}, "properties": {"tier": "gold"}}
    rows = [{"email": "ada@example.com", "name": "Ada"}, {"email": "ada"}, {"ids": {"shopify": "7"}, "email": "ADA@example.com"} | facts, "Ada", {}]

    status, told = post(api, CUSTOMERS, {"customers": rows})

    ada = Customer.objects.get()
    assert (status, told["outcomes"]) == (
        200,
        [
            {"index": 0, "status": "created", "customer": ada.pk},
            {"index": 1, "status": "refused", "error": {"email": ["Enter a valid email address."]}},
            {"index": 2, "status": "known", "customer": ada.pk},
            {"index": 3, "status": "refused", "error": {"non_field_errors": ["Invalid data. Expected a dictionary, but got str."]}},
            {
                "index": 4,
                "status": "refused",
                "error": {"non_field_errors": ["Give an e-mail, a phone or an external_id, so that we know who it is."]},
            },
        ],
    )
    assert (ada.name, ada.zone, ada.properties) == ("Ada", "Europe/Stockholm", {"tier": "gold", "email_consent": "subscribed", "sms_consent": "unsubscribed"})


def test_each_event_has_an_outcome(api: APIClient) -> None:
    rows = [ORDER | {"external_id": "1", "value": "9.50"}, ORDER | {"value": "much"}, ORDER | {"external_id": "1"}, ORDER | {"customer": {"ids": {"s": "7"}}}]

    status, told = post(api, EVENTS, {"events": rows})

    (first, second), (ada, other) = Event.objects.order_by("pk"), Customer.objects.order_by("pk")
    assert (status, told["outcomes"]) == (
        200,
        [
            {"index": 0, "status": "created", "event": first.pk, "customer": ada.pk},
            {"index": 1, "status": "refused", "error": {"value": ["A valid number is required."]}},
            {"index": 2, "status": "duplicate", "event": first.pk, "customer": ada.pk},
            {"index": 3, "status": "created", "event": second.pk, "customer": other.pk},
        ],
    )


@pytest.mark.parametrize(("address", "name"), [(CUSTOMERS, "customers"), (EVENTS, "events")])
@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([{}] * 1001, ["Ensure this field has no more than 1000 elements."]),
        ({}, ['Expected a list of items but got type "dict".']),
        (None, ["This field may not be null."]),
    ],
)
def test_batch_that_is_none_is_refused_whole(api: APIClient, address: str, name: str, rows: Any, problem: list[str]) -> None:
    assert post(api, address, {name: rows}) == (400, {name: problem})
    assert post(api, address, {name: [], "more": 1}) == (400, {"more": ["There is no such field."]})
    assert post(api, address, {}) == (400, {name: ["This field is required."]})


@pytest.mark.parametrize(("address", "name"), [(CUSTOMERS, "customers"), (EVENTS, "events")])
def test_empty_batch_has_no_outcomes(api: APIClient, address: str, name: str) -> None:
    assert post(api, address, {name: []}) == (200, {"outcomes": []})


@pytest.mark.parametrize(("address", "name", "verb"), [(CUSTOMERS, "customers", "identify_many"), (EVENTS, "events", "track_many")])
def test_trouble_with_the_database_is_503(api: APIClient, monkeypatch: pytest.MonkeyPatch, address: str, name: str, verb: str) -> None:
    """The rule above all."""

    def fail(_rows: Any) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(batch_views, verb, fail)

    assert post(api, address, {name: []}) == (503, {"detail": "It could not be stored. Send it again."})


@pytest.mark.parametrize(("address", "name"), [(CUSTOMERS, "customers"), (EVENTS, "events")])
def test_only_those_who_answer_may_write(client_of: SignIn, address: str, name: str) -> None:
    """C4."""
    analyst = client_of(make_agent("Ann", role=Role.ANALYST))

    assert post(analyst, address, {name: []})[0] == 403


def test_rows_cost_a_number_of_queries_that_does_not_grow(api: APIClient) -> None:
    counts = []
    for number in (2, 40):
        rows = [ORDER | {"customer": {"email": f"{number}-{n}@example.com"}, "external_id": f"{number}-{n}"} for n in range(number)]
        with CaptureQueriesContext(connection) as captured:
            post(api, EVENTS, {"events": rows})
        counts.append(len(captured))

    assert counts[0] == counts[1]
