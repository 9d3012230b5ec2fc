"""POST /api/v1/events/"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from rest_framework.test import APIClient

from helpdesk.api import customer_views
from helpdesk.customers.models import Customer, Event
from tests.factories import make_customer

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/events/"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def event(**fields: Any) -> dict[str, Any]:
    return {"customer": {"email": "ada@example.com"}, "metric": "Placed Order"} | fields


def post(api: APIClient, data: Any) -> tuple[int, Any]:
    with time_machine.travel(NOW, tick=False):
        response = api.post(ADDRESS, data, format="json")
    return response.status_code, response.json()


def test_event_is_kept_as_told(api: APIClient) -> None:
    """R8: what rules ask for."""
    ada = make_customer(email="ada@example.com")

    answer = post(api, event(occurred_at="2026-11-22T12:07:00+01:00", value="99.50", properties={"sku": "A"}, external_id="order-1"))

    kept = Event.objects.get()
    assert answer == (201, {"status": "created", "event": kept.pk, "customer": ada.pk})
    assert (kept.metric, kept.occurred_at, kept.value) == ("Placed Order", datetime(2026, 11, 22, 11, 7, tzinfo=UTC), Decimal("99.50"))
    assert (kept.customer, kept.properties, kept.external_id) == (ada, {"sku": "A"}, "order-1")


def test_what_is_left_out_has_a_default(api: APIClient) -> None:
    post(api, event())

    assert list(Event.objects.values_list("occurred_at", "value", "properties", "external_id")) == [(NOW, None, {}, None)]


def test_customer_of_an_event_is_found_by_any_key_or_made(api: APIClient) -> None:
    ada = make_customer(email="ada@example.com", phone="+46701234567", external_id="u-1")
    keys = [{"email": "Ada@example.com"}, {"phone": "+46 70 123 45 67"}, {"external_id": "u-1"}, {"external_id": "u-2"}]

    customers = [post(api, event(customer=key))[1]["customer"] for key in keys]

    assert customers == [ada.pk] * 3 + [Customer.objects.get(external_id="u-2").pk]


def test_same_external_id_again_is_the_first_event(api: APIClient) -> None:
    """A shop that repeats its webhook places no second order."""
    first = post(api, event(external_id="order-1", value=10))

    again = post(api, event(external_id="order-1", value=99, customer={"email": "ada@example.com"}))

    assert again == (200, first[1] | {"status": "duplicate"})
    assert list(Event.objects.values_list("value", flat=True)) == [Decimal(10)]


def test_events_without_external_id_are_all_kept(api: APIClient) -> None:
    assert [post(api, event())[0] for _ in range(2)] == [201, 201]
    assert Event.objects.count() == 2


REQUIRED, BLANK = ["This field is required."], ["This field may not be blank."]
NAIVE, EARLY, FUTURE = ["Write the time with its zone, as 2026-11-22T13:07:00Z."], ["This time is before 1900."], ["This time is more than a day ahead."]
LONG = "Ensure this field has no more than {} characters."
NOBODY = ["Give an e-mail, a phone or an external_id, so that we know who it is."]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({}, {"customer": REQUIRED, "metric": REQUIRED}),
        (event(customer={}), {"customer": {"non_field_errors": NOBODY}}),
        (event(customer={"email": "ada"}), {"customer": {"email": ["Enter a valid email address."]}}),
        (event(customer={"email": "ada@example.com", "name": "Ada"}), {"customer": {"name": ["There is no such field."]}}),
        (event(metric=" "), {"metric": BLANK}),
        (event(metric="x" * 121), {"metric": [LONG.format(120)]}),
        (event(metric="a\x00"), {"metric": ["Null characters are not allowed."]}),
        (event(occurred_at="2026-11-22T12:00:00"), {"occurred_at": NAIVE}),
        (event(occurred_at="1899-12-31T23:59:59Z"), {"occurred_at": EARLY}),
        (event(occurred_at="2026-11-23T12:00:01Z"), {"occurred_at": FUTURE}),
        (event(value="1.999"), {"value": ["Ensure that there are no more than 2 decimal places."]}),
        (event(value="1" * 13), {"value": ["Ensure that there are no more than 12 digits before the decimal point."]}),
        (event(value="much"), {"value": ["A valid number is required."]}),
        (event(value="NaN"), {"value": ["A valid number is required."]}),
        (event(properties=[1]), {"properties": ['Give an object, as {"tier": "gold"}.']}),
        (event(external_id="x" * 201), {"external_id": [LONG.format(200)]}),
        (event(external_id=""), {"external_id": BLANK}),
        (event(id=1), {"id": ["There is no such field."]}),
    ],
)
def test_wrong_field_is_named(api: APIClient, data: Any, problem: Any) -> None:
    answer = post(api, data)

    assert answer == (400, problem)
    assert (Event.objects.count(), Customer.objects.count()) == (0, 0)


@pytest.mark.parametrize("moment", ["yesterday", "2026-11-22", 1_790_000_000, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_moment_that_is_none_is_refused(api: APIClient, moment: Any) -> None:
    status, problem = post(api, event(occurred_at=moment))

    assert (status, list(problem)) == (400, ["occurred_at"])


def test_clock_may_be_a_day_ahead(api: APIClient) -> None:
    post(api, event(occurred_at=(NOW + timedelta(days=1)).isoformat()))

    assert Event.objects.get().occurred_at == NOW + timedelta(days=1)


def test_trouble_with_the_database_is_503_and_keeps_nothing(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule above all: not even the customer, whose event is missing."""

    def fail(*_args: Any, **_details: Any) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(customer_views, "track", fail)
    answer = post(api, event())
    monkeypatch.undo()

    assert answer == (503, {"detail": "It could not be stored. Send it again."})
    assert (Customer.objects.count(), post(api, event())[0]) == (0, 201)
