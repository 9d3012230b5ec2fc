"""Merging two profiles, seen from the desk."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from agents.models import Agent, Role
from helpdesk.customers.models import Customer, CustomerMerge
from tests.factories import make_agent, make_customer, make_ticket
from tests.inbox.browsing import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def tab(ada: Agent) -> Client:
    return browser_of(ada)


@pytest.fixture
def kept(db: None) -> Customer:
    return make_customer("Maja Lind", email="maja@example.com", city="Umeå")


@pytest.fixture
def other(db: None) -> Customer:
    return make_customer("M. Lind", email="m.lind@work.example", country="Sweden")


def test_other_profile_is_found_and_both_stand_side_by_side(tab: Client, kept: Customer, other: Customer) -> None:
    found = tab.get(f"/customers/{kept.pk}/merge/?q=lind").content.decode()
    both = tab.get(f"/customers/{kept.pk}/merge/?with={other.pk}").content.decode()

    assert re.findall(r'href="\?with=(\d+)"', found) == [str(other.pk)]
    rows = re.findall(r'<span class="label">([^<]+)</span><span>([^<]+)</span><span>([^<]+)</span>', both)
    assert [row for row in rows if row[0] in ("City", "Country", "Tickets")] == [("Country", "–", "Sweden"), ("City", "Umeå", "–"), ("Tickets", "0", "0")]


def test_merged_profile_leads_to_the_one_that_stays_until_it_is_undone(tab: Client, kept: Customer, other: Customer) -> None:
    ticket = make_ticket(customer=other)

    merged = tab.post(f"/customers/{kept.pk}/merge/", {"merged": other.pk})
    led = tab.get(f"/customers/{other.pk}/")
    ticket.refresh_from_db()
    held = ticket.customer_id
    profile = tab.get(f"/customers/{kept.pk}/").content.decode()
    tab.post(f"/customers/merges/{CustomerMerge.objects.get().pk}/undoing/")
    ticket.refresh_from_db()

    assert (merged["Location"], led["Location"], held) == (f"/customers/{kept.pk}/", f"/customers/{kept.pk}/", kept.pk)
    assert "Merged into this profile" in profile
    assert (ticket.customer_id, tab.get(f"/customers/{other.pk}/").status_code) == (other.pk, 200)


def test_profile_is_not_merged_into_itself(tab: Client, kept: Customer) -> None:
    response = tab.post(f"/customers/{kept.pk}/merge/", {"merged": kept.pk})

    assert (response.status_code, "cannot be merged into themselves" in response.content.decode()) == (409, True)


def test_merge_is_undone_once(tab: Client, kept: Customer, other: Customer) -> None:
    tab.post(f"/customers/{kept.pk}/merge/", {"merged": other.pk})
    address = f"/customers/merges/{CustomerMerge.objects.get().pk}/undoing/"

    answers = [tab.post(address), tab.post(address)]

    assert [answer.status_code for answer in answers] == [302, 409]
    assert "has been undone already" in answers[1].content.decode()


@pytest.mark.parametrize("merged", ["", "x", "9999", "99999999999999999999"])
def test_profile_that_there_is_not_is_not_merged(tab: Client, kept: Customer, merged: str) -> None:
    assert tab.post(f"/customers/{kept.pk}/merge/", {"merged": merged}).status_code == 404


def test_analyst_merges_nothing(kept: Customer, other: Customer) -> None:
    response = browser_of(make_agent(role=Role.ANALYST)).post(f"/customers/{kept.pk}/merge/", {"merged": other.pk})

    assert (response.status_code, CustomerMerge.objects.exists()) == (404, False)
