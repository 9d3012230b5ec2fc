"""The list of customers and a customer's page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agents.models import Agent, Role
from helpdesk.customers.models import Customer, Event, PinnedProperty
from helpdesk.customers.profiles import identify, track
from helpdesk.customers.segments import add_members, create_segment
from helpdesk.inbox.customers import lines as customers
from helpdesk.inbox.customers import profiles
from helpdesk.inbox.ticket.overview import profile
from tests.factories import make_agent, make_customer, make_ticket
from tests.inbox.browsing import browser_of, queries

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def tab(ada: Agent) -> Client:
    return browser_of(ada)


def listed(response: Any) -> list[str]:
    return re.findall(r'<th scope="row"><a class="person-line"[^>]*><span[^>]*>[^<]*</span><span class="truncate">([^<]+)</span>', response.content.decode())


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def section(response: Any, title: str) -> str:
    """The text of a card."""
    found = re.search(rf'<section class="card"[^>]* aria-labelledby="{title}-title">(.*?)</section>', response.content.decode(), re.DOTALL)
    return text_of(found[1]) if found else ""


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Paweł Nowak", "Maja Lind"]),
        ("maja", ["Maja Lind"]),
        ("LIND", ["Maja Lind"]),
        ("nowak@", ["Paweł Nowak"]),
        ("MAJA@example.com", ["Maja Lind"]),
        ("+46 70-123 45 67", ["Maja Lind"]),
        ("4670123", ["Maja Lind"]),
        ("shop-7", ["Paweł Nowak"]),
        ("gid-99", ["Paweł Nowak"]),
        ("%", []),
        ("nobody", []),
    ],
)
def test_customers_are_found_by_what_is_theirs(tab: Client, query: str, found: list[str]) -> None:
    identify(email="maja@example.com", name="Maja Lind", phone="+46701234567")
    identify(email="nowak@example.pl", name="Paweł Nowak", external_id="shop-7", ids={"shopify": "gid-99"})

    assert listed(tab.get("/customers/", {"q": query})) == found


def test_row_tells_place_segments_event_tickets(tab: Client, ada: Agent) -> None:
    customer = make_customer("Maja Lind", country="Sweden", city="Umeå")
    track(customer, "Opened Email", occurred_at=timezone.now() - timedelta(hours=2))
    track(customer, "Placed Order", occurred_at=timezone.now() - timedelta(days=2))
    make_ticket(customer=customer)
    Event.objects.filter(metric="Ticket Created").delete()
    add_members(create_segment("VIP", by=make_agent(role=Role.MANAGER)), [customer], by=None)

    row = re.search(r"<tbody>(.*?)</tbody>", tab.get("/customers/").content.decode(), re.DOTALL)

    assert row is not None
    assert text_of(row[1]) == f"ML Maja Lind {customer.email} Umeå, Sweden VIP Opened Email 2h 1 1 ticket Today"


def test_customers_of_a_segment(tab: Client) -> None:
    vip, inside = create_segment("VIP", by=None), make_customer("Maja Lind")
    make_customer("Paweł Nowak")
    add_members(vip, [inside], by=None)

    assert listed(tab.get("/customers/", {"segment": vip.pk})) == ["Maja Lind"]


def test_older_customers_go_on_where_the_page_ended(tab: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customers, "PAGE", 2)
    for number in range(5):
        make_customer(f"Lind {number}")

    names, address = [], "/customers/?q=lind"
    while address:
        response = tab.get(address, headers={"HX-Request": "true", "HX-Target": "older"})
        names += listed(response)
        older = re.search(r'href="(\?q=lind[^"]+)"', response.content.decode())
        address = "/customers/" + older[1].replace("&amp;", "&") if older else ""

    assert names == [f"Lind {number}" for number in reversed(range(5))]


@pytest.mark.parametrize("query", ["before=x", "before=-1", "before=99999999999999999999"])
def test_cursor_that_is_not_ours_is_not_there(tab: Client, query: str) -> None:
    assert tab.get(f"/customers/?{query}").status_code == 404


@pytest.mark.parametrize("segment", ["x", "77", "99999999999999999999"])
def test_segment_that_there_is_not_filters_nothing(tab: Client, segment: str) -> None:
    make_customer("Maja Lind")

    assert listed(tab.get("/customers/", {"segment": segment})) == ["Maja Lind"]


def test_search_that_takes_too_long_says_what_is_quick(tab: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customers, "PATIENCE", 0.001)
    Customer.objects.bulk_create([Customer(external_id=f"c{number}", name="x" * 150) for number in range(20_000)])

    assert "Write the whole e-mail address" in tab.get("/customers/", {"q": "zz"}).content.decode()


def test_list_costs_the_same_with_1_and_3_customers(tab: Client) -> None:
    vip = create_segment("VIP", by=None)

    def add() -> None:
        customer = make_customer()
        make_ticket(customer=customer)
        add_members(vip, [customer], by=None)

    add()
    needed = queries(tab, "/customers/?q=customer")
    add()
    add()

    assert queries(tab, "/customers/?q=customer") == needed


def test_profile_tells_what_is_known_and_what_was(tab: Client) -> None:
    customer = identify(email="maja@example.com", name="Maja Lind", country="Norway", ids={"shopify": "7"}, at=NOON - timedelta(days=9))
    identify(email="maja@example.com", country="Sweden", consent={"sms": "unsubscribed"}, properties={"tier": "gold", "items": [1, 2]}, at=NOON)

    page = tab.get(f"/customers/{customer.pk}/")

    facts, properties = section(page, "facts"), section(page, "properties")
    assert re.search(r"Country Sweden earlier : Country Norway until .*? Consent: SMS unsubscribed", facts)
    assert "1 ID in another system shopify 7" in facts
    assert re.search(r"items 1, 2 List · \S+ tier gold Text · ", properties)


def test_predictions_name_their_band(tab: Client) -> None:
    """C16."""
    customer = make_customer(properties={"churn_probability": 0.9, "predicted_clv": 120.5})

    page = tab.get(f"/customers/{customer.pk}/")

    assert section(page, "predictions") == "Predictive analytics Churn probability 0.9 High Predicted customer value 120.5"
    assert "Churn risk: High" in page.content.decode()


def test_segments_and_tickets_stand_on_the_profile(tab: Client) -> None:
    customer = make_customer()
    ticket = make_ticket(customer=customer, subject="Where is it?")
    make_ticket(subject="Somebody else’s")
    add_members(create_segment("VIP", by=None), [customer], by=None)

    page = tab.get(f"/customers/{customer.pk}/")

    assert section(page, "segments") == "Segments VIP since Today"
    assert section(page, "tickets").startswith("Tickets 1 Where is it? Open")
    assert f'href="/tickets/{ticket.pk}/"' in page.content.decode()
    assert "Somebody else" not in page.content.decode()


def test_ticket_leads_to_the_profile(tab: Client) -> None:
    ticket = make_ticket()

    assert f'href="/customers/{ticket.customer_id}/"' in tab.get(f"/tickets/{ticket.pk}/").content.decode()


def test_timeline_pages_by_metric(tab: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events of the same instant are neither lost nor shown twice; a property may be called `items`."""
    monkeypatch.setattr(profiles, "EVENTS", 2)
    customer = make_customer()
    for number in range(5):
        track(customer, "Placed Order", occurred_at=NOON, properties={"items": f"thing {number}"})
        track(customer, "Opened Email", occurred_at=NOON)

    seen, address = [], f"/customers/{customer.pk}/?metric=Placed+Order"
    while address:
        html = tab.get(address, headers={"HX-Request": "true", "HX-Target": "older"}).content.decode()
        seen += re.findall(r'<dt class="truncate" title="items">items</dt><dd class="breaks">([^<]+)</dd>', html)
        older = re.search(r'href="(\?metric=[^"]+)"', html)
        address = f"/customers/{customer.pk}/" + older[1].replace("&amp;", "&") if older else ""

    assert seen == [f"thing {number}" for number in reversed(range(5))]


