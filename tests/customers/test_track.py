"""What customers did."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from helpdesk.customers.models import Event
from helpdesk.customers.profiles import NothingNamed, track
from tests.factories import make_customer
from tests.people import at_once

pytestmark = pytest.mark.django_db


def test_event_is_kept_as_told() -> None:
    """R8."""
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)

    track(make_customer(email="ada@example.com"), "Placed Order", occurred_at=at, value=Decimal("99.50"), properties={"sku": "A"}, external_id="order-1")

    fields = ("customer__email", "metric", "occurred_at", "value", "properties", "external_id")
    assert list(Event.objects.values_list(*fields)) == [("ada@example.com", "Placed Order", at, Decimal("99.50"), {"sku": "A"}, "order-1")]


def test_event_happens_now_unless_told_otherwise() -> None:
    before = timezone.now()

    event = track(make_customer(), "Placed Order")

    assert before <= event.occurred_at <= timezone.now()
    assert (event.value, event.properties, event.external_id, event.is_new) == (None, {}, None, True)


@pytest.mark.parametrize("metric", ["", " "])
def test_event_says_what_was_done(metric: str) -> None:
    with pytest.raises(NothingNamed):
        track(make_customer(), metric)

    assert Event.objects.count() == 0


def test_events_without_external_id_are_all_kept() -> None:
    customer = make_customer()

    events = {track(customer, "Viewed Product"), track(customer, "Viewed Product")}

    assert len(events) == 2


def test_same_external_id_again_changes_nothing() -> None:
    """A shop that repeats its webhook places no second order."""
    customer = make_customer()
    first = track(customer, "Placed Order", value=Decimal(10), external_id="order-1")

    again = track(customer, "Placed Order", value=Decimal(99), external_id="order-1")

    assert again == first
    assert (first.is_new, again.is_new) == (True, False)
    assert [event.value for event in customer.events.all()] == [Decimal(10)]


@pytest.mark.django_db(transaction=True)
def test_same_external_id_by_four_at_once_is_one_event() -> None:
    customer = make_customer()

    events = at_once(*[lambda: track(customer, "Placed Order", external_id="order-1").pk] * 4)

    assert len(set(events)) == 1
    assert Event.objects.count() == 1
