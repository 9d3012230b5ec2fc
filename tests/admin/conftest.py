from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from agents.models import Agent, Role
from tests.factories import make_agent

SignIn = Callable[[Agent], Client]


def browser_of(agent: Agent) -> Client:
    client = Client()
    client.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def owner(db: None) -> Agent:
    return make_agent("Olga Owner", role=Role.OWNER)


@pytest.fixture
def admin(db: None) -> Agent:
    return make_agent("Adam Admin", role=Role.ADMIN)


@pytest.fixture
def manager(db: None) -> Agent:
    return make_agent("Mona Manager", role=Role.MANAGER)


@pytest.fixture
def as_owner(owner: Agent) -> Client:
    return browser_of(owner)


@pytest.fixture
def as_admin(admin: Agent) -> Client:
    return browser_of(admin)


@pytest.fixture
def as_manager(manager: Agent) -> Client:
    return browser_of(manager)


def list_of(model: str) -> str:
    """The address of a list: `list_of("tickets_ticket")`."""
    return reverse(f"admin:{model}_changelist")


def page_of(model: str, row: Any) -> str:
    return reverse(f"admin:{model}_change", args=[row.pk])


def send(client: Client, address: str, fields: dict[str, Any] | None = None) -> HttpResponse:
    """Posts after what was said before has been read."""
    client.cookies.pop("messages", None)
    return client.post(address, fields or {})


def run_action(client: Client, model: str, action: str, *rows: Any, **beside: Any) -> HttpResponse:
    """As ticking rows in the list, choosing the action, and Run."""
    return send(client, list_of(model), {"action": action, "_selected_action": [row.pk for row in rows], "index": "0", **beside})


def press(client: Client, model: str, action: str, row: Any) -> HttpResponse:
    """As the button of the action on the page of a row."""
    return client.post(page_of(model, row), {"CHANGE_FORM-action": action, "_selected_action": row.pk})


def said(response: HttpResponse) -> list[str]:
    """What the person is told."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def problems(response: Any) -> dict[str, list[str]]:
    """The errors of a form that came back, by field."""
    return dict(response.context["adminform"].form.errors)
