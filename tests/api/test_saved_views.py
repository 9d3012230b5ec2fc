"""/api/v1/views/ (S9, C2, V3)."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from agents.models import Agent, Role
from helpdesk.tickets.lists.saved_views import create_view
from helpdesk.tickets.models import SavedView, ViewEntry
from tests.api.conftest import SignIn
from tests.factories import CHANNEL_IS_SMS, all_of, make_agent, make_ticket

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/views/"
SMS = all_of(CHANNEL_IS_SMS)


@pytest.fixture
def ida() -> Agent:
    return make_agent("Ida")


def call(client: APIClient, method: str, address: str = "", data: Any = None) -> tuple[int, Any]:
    response = getattr(client, method.lower())(ADDRESS + address, data, format="json")
    return response.status_code, response.json() if response.content else None


def test_view_is_made_read_changed_and_deleted(client_of: SignIn, ida: Agent) -> None:
    api, ticket = client_of(ida), make_ticket(channel="sms")
    make_ticket()

    made, row = call(api, "POST", data={"name": "Texts", "definition": SMS})
    address = f"{row['id']}/"
    tickets = [each["number"] for each in call(api, "GET", f"{address}tickets/")[1]["results"]]
    changed = call(api, "PUT", address, {"name": "SMS", "definition": SMS, "sort": "waiting"})
    listed = call(api, "GET")[1]["results"]
    deleted = [call(api, "DELETE", address), call(api, "GET", address)[0]]

    expected = {"id": row["id"], "name": "Texts", "definition": SMS, "is_shared": False, "sort": "newest"}
    assert ((made, row), tickets) == ((201, expected), [ticket.pk])
    assert (changed, listed) == ((200, expected | {"name": "SMS", "sort": "waiting"}), [expected | {"name": "SMS", "sort": "waiting"}])
    assert deleted == [(204, None), 404]


def test_view_that_rules_fill_is_read_and_not_changed(client_of: SignIn, ida: Agent) -> None:
    """R13, C20."""
    api, view, ticket = client_of(ida), SavedView.objects.create(name="Fraud"), make_ticket()
    ViewEntry.objects.create(view=view, ticket=ticket)

    assert call(api, "GET", f"{view.pk}/") == (200, {"id": view.pk, "name": "Fraud", "definition": None, "is_shared": True, "sort": "newest"})
    assert [each["number"] for each in call(api, "GET", f"{view.pk}/tickets/")[1]["results"]] == [ticket.pk]
    assert call(api, "DELETE", f"{view.pk}/")[0] == 403


@pytest.mark.parametrize(("role", "status"), [(Role.AGENT, 404), (Role.OWNER, 404), (Role.ANALYST, 403)])
def test_view_of_another_is_not_there(client_of: SignIn, ida: Agent, role: Role, status: int) -> None:
    """V3."""
    view, api = create_view("Hers", SMS, by=ida), client_of(make_agent(role=role))

    assert {call(api, method, address)[0] for method, address in (("GET", f"{view.pk}/"), ("DELETE", f"{view.pk}/"), ("GET", f"{view.pk}/tickets/"))} == {
        status
    }


@pytest.mark.parametrize(
    ("change", "status", "named"),
    [
        ({"name": ""}, 400, "name"),
        ({"name": "Mine"}, 400, "name"),
        ({"definition": {"condition_groups": 1}}, 400, "definition"),
        ({"sort": "sideways"}, 400, "sort"),
        ({"owner": 1}, 400, "owner"),
        ({"is_shared": True}, 403, "detail"),
    ],
)
def test_what_cannot_be_kept_is_named(client_of: SignIn, ida: Agent, change: dict[str, Any], status: int, named: str) -> None:
    """C2, V14."""
    create_view("Mine", SMS, by=ida)

    answer, told = call(client_of(ida), "POST", data={"name": "Texts", "definition": SMS} | change)

    assert (answer, list(told), SavedView.objects.count()) == (status, [named], 1)
