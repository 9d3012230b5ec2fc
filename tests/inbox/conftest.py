from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from agents.models import Agent
from tests.factories import make_agent

SignIn = Callable[[Agent], Client]


@pytest.fixture
def sign_in() -> SignIn:
    """`sign_in(agent)` is a browser of theirs."""

    def browser(agent: Agent) -> Client:
        client = Client()
        client.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return browser


@pytest.fixture
def ada(db: None) -> Agent:
    return make_agent("Ada Lind")


@pytest.fixture
def bea(db: None) -> Agent:
    return make_agent("Bea Nowak")
