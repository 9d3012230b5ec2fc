"""What each kind of message of the Segment protocol becomes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from agents.models import Role
from helpdesk.customers.merging import merge_customers
from helpdesk.customers.models import Customer, Event, ExternalId, PropertyValue
from helpdesk.customers.profiles import identify
from helpdesk.sources.models import Received, Source
from helpdesk.sources.receiving import collect, try_again
from helpdesk.sources.segment_protocol.messages import Message
from helpdesk.tickets.models import Ticket
from tests.factories import make_agent, make_ticket
from tests.sources.shops import segment_source

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def source() -> Source:
    return segment_source(created_by=make_agent(role=Role.MANAGER))[0]


def tell(source: Source, kind: str, sent_at: Any = None, **body: Any) -> None:
    collect(source, [Message(kind, body, sent_at)], at=NOW)


def refusal() -> str:
    return Received.objects.get(status="failed").reason


def test_traits_become_the_profile(source: Source) -> None:
    traits = {
        "email": "Greta@example.com",
        "phone": "+46 70 123 45 67",
        "firstName": "Greta",
        "lastName": "Lund",
        "address": {"country": "Sweden", "city": "Lund", "postalCode": "222 22"},
        "timezone": "Europe/Stockholm",
        "locale": "sv_SE",
        "plan": "gold",
        "churn_probability": 0.7,
    }

    tell(source, "identify", userId="u1", traits=traits)

    customer = Customer.objects.get()
    own = [getattr(customer, name) for name in ("external_id", "email", "phone", "name", "country", "city", "zone", "language")]
    assert own == ["u1", "greta@example.com", "+46701234567", "Greta Lund", "Sweden", "Lund", "Europe/Stockholm", "sv"]
    assert customer.properties == {"plan": "gold", "churn_probability": 0.7, "address": {"postalCode": "222 22"}}


def test_context_fills_in_what_no_trait_says(source: Source) -> None:
    tell(source, "identify", userId="u1", traits={"language": "pl"}, context={"locale": "sv-SE", "timezone": "Europe/Warsaw"})

    assert Customer.objects.values_list("language", "zone").get() == ("pl", "Europe/Warsaw")


def test_trait_that_cannot_be_what_it_should_be_is_left_out(source: Source) -> None:
    tell(source, "identify", userId="u1", traits={"email": "greta@", "phone": "12", "name": ["Greta"], "address": "Lund", "timezone": 1})

    customer = Customer.objects.get()
    assert (customer.email, customer.phone, customer.name, customer.properties) == (None, None, "", {"address": "Lund"})


def test_event_is_what_a_customer_did(source: Source) -> None:
    """R8."""
    properties = {"revenue": "12.345", "products": [{"name": "Lamp"}]}

    tell(source, "track", userId=7, event="Product Viewed", properties=properties, messageId="m1", timestamp="2025-03-02T11:00:00Z")

    event = Event.objects.select_related("customer").get()
    assert (event.customer.external_id, event.metric, event.value) == ("7", "Product Viewed", Decimal("12.35"))
    assert (event.properties, event.occurred_at, event.external_id) == (properties, NOW - timedelta(hours=1), f"segment:{source.pk}:m1")


@pytest.mark.parametrize(
    ("properties", "value"),
    [
        ({"revenue": 1, "total": 2, "value": 3}, 1),
        ({"revenue": "much", "total": 2}, 2),
        ({"value": 3.5}, Decimal("3.5")),
        ({"revenue": True}, None),
        ({"revenue": 10**13}, None),
        ({"revenue": "NaN"}, None),
    ],
)
def test_value_is_the_first_amount(source: Source, properties: dict[str, Any], value: Any) -> None:
    tell(source, "track", userId="u1", event="Paid", properties=properties)

    assert Event.objects.get().value == value


def test_events_have_the_names_that_rules_ask_for(source: Source) -> None:
    Source.objects.update(event_names={"Order Completed": "Placed Order", "Broken": [1]})
    source.refresh_from_db()

    for event in ("Order Completed", "Broken", "Order Refunded"):
        tell(source, "track", userId="u1", event=event)

    assert list(Event.objects.order_by("pk").values_list("metric", flat=True)) == ["Placed Order", "Broken", "Order Refunded"]


@pytest.mark.parametrize(
    ("kind", "body", "metric"),
    [
        ("page", {"name": "Lamps"}, "Viewed Lamps Page"),
        ("page", {"name": "Lamps", "category": "Shop"}, "Viewed Shop Lamps Page"),
        ("page", {}, "Loaded a Page"),
        ("screen", {"name": "Cart"}, "Viewed Cart Screen"),
    ],
)
def test_page_and_screen_are_events(source: Source, kind: str, body: dict[str, Any], metric: str) -> None:
    tell(source, kind, userId="u1", properties={"url": "https://lamps.example"}, **body)

    assert Event.objects.values_list("metric", "properties").get() == (metric, {"url": "https://lamps.example"})


def test_group_is_properties(source: Source) -> None:
    tell(source, "group", userId="u1", groupId="acme", traits={"plan": "enterprise"})

    assert Customer.objects.get().properties == {"group_id": "acme", "group_plan": "enterprise"}


# When ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timestamp", "sent_at", "happened"),
    [
        ("2025-03-02T11:59:00Z", None, NOW - timedelta(minutes=1)),
        ("2025-03-02T09:59:00Z", "2025-03-02T10:00:00Z", NOW - timedelta(minutes=1)),  # a clock that is two hours late
        ("2031-01-01T00:00:00Z", "2031-01-01T00:05:00Z", NOW - timedelta(minutes=5)),  # or years ahead
        ("2020-06-01T00:00:00+02:00", "2025-03-02T12:00:00Z", datetime(2020, 5, 31, 22, tzinfo=UTC)),  # history, imported
        ("2999-01-01T00:00:00Z", None, NOW),
        ("2999-01-01T00:00:00Z", "2025-03-02T12:00:00Z", NOW),
        ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", NOW),
        ("1901-01-01T00:00:00Z", "9999-12-31T23:59:59Z", NOW),
        ("yesterday", "2025-03-02T10:00:00Z", NOW),
        (None, "2020-03-02T10:00:00Z", NOW),
        (1740909600, {"no": "time"}, NOW),
    ],
)
def test_time_is_told_by_our_clock(source: Source, timestamp: Any, sent_at: Any, happened: datetime) -> None:
    tell(source, "track", sent_at, userId="u1", event="Paid", timestamp=timestamp)

    assert Event.objects.get().occurred_at == happened


def test_traits_hold_since_their_time(source: Source) -> None:
    """I1."""
    tell(source, "identify", userId="u1", traits={"plan": "gold"}, timestamp="2025-03-01T12:00:00Z")

    assert PropertyValue.objects.get(name="plan").since == NOW - timedelta(days=1)


# Who -------------------------------------------------------------------------------------------------


def test_visitor_who_signs_in_is_the_same_profile(source: Source) -> None:
    tell(source, "page", anonymousId="a1", name="Lamps")
    tell(source, "identify", anonymousId="a1", userId="u1", traits={"name": "Greta"})
    tell(source, "track", anonymousId="a1", event="Product Viewed")

    customer = Customer.objects.get()
    assert (customer.external_id, customer.name, customer.events.count()) == ("u1", "Greta", 2)
    assert ExternalId.objects.values_list("source", "value").get() == ("segment-anonymous", "a1")


@pytest.mark.parametrize("kind", ["identify", "track", "alias"])
def test_what_a_known_user_did_before_signing_in_is_theirs(source: Source, kind: str) -> None:
    greta = identify(external_id="u1", name="Greta")
    tell(source, "page", anonymousId="a1", name="Lamps")

    tell(source, kind, anonymousId="a1", previousId="a1", userId="u1", event="Signed In")
    tell(source, "track", anonymousId="a1", event="Product Viewed")

    assert set(Event.objects.values_list("customer", flat=True)) == {greta.pk}


def test_visitor_who_wrote_to_us_is_joined_with_nobody(source: Source) -> None:
    """Else whoever reads a page's source writes to us in somebody's name."""
    identify(external_id="u1", name="Greta")
    tell(source, "page", anonymousId="a1", name="Lamps")
    visitor = Event.objects.get().customer
    Ticket.objects.filter(pk=make_ticket().pk).update(customer=visitor)

    tell(source, "alias", previousId="a1", userId="u1")

    assert (Event.objects.get().customer, Customer.objects.get(pk=visitor.pk).merged_into) == (visitor, None)


def test_without_anybody_who_answers_for_it_nobody_is_joined(source: Source) -> None:
    greta = identify(external_id="u1")
    tell(source, "page", anonymousId="a1")

    for by in (None, make_agent(role=Role.ANALYST)):
        source.created_by = by
        tell(source, "track", anonymousId="a1", userId="u1", event="Signed In")

    assert [event.customer == greta for event in Event.objects.order_by("pk")] == [False, True, True]


def test_two_who_share_a_browser_stay_two(source: Source) -> None:
    tell(source, "identify", anonymousId="a1", userId="u1", traits={"name": "Greta"})
    tell(source, "identify", anonymousId="a1", userId="u2", traits={"name": "Olof"})

    assert list(Customer.objects.order_by("pk").values_list("external_id", "name")) == [("u1", "Greta"), ("u2", "Olof")]


def test_address_in_the_context_says_who_did_it(source: Source) -> None:
    known = identify(email="greta@example.com")

    tell(source, "track", anonymousId="a1", event="Product Viewed", context={"traits": {"email": "greta@example.com"}})

    assert Event.objects.get().customer == known


def test_alias_makes_a_visitor_a_user(source: Source) -> None:
    tell(source, "page", anonymousId="a1")
    tell(source, "alias", previousId="a1", userId="u1")
    tell(source, "track", userId="u1", event="Paid")

    assert Customer.objects.get().events.count() == 2


def test_alias_before_the_visitor_did_anything_counts_later(source: Source) -> None:
    tell(source, "alias", previousId="a1", userId="u1")
    tell(source, "track", anonymousId="a1", event="Paid")

    assert Event.objects.get().customer.external_id == "u1"


def test_key_that_is_public_does_not_make_two_known_people_one(source: Source) -> None:
    """Else whoever reads a page's source takes over somebody's tickets."""
    greta, olof = identify(external_id="u1", name="Greta"), identify(external_id="u2", name="Olof")
    make_ticket(customer=greta)

    tell(source, "alias", previousId="u1", userId="u2")

    assert refusal() == "Greta is a known customer. Only you can say that it is the same person as u2: merge the two profiles."
    assert [Customer.objects.get(pk=each.pk).merged_into for each in (greta, olof)] == [None, None]


# What cannot be used ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        ("track", {"userId": "u1"}, "“event” is not the name of an event."),
        ("track", {"userId": "u1", "event": " "}, "An event needs a metric, the name of what was done."),
        ("track", {"event": "Paid"}, "A customer needs an e-mail, a phone number or an external ID."),
        ("track", {"userId": ["u1"], "event": "Paid"}, "“userId” is neither text nor a number."),
        ("track", {"userId": "u1", "event": "Paid", "properties": []}, "“properties” is not an object."),
        ("track", {"userId": "u1", "event": "Paid", "properties": {"text": "x" * 33_000}}, "This is too large: at most 32768 bytes."),
        ("track", {"userId": "u" * 201, "event": "Paid"}, "An external ID has at most 200 characters."),
        ("alias", {"userId": "u1"}, "An alias needs a userId and a previousId."),
        ("metric", {"userId": "u1"}, "Its type is none of: identify, track, page, screen, group, alias."),
    ],
)
def test_message_that_cannot_be_used_is_kept_with_the_reason(source: Source, kind: str, body: dict[str, Any], reason: str) -> None:
    tell(source, kind, **body)

    source.refresh_from_db()
    row = Received.objects.get()
    assert (row.topic, row.status, row.reason, source.refused) == (kind, "failed", reason, 1)
    assert (Event.objects.count(), Customer.objects.count()) == (0, 0)


def test_refused_message_can_be_tried_again(source: Source) -> None:
    greta, olof = identify(external_id="u1", name="Greta"), identify(external_id="u2", name="Olof")
    tell(source, "alias", previousId="u1", userId="u2")
    assert source.created_by is not None
    merge_customers(olof, greta, by=source.created_by)

    assert try_again(Received.objects.get()) == ""


def test_message_that_is_sent_again_is_refused_once(source: Source) -> None:
    for _ in range(2):
        tell(source, "track", userId="u1", messageId="m1")

    assert Received.objects.count() == 1
