"""What a person chooses for their own screens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from agents.models import Agent, Role
from tests.factories import make_agent
from tests.inbox.browsing import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three_languages(settings: Any) -> Iterator[None]:
    settings.LANGUAGES = [("en", "English"), ("sv", "Svenska"), ("pl", "Polski")]
    yield
    translation.deactivate()


def language_of(client: Client, address: str = "/preferences/", **headers: str) -> str:
    client.get(address, headers=headers)
    return translation.get_language() or ""


@pytest.mark.parametrize(("chosen", "browser", "expected"), [("pl", "sv", "pl"), ("", "sv", "sv"), ("", "fr", "en"), ("", "", "en"), ("xx", "sv", "sv")])
def test_language_is_the_persons_and_else_the_browsers(ada: Agent, chosen: str, browser: str, expected: str) -> None:
    Agent.objects.filter(pk=ada.pk).update(language=chosen)

    assert language_of(browser_of(ada), accept_language=browser) == expected


def test_language_is_chosen_on_ones_own_page(ada: Agent) -> None:
    browser = browser_of(ada)

    saved = browser.post("/preferences/", {"language": "sv"})
    refused = browser.post("/preferences/", {"language": "klingon"})

    ada.refresh_from_db()
    assert ((saved.status_code, saved["Location"]), refused.status_code, ada.language) == ((302, "/preferences/?saved"), 422, "sv")


def test_api_speaks_english_to_everybody(ada: Agent) -> None:
    """Programs read it."""
    Agent.objects.filter(pk=ada.pk).update(language="sv")

    assert language_of(browser_of(ada), "/api/v1/tickets/") == "en"


def test_analyst_has_preferences_too() -> None:
    assert browser_of(make_agent(role=Role.ANALYST)).get("/preferences/").status_code == 200


def test_preferences_need_sign_in(client: Client) -> None:
    assert client.get("/preferences/")["Location"] == "/account/login/?next=/preferences/"


@pytest.mark.parametrize(("browser", "language"), [("sv", "sv"), ("", "en")])
def test_page_says_its_language_to_its_socket(ada: Agent, browser: str, language: str) -> None:
    """What arrives later is read in the same."""
    page = browser_of(ada).get("/inbox/all/", headers={"accept-language": browser}).content.decode()

    assert f'data-live="/ws/inbox/?language={language}"' in page
