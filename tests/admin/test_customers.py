"""What the admin shows of a customer, and what people mend there."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agents.models import Agent
from helpdesk.customers.merging import merge_customers
from helpdesk.customers.models import Customer, Membership, PropertyValue, Segment
from helpdesk.customers.profiles import identify
from tests.admin.conftest import list_of, page_of

pytestmark = pytest.mark.django_db
MODEL = "customers_customer"


@pytest.fixture
def greta() -> Customer:
    return identify(email="greta@example.com", name="Greta", city="Lund", ids={"shopify": "7012345"}, properties={"tier": "gold"})


def forms_of(client: Client, customer: Customer) -> list[list[str]]:
    inlines = client.get(page_of(MODEL, customer)).context["inline_admin_formsets"]
    return [[str(form.instance) for form in inline.formset.forms] for inline in inlines]


def test_ids_of_other_systems_memberships_and_merges_are_shown(as_manager: Client, manager: Agent, greta: Customer) -> None:
    old = identify(email="old@example.com")
    segment = Segment.objects.create(name="VIP")
    Membership.objects.create(segment=segment, customer=greta)
    merge_customers(greta, old, by=manager)

    shown = forms_of(as_manager, greta)

    assert shown == [[], ["shopify: 7012345"], [f"{greta.pk} in {segment.pk}"], [f"#{old.pk} → #{greta.pk}"]]


def test_customer_is_found_by_the_id_of_another_system(as_manager: Client, greta: Customer) -> None:
    identify(email="jan@example.com", ids={"shopify": "999"})

    found = as_manager.get(list_of(MODEL), {"q": "70123"}).context["cl"].result_list

    assert list(found) == [greta]


def test_what_is_mended_by_hand_has_its_history(as_manager: Client, greta: Customer) -> None:
    """I1: also what is taken away; what was told meanwhile stays."""
    page = {f"{rows}-{which}_FORMS": "0" for rows in ("events", "external_ids", "memberships", "merges") for which in ("TOTAL", "INITIAL")}

    as_manager.post(page_of(MODEL, greta), page | {"name": "Greta Holm", "city": "", "zone": "Europe/Stockholm"})

    history = PropertyValue.objects.filter(name__in=["$name", "$city", "$zone"]).order_by("name", "since")
    saved = Customer.objects.get()
    assert (saved.name, saved.city, saved.zone, saved.properties) == ("Greta Holm", "", "Europe/Stockholm", {"tier": "gold"})
    assert [(row.name, row.value, row.until is None) for row in history] == [
        ("$city", "Lund", False),
        ("$name", "Greta", False),
        ("$name", "Greta Holm", True),
        ("$zone", "Europe/Stockholm", True),
    ]


def test_page_asks_as_much_for_many_rows_as_for_one(as_manager: Client, manager: Agent, greta: Customer) -> None:
    counts = []
    for number in (1, 5):
        for n in range(number):
            identify(email="greta@example.com", ids={f"s{number}": str(n)})
            Membership.objects.create(segment=Segment.objects.create(name=f"{number}-{n}"), customer=greta)
            merge_customers(greta, identify(email=f"{number}-{n}@example.com"), by=manager)
        with CaptureQueriesContext(connection) as captured:
            as_manager.get(page_of(MODEL, greta))
        counts.append(len(captured))

    assert counts[0] == counts[1]
