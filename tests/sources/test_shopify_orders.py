"""What a shop tells about orders becomes events."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from helpdesk.customers.models import Customer, Event
from helpdesk.sources.models import Received
from tests.sources.shops import a_checkout, a_refund, an_order, outcome, push, shopify_source

pytestmark = pytest.mark.django_db


def events() -> list[tuple[str, Decimal | None, datetime]]:
    return list(Event.objects.order_by("occurred_at", "pk").values_list("metric", "value", "occurred_at"))


def at(day: int, hour: int) -> datetime:
    return datetime(2025, 3, day, hour, tzinfo=UTC)


PLACED = ("Placed Order", Decimal("199.90"), at(2, 9))


def test_order_is_an_event_of_its_customer() -> None:
    """R8."""
    response = push(shopify_source(), an_order())

    event = Event.objects.select_related("customer").get()
    assert (response.status_code, events(), event.external_id) == (200, [PLACED], "shopify:order:450:placed")
    assert event.properties == {
        "Order Number": "#1001",
        "Items": ["Lamp", "Bulb"],
        "Item Count": 3,
        "Discount Codes": ["SPRING"],
        "Currency": "SEK",
        "Shipping Country": "Sweden",
        "Source Name": "web",
    }
    assert (event.customer.name, event.customer.email, event.customer.country) == ("Greta Lund", "greta@example.com", "Sweden")


def test_worked_off_webhook_keeps_no_content() -> None:
    push(shopify_source(), an_order(), number="w1")

    row = Received.objects.get()
    assert (row.status, row.external_id, row.about, bytes(row.raw)) == ("done", "w1", "7012", b"")


def test_order_says_itself_what_happened_to_it() -> None:
    """Whatever its topic: the signature does not cover the header."""
    changed = an_order(
        cancelled_at="2025-03-04T10:00:00Z",
        fulfillment_status="fulfilled",
        fulfillments=[{"created_at": "2025-03-03T08:00:00Z"}, {"created_at": "2025-03-03T10:00:00+01:00"}],
    )

    push(shopify_source(), changed, "orders/updated")

    assert events() == [PLACED, ("Fulfilled Order", Decimal("199.90"), at(3, 9)), ("Cancelled Order", Decimal("199.90"), at(4, 10))]


def test_order_that_is_not_cancelled_is_not_by_its_topic() -> None:
    push(shopify_source(), an_order(), "orders/cancelled")

    assert events() == [PLACED]


def test_each_thing_happens_once_however_often_it_is_told() -> None:
    source = shopify_source()

    for topic in ("orders/updated", "orders/create", "orders/paid", "orders/updated"):
        push(source, an_order(), topic)

    assert (events(), Received.objects.filter(status="done").count()) == ([PLACED], 4)


def test_guest_is_known_by_the_order_alone() -> None:
    push(shopify_source(), an_order(customer=None, billing_address={"first_name": "Greta", "last_name": "Lund", "country": "Sweden"}, shipping_address=None))

    customer = Event.objects.get().customer
    assert (customer.email, customer.name, customer.country) == ("greta@example.com", "Greta Lund", "Sweden")


def test_order_of_nobody_needs_nobody() -> None:
    """As those of a shop's till."""
    push(shopify_source(), an_order(customer=None, email=""))

    assert (outcome(), Customer.objects.count()) == (("ignored", "This names no customer."), 0)


def test_checkout_counts_once_its_visitor_is_known() -> None:
    source = shopify_source()

    push(source, a_checkout(email=None), "checkouts/create")
    push(source, a_checkout(), "checkouts/update")
    push(source, a_checkout(), "checkouts/update")

    assert events() == [("Started Checkout", Decimal("199.90"), at(2, 9))]


@pytest.mark.parametrize(
    ("told", "value"),
    [
        ({}, "99.95"),
        ({"transactions": [{"kind": "refund", "amount": "1.50"}, {"kind": "refund", "amount": "2"}, {"kind": "void", "amount": "9"}]}, "3.50"),
        ({"transactions": [], "refund_line_items": [{"subtotal": 80, "total_tax": 20}]}, "100.00"),
        ({"transactions": []}, None),
    ],
)
def test_refund_finds_its_customer_through_the_order(told: dict[str, object], value: str | None) -> None:
    source = shopify_source()
    push(source, an_order())

    push(source, a_refund(**told), "refunds/create")

    assert events()[1:] == [("Refunded Order", value and Decimal(value), at(5, 10))]
    assert {event.customer.email for event in Event.objects.select_related("customer")} == {"greta@example.com"}


def test_time_that_is_still_to_come_is_now() -> None:
    push(shopify_source(), an_order(created_at="2999-01-01T00:00:00Z"))

    assert Event.objects.get().occurred_at == Received.objects.get().received_at


def test_topic_that_is_not_used_is_named_once() -> None:
    source = shopify_source()

    answers = [push(source, {"id": 1}, "products/update").status_code for _ in range(2)]

    rows = [(row.topic, row.status, row.reason) for row in Received.objects.all()]
    assert (answers, rows) == ([200, 200], [("products/update", "ignored", "The desk does not use this topic. You can remove it in the shop.")])
