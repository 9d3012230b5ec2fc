"""Customers of a shop become profiles; what is late does not undo what is newer; what must be erased is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from helpdesk.customers.merging import merge_customers
from helpdesk.customers.models import Customer, CustomerMerge, Event, ExternalId, PropertyValue
from helpdesk.customers.profiles import identify
from helpdesk.customers.values import value_at
from helpdesk.sources.models import Received
from helpdesk.sources.receiving import put_away, try_again
from helpdesk.tickets.acts.lifecycle import close
from tests.factories import make_agent, make_ticket
from tests.sources.shops import a_person, an_order, outcome, push, shopify_source

pytestmark = pytest.mark.django_db
REDACT = {"shop_id": 1, "shop_domain": "lamps.myshopify.com", "customer": {"id": 7012, "email": "greta@example.com"}, "orders_to_redact": [450]}


def test_customer_is_a_profile() -> None:
    push(shopify_source(), a_person(), "customers/create")

    customer = Customer.objects.get()
    fields = (customer.name, customer.email, customer.phone, customer.country, customer.city)
    assert fields == ("Greta Lund", "greta@example.com", "+46701234567", "Sweden", "Lund")
    assert customer.properties == {"orders_count": 3, "total_spent": 450.5, "Shopify Tags": ["vip", "newsletter"], "email_consent": "subscribed"}
    assert ExternalId.objects.values_list("source", "value", "customer").get() == ("shopify", "7012", customer.pk)


def test_facts_hold_since_the_shop_knew_them() -> None:
    """I1."""
    push(shopify_source(), a_person(), "customers/create")

    since = PropertyValue.objects.get(name="$country").since
    assert since == datetime(2025, 3, 1, 9, tzinfo=UTC)


def test_profile_that_was_there_is_the_same_one() -> None:
    known = identify(email="Greta@example.com", name="G. Lund", at=datetime(2024, 1, 1, tzinfo=UTC))

    push(shopify_source(), a_person(), "customers/create")

    assert list(Customer.objects.values_list("pk", "name")) == [(known.pk, "Greta Lund")]


def test_consent_follows_the_shop() -> None:
    source = shopify_source()
    push(source, a_person(), "customers/create")

    push(source, a_person(updated_at="2025-03-02T10:00:00Z", email_marketing_consent={"state": "unsubscribed"}), "customers/update")

    assert Customer.objects.get().properties["email_consent"] == "unsubscribed"


def test_late_update_does_not_undo_a_newer_one() -> None:
    """Also where the fact that it would change has not changed since long before."""
    source = shopify_source()
    push(source, a_person(updated_at="2025-03-01T10:00:00Z"), "customers/create")
    push(source, a_person(updated_at="2025-03-03T10:00:00Z", first_name="Margareta"), "customers/update")

    push(source, a_person(updated_at="2025-03-02T10:00:00Z", default_address={"country": "Poland"}), "customers/update")

    customer = Customer.objects.get()
    assert (customer.name, customer.country) == ("Margareta Lund", "Sweden")
    assert value_at(customer, "$name", datetime(2025, 3, 2, tzinfo=UTC)) == "Greta Lund"


def test_late_order_does_not_undo_a_newer_profile() -> None:
    source = shopify_source()
    push(source, a_person(updated_at="2025-03-09T10:00:00Z", last_name="Berg"), "customers/update")

    push(source, an_order())

    assert (Customer.objects.get().name, Event.objects.count()) == ("Greta Berg", 1)


def test_erasing_leaves_no_trace_of_who_it_was() -> None:
    source = shopify_source()
    push(source, an_order())

    push(source, REDACT, "customers/redact")

    customer, event = Customer.objects.get(), Event.objects.get()
    facts = [getattr(customer, name) for name in ("external_id", "email", "phone", "name", "country", "city", "properties")]
    assert (outcome(), facts) == (("done", ""), [None, None, None, "", "", "", {}])
    assert (event.metric, event.properties, event.typed) == ("Placed Order", {}, {})
    assert (ExternalId.objects.count(), PropertyValue.objects.count()) == (0, 0)


def test_erasing_reaches_who_was_merged_into_the_customer() -> None:
    source, manager = shopify_source(), make_agent()
    push(source, a_person(), "customers/create")
    kept, first, second = Customer.objects.get(), identify(email="g@example.com", city="Lund"), identify(external_id="u1", name="G")
    merge_customers(first, second, by=manager)
    merge_customers(kept, first, by=manager)

    push(source, REDACT, "customers/redact")

    assert set(Customer.objects.values_list("external_id", "email", "name", "city")) == {(None, None, "", "")}
    assert CustomerMerge.objects.count() == 0


def test_customer_with_an_open_ticket_is_erased_when_it_is_closed() -> None:
    source, manager = shopify_source(), make_agent()
    push(source, a_person(), "customers/create")
    ticket = make_ticket(customer=Customer.objects.get())

    push(source, REDACT, "customers/redact")

    reason = "The shop asks to erase Greta Lund, who has an open ticket. Close it, then try again. Shopify gives you 30 days."
    assert (outcome(), Customer.objects.get().name) == (("failed", reason), "Greta Lund")
    close(ticket, by=manager)
    assert (try_again(Received.objects.get(status="failed")), Customer.objects.get().name) == ("", "")


def test_erasing_somebody_unknown_needs_nobody() -> None:
    push(shopify_source(), REDACT, "customers/redact")

    assert outcome() == ("ignored", "This customer is not known here.")


@pytest.mark.parametrize(
    ("topic", "body", "reason"),
    [
        (
            "customers/data_request",
            REDACT | {"orders_requested": []},
            "Customer 7012 of the shop asks what is kept about them. Send it to them within 30 days, then mark this as done.",
        ),
        (
            "shop/redact",
            REDACT,
            "lamps.myshopify.com has removed the app and asks to erase what came from it within 30 days. Decide what must go, then mark this as done.",
        ),
    ],
)
def test_what_only_people_can_answer_waits_for_one(topic: str, body: dict[str, object], reason: str) -> None:
    push(shopify_source(), body, topic)

    assert outcome() == ("failed", reason)
    put_away(Received.objects.get())
    assert (outcome(), bytes(Received.objects.get().raw)) == (("done", reason), b"")