@pytest.mark.parametrize("before", ["x", "2026-01-01~1", "~", "2026-01-01T00:00:00+00:00~x", "9999-12-31T23:00:00-12:00~1"])
def test_timeline_cursor_that_is_not_ours_is_not_there(tab: Client, before: str) -> None:
    assert tab.get(f"/customers/{make_customer().pk}/", {"before": before}).status_code == 404


def test_property_is_found_by_name_or_value(tab: Client) -> None:
    customer = make_customer(properties={"tier": "gold", "size": "XL", "colour": "golden"})

    html = tab.get(f"/customers/{customer.pk}/?find=GOLD", headers={"HX-Request": "true", "HX-Target": "properties"}).content.decode()

    assert re.findall(r'<li>\s*<span class="breaks">(\w+)</span>', html) == ["colour", "tier"]


def test_pinned_property_stands_beside_every_ticket() -> None:
    """SPEC part 4."""
    customer = make_customer(properties={"a": 1, "tier": "gold"})
    browser = browser_of(make_agent(role=Role.MANAGER))

    browser.post(f"/customers/{customer.pk}/pins/", {"name": "tier"})
    pinned = profile(customer)
    browser.post(f"/customers/{customer.pk}/pins/", {"name": "tier", "_method": "DELETE"})

    assert pinned == [("tier", "gold")]
    assert profile(customer) == [("a", "1"), ("tier", "gold")]


