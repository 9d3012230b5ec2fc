"""GET /api/v1/customers/ and what hangs on one customer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from agents.models import Agent, Role
from helpdesk.customers.merging import merge_customers
from helpdesk.customers.models import Customer, Membership, Segment
from helpdesk.customers.profiles import identify, track
from tests.api.conftest import SignIn, iso
from tests.factories import make_agent, make_ticket

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LISTS = ["customers/", "customers/{}/", "customers/{}/events/", "customers/{}/properties/tier/history/", "customers/{}/merges/"]


@pytest.fixture
def ada() -> Customer:
    keys = {"email": "ada@example.com", "phone": "+46701234567", "external_id": "u-1", "ids": {"shopify": "7", "klaviyo": "01H"}}
    facts = {"name": "Ada", "country": "Sweden", "city": "Lund", "zone": "Europe/Stockholm", "language": "sv"}
    return identify(**keys, **facts, consent={"email": "subscribed", "sms": False}, properties={"tier": "silver"}, at=NOON)


def get(api: APIClient, address: str, **asked: Any) -> Any:
    response = api.get(f"/api/v1/{address}", asked)
    assert response.status_code == 200, response.content
    return response.json()


def names(api: APIClient, **asked: Any) -> list[str]:
    return [row["name"] for row in get(api, "customers/", **asked)["results"]]


def test_list_says_who_they_are(api: APIClient, ada: Customer) -> None:
    rows = get(api, "customers/")["results"]

    own = {"name": "Ada", "country": "Sweden", "city": "Lund", "zone": "Europe/Stockholm", "language": "sv"}
    created = iso(ada.created_at)
    assert rows == [{"id": ada.pk, "email": "ada@example.com", "phone": "+46701234567", "external_id": "u-1", "created_at": created} | own]


def test_list_comes_in_pages_newest_first(api: APIClient) -> None:
    for number in range(60):
        identify(email=f"c{number}@example.com", name=f"C{number}")

    first = get(api, "customers/")
    second = api.get(first["next"]).json()

    assert [row["name"] for page in (first, second) for row in page["results"]] == [f"C{number}" for number in reversed(range(60))]
    assert (len(first["results"]), second["next"]) == (50, None)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ada@example.com", ["Ada"]),
        ("ADA@example.com", ["Ada"]),
        ("+46 70-123 45 67", ["Ada"]),
        ("u-1", ["Ada"]),
        ("01H", ["Ada"]),
        ("ad", ["Adam", "Ada"]),
        ("old@example.com", ["Ada"]),
        ("older@example.com", ["Ada"]),
        ("example.com", ["Adam", "Ada"]),
        ("70123", ["Ada"]),
        ("nobody", []),
        ("%", []),
        ("", ["Adam", "Ada"]),
    ],
)
def test_search_finds_by_key_and_by_part(api: APIClient, ida: Agent, ada: Customer, query: str, found: list[str]) -> None:
    """A whole key is somebody's alone; that of a merged profile leads to the survivor."""
    identify(email="adam@example.com", name="Adam")
    old = identify(email="old@example.com", name="Old")
    merge_customers(old, identify(email="older@example.com", name="Older"), by=ida)
    merge_customers(ada, old, by=ida)

    assert names(api, q=query) == found


@pytest.mark.parametrize("asked", [{"q": "a\0"}, {"segment": "999"}, {"segment": "gold"}])
def test_question_that_makes_no_sense_is_400(api: APIClient, asked: dict[str, str]) -> None:
    assert api.get("/api/v1/customers/", asked).status_code == 400


