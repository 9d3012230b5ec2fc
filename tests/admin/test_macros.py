"""Shared macros in the admin; people's own are not there."""

from __future__ import annotations

import pytest
from django.test import Client

from agents.models import Role
from helpdesk.tickets.models import Macro
from tests.factories import make_agent
from tests.inbox.browsing import browser_of

pytestmark = pytest.mark.django_db
LIST = "/admin/tickets/macro/"


@pytest.fixture
def manager() -> Client:
    return browser_of(make_agent(role=Role.MANAGER))


def test_shared_macro_is_made_changed_and_deleted(manager: Client) -> None:
    manager.post(f"{LIST}add/", {"name": "Hello", "category": "Basics", "body": "Hi {{ customer.first_name }}"})
    macro = Macro.objects.get()
    manager.post(f"{LIST}{macro.pk}/change/", {"name": "Hello again", "category": "", "body": "Hi"})
    changed = Macro.objects.get()
    manager.post(f"{LIST}{macro.pk}/delete/", {"post": "yes"})

    assert (macro.owner, macro.category, changed.name, changed.body) == (None, "Basics", "Hello again", "Hi")
    assert Macro.objects.exists() is False


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "Hello", "body": "Again"}, "There is already a macro of this name."),
        ({"name": "New", "body": "{{ costumer.name }}"}, "There is no variable {{ costumer.name }}."),
    ],
)
def test_macro_that_cannot_be_kept_is_said(fields: dict[str, str], sentence: str, manager: Client) -> None:
    Macro.objects.create(name="Hello", body="Hi")

    response = manager.post(f"{LIST}add/", fields | {"category": ""})

    assert (response.status_code, Macro.objects.count()) == (200, 1)
    assert sentence in response.content.decode()


def test_own_macros_of_people_are_not_there(manager: Client) -> None:
    """V3."""
    own = Macro.objects.create(name="Secret", body="Hi", owner=make_agent())

    listed = manager.get(LIST).content.decode()
    manager.post(f"{LIST}{own.pk}/change/", {"name": "Mine", "category": "", "body": "x"})

    assert ("Secret" in listed, Macro.objects.get().name) == (False, "Secret")


def test_agents_change_no_shared_macros() -> None:
    Macro.objects.create(name="Hello", body="Hi")

    assert browser_of(make_agent()).get(LIST).status_code == 302