def test_sixth_pin_is_refused_with_the_reason() -> None:
    customer = make_customer(properties={str(number): number for number in range(6)})
    browser = browser_of(make_agent(role=Role.MANAGER))

    answers = [browser.post(f"/customers/{customer.pk}/pins/", {"name": str(number)}) for number in range(6)]

    assert [answer.status_code for answer in answers] == [302] * 5 + [409]
    assert "At most 5 properties can be pinned" in answers[-1].content.decode()


def test_what_the_profile_does_not_hold_is_not_pinned() -> None:
    browser_of(make_agent(role=Role.MANAGER)).post(f"/customers/{make_customer().pk}/pins/", {"name": "whatever"})

    assert not PinnedProperty.objects.exists()


@pytest.mark.parametrize("method", ["", "DELETE"])
def test_pin_with_a_null_character_is_none(method: str) -> None:
    response = browser_of(make_agent(role=Role.MANAGER)).post(f"/customers/{make_customer().pk}/pins/", {"name": "a\0", "_method": method})

    assert (response.status_code, PinnedProperty.objects.count()) == (302, 0)


def test_agent_pins_nothing(tab: Client) -> None:
    customer = make_customer(properties={"tier": "gold"})

    assert tab.post(f"/customers/{customer.pk}/pins/", {"name": "tier"}).status_code == 403
    assert not PinnedProperty.objects.exists()


@pytest.mark.parametrize("path", ["/customers/", "/customers/{}/"])
def test_analyst_finds_no_customer(path: str) -> None:
    """C4, V3."""
    customer = make_customer("Maja Lind")

    response = browser_of(make_agent(role=Role.ANALYST)).get(path.format(customer.pk))

    assert (response.status_code, "Maja Lind" in response.content.decode()) == (404, False)


def test_customer_that_there_is_not_is_404(tab: Client) -> None:
    assert tab.get("/customers/999/").status_code == 404


def test_profile_costs_the_same_whatever_it_holds(tab: Client) -> None:
    customer = make_customer(properties={"a": 1})
    make_ticket(customer=customer)
    needed = queries(tab, f"/customers/{customer.pk}/")

    identify(email=customer.email or "", properties={"a": 2, "b": 3}, ids={"x": "1", "y": "2"})
    make_ticket(customer=customer)
    add_members(create_segment("VIP", by=None), [customer], by=None)

    assert queries(tab, f"/customers/{customer.pk}/") == needed


def test_hostile_values_stay_text(tab: Client) -> None:
    """V2."""
    evil = "<script>alert(1)</script>"
    customer = make_customer(evil, city=evil, properties={evil: {evil: evil}})
    track(customer, evil, properties={evil: evil})

    for address in (f"/customers/{customer.pk}/", "/customers/"):
        assert "<script>alert" not in tab.get(address).content.decode()