def test_search_that_takes_too_long_says_what_is_quick(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.api.base.PATIENCE", 0.001)
    Customer.objects.bulk_create([Customer(external_id=f"c{number}", name="x" * 150) for number in range(20_000)])

    response = api.get("/api/v1/customers/", {"q": "zz"})

    advice = "There are too many customers to look through for this. A whole e-mail, phone number or ID is found at once."
    assert (response.status_code, response.json()) == (400, {"q": [advice]})


def test_list_of_a_segment_holds_its_members_of_now(api: APIClient, ada: Customer) -> None:
    bob = identify(email="bob@example.com", name="Bob")
    identify(email="eva@example.com", name="Eva")
    segment = Segment.objects.create(name="Gold")
    Membership.objects.create(segment=segment, customer=ada)
    Membership.objects.create(segment=segment, customer=bob, since=NOON, until=NOON + HOUR)

    assert names(api, segment=segment.pk) == ["Ada"]


def test_customer_is_told_whole(api: APIClient, ada: Customer) -> None:
    make_ticket(customer=ada)
    segment = Segment.objects.create(name="Gold")
    Membership.objects.create(segment=segment, customer=ada)
    Membership.objects.create(segment=Segment.objects.create(name="Left"), customer=ada, until=NOON)

    told = get(api, f"customers/{ada.pk}/")

    assert {key: told[key] for key in ("id", "properties", "consent", "ids", "segments", "tickets")} == {
        "id": ada.pk,
        "properties": {"tier": "silver", "email_consent": "subscribed", "sms_consent": "unsubscribed"},
        "consent": {"email": "subscribed", "sms": "unsubscribed"},
        "ids": [{"source": "klaviyo", "value": "01H"}, {"source": "shopify", "value": "7"}],
        "segments": [{"id": segment.pk, "name": "Gold"}],
        "tickets": 1,
    }


def test_number_of_a_merged_customer_leads_to_the_survivor(api: APIClient, ida: Agent, ada: Customer) -> None:
    old, older = identify(email="old@example.com"), identify(email="older@example.com")
    merge_customers(old, older, by=ida)
    merge_customers(ada, old, by=ida)

    assert get(api, f"customers/{older.pk}/")["id"] == ada.pk


def test_events_come_newest_first_and_by_metric(api: APIClient, ada: Customer) -> None:
    order = track(ada, "Placed Order", occurred_at=NOON, value=9.5, properties={"sku": "A"}, external_id="order-1")
    track(ada, "Opened Email", occurred_at=NOON + HOUR)
    track(identify(email="bob@example.com"), "Placed Order")

    rows = get(api, f"customers/{ada.pk}/events/")["results"]

    assert [row["metric"] for row in rows] == ["Opened Email", "Placed Order"]
    assert get(api, f"customers/{ada.pk}/events/", metric="Placed Order")["results"] == rows[1:]
    told = {"metric": "Placed Order", "occurred_at": iso(NOON), "value": "9.50", "properties": {"sku": "A"}, "external_id": "order-1"}
    assert rows[1] == {"id": order.pk} | told


@pytest.mark.parametrize(("name", "values"), [("tier", ["gold", "silver"]), ("$country", ["Sweden"]), ("a/b", [1]), ("nothing", [])])
def test_history_of_a_property_is_told(api: APIClient, ada: Customer, name: str, values: list[Any]) -> None:
    """I1."""
    identify(email="ada@example.com", properties={"tier": "gold", "a/b": 1}, at=NOON + HOUR)

    rows = get(api, f"customers/{ada.pk}/properties/{name}/history/")["results"]

    assert [row["value"] for row in rows] == values
    if name == "tier":
        assert [(row["since"], row["until"]) for row in rows] == [(iso(NOON + HOUR), None), (iso(NOON), iso(NOON + HOUR))]


@pytest.mark.parametrize("address", LISTS[1:])
def test_foreign_number_is_404(api: APIClient, address: str) -> None:
    """V3."""
    assert [api.get(f"/api/v1/{address.format(number)}").status_code for number in (0, 10**30)] == [404, 404]


def test_name_of_a_property_that_nobody_can_have_is_404(api: APIClient, ada: Customer) -> None:
    assert api.get(f"/api/v1/customers/{ada.pk}/properties/a%00/history/").status_code == 404


@pytest.mark.parametrize("address", LISTS)
def test_only_those_who_answer_may_read(client_of: SignIn, ada: Customer, address: str) -> None:
    """C4, V3."""
    analyst = client_of(make_agent("Ann", role=Role.ANALYST))

    assert [client.get(f"/api/v1/{address.format(ada.pk)}").status_code for client in (analyst, APIClient())] == [403, 401]


@pytest.mark.parametrize("address", LISTS)
def test_lists_cost_a_number_of_queries_that_does_not_grow(api: APIClient, ida: Agent, ada: Customer, address: str) -> None:
    counts = []
    for number in (1, 9):
        for n in range(number):
            identify(email="ada@example.com", ids={f"s{number}": str(n)}, properties={"tier": f"{number}-{n}"})
            track(ada, "Placed Order")
            Membership.objects.create(segment=Segment.objects.create(name=f"S{number}-{n}"), customer=ada)
            merge_customers(ada, identify(email=f"old{number}-{n}@example.com"), by=ida)
            identify(email=f"new{number}-{n}@example.com")
        with CaptureQueriesContext(connection) as captured:
            get(api, address.format(ada.pk))
        counts.append(len(captured))

    assert counts[0] == counts[1]
