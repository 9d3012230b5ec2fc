"""/api/v1/me/availability/: one's own switch (A14–A17)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from agents.models import Agent, Availability
from tests.factories import make_agent

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/me/availability/"


def put(api: APIClient, data: Any) -> tuple[int, Any]:
    response = api.put(ADDRESS, data, format="json")
    return response.status_code, response.json()


def test_agent_is_offline_before_they_choose(api: APIClient) -> None:
    """A16, B18."""
    assert api.get(ADDRESS).json() == {"online": False, "presence": "offline"}


def test_agent_switches_their_own(api: APIClient, ida: Agent) -> None:
    """A16, A17: and nobody else's."""
    bob = make_agent("Bob", online=True)

    answers = [put(api, {"online": True}), put(api, {"online": False})]

    assert answers == [(200, {"online": True, "presence": "online"}), (200, {"online": False, "presence": "offline"})]
    assert dict(Availability.objects.values_list("agent", "is_online")) == {ida.pk: False, bob.pk: True}


@pytest.mark.parametrize("extra", [{"agent": 1}, {"id": 1}, {"seen_at": "2099-01-01T00:00:00Z"}, {"presence": "online"}])
def test_nothing_else_can_be_set(api: APIClient, extra: dict[str, Any]) -> None:
    """A17, V14: nobody's switch but one's own, and no presence that was not measured."""
    answer = put(api, {"online": True} | extra)

    assert answer == (400, {next(iter(extra)): ["There is no such field."]})
    assert Availability.objects.exists() is False


@pytest.mark.parametrize("data", [{}, {"online": "perhaps"}, {"online": None}])
def test_switch_is_on_or_off(api: APIClient, data: dict[str, Any]) -> None:
    status, problem = put(api, data)

    assert (status, list(problem)) == (400, ["online"])


def test_presence_is_measured(api: APIClient, ida: Agent, settings: Any) -> None:
    """C18."""
    put(api, {"online": True})

    with time_machine.travel(timezone.now() + timedelta(seconds=settings.PRESENCE_TTL + 1), tick=False):
        seen = api.get(ADDRESS).json()

    assert seen == {"online": True, "presence": "away"}
