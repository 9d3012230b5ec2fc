from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from rest_framework.fields import DateTimeField
from rest_framework.test import APIClient

from agents.models import Agent
from helpdesk.api.models import ApiKey
from tests.factories import make_agent


def iso(moment: datetime | None) -> str:
    """As the API writes times."""
    return str(DateTimeField().to_representation(moment))


SignIn = Callable[[Agent], APIClient]


@pytest.fixture
def client_of() -> SignIn:
    """A program that acts for an agent."""

    def sign_in(agent: Agent) -> APIClient:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {ApiKey.make('test', agent)[1]}")
        return client

    return sign_in


@pytest.fixture
def ida() -> Agent:
    return make_agent("Ida")


@pytest.fixture
def api(client_of: SignIn, ida: Agent) -> APIClient:
    return client_of(ida)
