"""What no page of the admin sends: answered in words, never with a traceback."""

from __future__ import annotations

import pytest
from django.test import Client

from agents.models import Role, Team
from tests.admin.conftest import browser_of, list_of
from tests.factories import make_agent, make_team, make_ticket

pytestmark = pytest.mark.django_db
NO_NUMBERS = ["9" * 30, "x", "\0", "1e400", "[]"]


@pytest.fixture
def tab() -> Client:
    return browser_of(make_agent(role=Role.OWNER))


@pytest.mark.parametrize("number", NO_NUMBERS)
@pytest.mark.parametrize(("model", "action"), [("tickets_ticket", "unassign"), ("tickets_inbound", "read_once_more"), ("django_ox_oxtask", "retry_selected")])
def test_action_on_what_is_no_row(tab: Client, model: str, action: str, number: str) -> None:
    make_ticket()

    assert tab.post(list_of(model), {"action": action, "_selected_action": [number], "index": "0"}).status_code == 400


@pytest.mark.parametrize("number", NO_NUMBERS)
def test_member_who_is_nobody(tab: Client, number: str) -> None:
    team = make_team("Returns", make_agent())

    answer = tab.post(
        f"/admin/agents/team/{team.pk}/change/", {"name": "Refunds", "members": [number], "matching-TOTAL_FORMS": "0", "matching-INITIAL_FORMS": "0"}
    )

    assert (answer.status_code, Team.objects.get().name, Team.objects.get().members.count()) == (400, "Returns", 1)


@pytest.mark.parametrize("model", ["routing_ledgerentry", "agents_agent", "tickets_ticket", "api_apikey"])
def test_page_of_a_number_that_no_row_has(tab: Client, model: str) -> None:
    """As of one that is gone: back to the start, in words."""
    assert tab.get(f"{list_of(model)}{'9' * 30}/change/").status_code == 302
