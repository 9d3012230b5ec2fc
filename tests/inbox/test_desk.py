"""What is not about one ticket: the switch, toasts, setting up, pages that say no."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from agents.availability import presence_of
from agents.models import Agent, Role, Toast
from agents.setup import new_setup_code
from agents.toasts import show_toast, waiting_toasts
from tests.factories import make_agent, make_ticket
from tests.inbox.browsing import browser_of

pytestmark = pytest.mark.django_db
OWNER = {"name": "Ada Lind", "email": "ada@desk.example", "password": "correct horse battery"}


def presence(agent: Agent) -> str:
    return presence_of(Agent.objects.get(pk=agent.pk))


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true", "HX-Target": "availability"}])
def test_switch_is_ones_own(headers: dict[str, str], ada: Agent, bea: Agent) -> None:
    """A14, A16, A17: there is no way to name somebody else."""
    browser = browser_of(ada)

    response = browser.post("/availability/", {"online": "1", "agent": bea.pk, "next": "/inbox/mine/"}, headers=headers)

    assert (presence(ada), presence(bea)) == ("online", "offline")
    if headers:
        assert (response.status_code, 'aria-checked="true"' in response.content.decode()) == (200, True)
    else:
        assert (response.status_code, response["Location"]) == (302, "/inbox/mine/")
    browser.post("/availability/", {"online": "0"})
    assert presence(ada) == "offline"


@pytest.mark.parametrize("online", ["", "2", "true"])
def test_switch_has_two_states(online: str, ada: Agent) -> None:
    assert browser_of(ada).post("/availability/", {"online": online}).status_code == 400


def test_desk_has_the_name_that_it_was_given(settings: Any, client: Client) -> None:
    settings.DESK_NAME = "Holm & Vide"

    page = client.get("/account/login/").content.decode()

    assert "<title>Sign in · Holm &amp; Vide</title>" in page


def test_analyst_has_no_switch() -> None:
    analyst = make_agent(role=Role.ANALYST)

    response = browser_of(analyst).post("/availability/", {"online": "1"})

    assert (response.status_code, presence(analyst)) == (403, "offline")
    assert "Only people who answer tickets can do this." in response.content.decode()


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_switch_leads_nowhere_else(next_page: str, ada: Agent) -> None:
    response = browser_of(ada).post("/availability/", {"online": "1", "next": next_page})

    assert response["Location"] == "/"


def test_toast_is_dismissed(ada: Agent) -> None:
    toast = show_toast(ada, Toast.Kind.ASSIGNED, url="/tickets/1/")

    response = browser_of(ada).post("/toasts/dismissal/", {"toast": [toast.pk, "", "\0", "x", 10**30]})

    assert (response.status_code, list(waiting_toasts(ada))) == (204, [])


def test_b17_opened_ticket_is_told_of_no_longer(ada: Agent, bea: Agent) -> None:
    """Of another ticket, to another agent, and by a page that only keeps itself up to date it is."""
    url = make_ticket().get_absolute_url()
    for part in ("", "#message_7"):
        show_toast(ada, Toast.Kind.MENTIONED, url=f"{url}{part}")
    others = [show_toast(ada, Toast.Kind.ASSIGNED, url=f"{url[:-1]}0/"), show_toast(bea, Toast.Kind.ASSIGNED, url=url)]
    browser = browser_of(ada)

    browser.get(url, headers={"HX-Request": "true", "HX-Target": "conversation"})
    waiting = waiting_toasts(ada).count()
    browser.get(url)

    assert (waiting, [*waiting_toasts(ada), *waiting_toasts(bea)]) == (3, others)


def test_owner_is_created_with_the_code_and_signed_in(client: Client) -> None:
    """V16."""
    code = new_setup_code()

    response = client.post("/setup/", {"code": code, **OWNER}, follow=True)

    owner = Agent.objects.get()
    assert (owner.role, owner.email, owner.name, owner.check_password(OWNER["password"])) == (Role.OWNER, OWNER["email"], OWNER["name"], True)
    assert response.redirect_chain == [("/", 302), ("/inbox/all/", 302)]


def test_desk_without_owner_leads_to_its_setup(client: Client) -> None:
    assert client.get("/")["Location"] == "/setup/"


def test_wrong_code_creates_nobody_and_keeps_what_was_typed(client: Client) -> None:
    new_setup_code()

    response = client.post("/setup/", {"code": "nonsense", **OWNER})

    page = response.content.decode()
    assert (response.status_code, Agent.objects.count()) == (422, 0)
    assert "This code is not valid." in page
    assert 'value="ada@desk.example"' in page
    assert OWNER["password"] not in page


@pytest.mark.parametrize("password", ["short", "password12", "ada@desk.example"])
def test_weak_password_keeps_the_code(password: str, client: Client) -> None:
    code = new_setup_code()

    refused = client.post("/setup/", {"code": code, **OWNER, "password": password})
    created = client.post("/setup/", {"code": code, **OWNER})

    assert (refused.status_code, created.status_code, Agent.objects.count()) == (422, 302, 1)


@pytest.mark.parametrize("method", ["get", "post"])
def test_setup_is_gone_once_there_is_an_owner(method: str, client: Client) -> None:
    make_agent(role=Role.OWNER)
    code = new_setup_code()

    response = getattr(client, method)("/setup/", {"code": code, **OWNER})

    assert (response.status_code, Agent.objects.count()) == (404, 1)


def test_settings_are_offered_to_those_who_may_open_them(ada: Agent) -> None:
    """Nothing is shown that leads to a refusal."""
    manager = make_agent(role=Role.MANAGER)

    offered = {agent.role: 'href="/admin/"' in browser_of(agent).get("/inbox/all/").content.decode() for agent in (ada, manager)}

    assert offered == {Role.AGENT: False, Role.MANAGER: True}


@pytest.mark.parametrize("page", ["/account/login/", "/account/password/reset/", "/account/password/reset/done/", "/account/password/reset/key/done/"])
def test_account_page_has_our_look(page: str, client: Client) -> None:
    make_agent()

    response = client.get(page)

    assert response.status_code == 200
    assert '<main class="account">' in response.content.decode()


def test_password_is_asked_for_by_e_mail_and_changed(client: Client, mailoutbox: list[object]) -> None:
    agent = make_agent("Ada")

    client.post("/account/password/reset/", {"email": agent.email})
    link = next(word for word in mailoutbox[0].body.split() if "/password/reset/key/" in word)  # type: ignore[attr-defined] # a Django mail
    form = client.get(link.partition("testserver")[2], follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": OWNER["password"], "password2": OWNER["password"]})

    agent.refresh_from_db()
    assert agent.check_password(OWNER["password"])


def test_page_that_was_open_too_long_says_what_to_do(ada: Agent) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada, backend="allauth.account.auth_backends.AuthenticationBackend")

    response = browser.post("/availability/", {"online": "1"})

    assert response.status_code == 403
    assert "Go back: what you typed is still there." in response.content.decode()
