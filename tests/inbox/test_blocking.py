"""Customers whose messages become spam: marked on their page, and let in again."""

from __future__ import annotations

import pytest

from agents.models import Role
from helpdesk.tickets.acts.spam import is_blocked
from tests.factories import make_agent, make_customer
from tests.inbox.browsing import browser_of

pytestmark = pytest.mark.django_db


def test_blocked_customer_is_marked_and_let_in_again() -> None:
    customer = make_customer("Rowan", email="rowan@example.com")
    tab, address = browser_of(make_agent("Ada")), f"/customers/{customer.pk}/"

    tab.post(f"{address}block/")
    blocked = tab.get(address).content.decode()
    tab.post(f"{address}block/", {"_method": "DELETE"})
    freed = tab.get(address).content.decode()

    assert "Ada blocked this customer (Today): what they write becomes spam, and nobody is told." in blocked
    assert [("Unblock" in page, "blocked this customer" in page) for page in (blocked, freed)] == [(True, True), (False, False)]
    assert is_blocked(customer) is False


def test_analyst_blocks_nobody() -> None:
    """V3."""
    customer = make_customer("Rowan")

    response = browser_of(make_agent(role=Role.ANALYST)).post(f"/customers/{customer.pk}/block/")

    assert (response.status_code, is_blocked(customer)) == (404, False)
