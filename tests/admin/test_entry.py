"""Who may open the admin, through which door, and under which policy."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from agents.availability import presence_of
from agents.models import Agent, Role
from routing.shifts import go_online
from tests.admin.conftest import browser_of, list_of
from tests.factories import make_agent

pytestmark = pytest.mark.django_db

INDEX = "/admin/"
# What each model's list answers to each of those who may enter; nobody else gets further than the door.
LISTS = {
    "tickets_ticket": "owner admin manager",
    "tickets_savedview": "owner admin manager",
    "tickets_macro": "owner admin manager",
    "tickets_tag": "owner admin manager",
    "tickets_inbound": "owner admin manager",
    "customers_customer": "owner admin manager",
    "routing_ruleset": "owner admin manager",
    "routing_routingdecision": "owner admin manager",
    "routing_ledgerentry": "owner admin manager",
    "agents_agent": "owner admin manager",
    "agents_team": "owner admin manager",
    "outbox_delivery": "owner admin manager",
    "sources_source": "owner admin manager",
    "sources_received": "owner admin manager",
    "api_apikey": "owner admin",
    "django_ox_oxtask": "owner admin",
}


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN, Role.MANAGER])
def test_index_opens_for_managers(role: Role) -> None:
    """C4."""
    assert browser_of(make_agent(role=role)).get(INDEX).status_code == 200


@pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST])
def test_others_are_told_no(role: Role) -> None:
    """Signed in already, they are not sent round in circles."""
    client = browser_of(make_agent(role=role))

    response = client.get(INDEX, follow=True)

    assert response.redirect_chain == [("/admin/login/?next=/admin/", 302)]
    assert response.status_code == 403


def test_sign_in_is_the_one_page() -> None:
    """V15: a second form would have no rate limits."""
    response = Client().get(list_of("tickets_ticket"), follow=True)

    assert response.redirect_chain == [("/admin/login/?next=/admin/tickets/ticket/", 302), ("/account/login/?next=/admin/tickets/ticket/", 302)]


def test_sign_in_page_of_the_admin_checks_no_password(owner: Agent) -> None:
    owner.set_password("correct horse battery")
    owner.save()
    client = Client()

    response = client.post("/admin/login/", {"username": owner.email, "password": "correct horse battery"})

    assert response.headers["Location"] == "/account/login/?next=/admin/"
    assert "_auth_user_id" not in client.session


def test_sign_in_page_of_the_admin_sends_a_manager_on(as_manager: Client) -> None:
    assert as_manager.get("/admin/login/").headers["Location"] == INDEX


def test_person_switched_off_is_out_at_once(admin: Agent, as_admin: Client) -> None:
    Agent.objects.filter(pk=admin.pk).update(is_active=False)

    assert as_admin.get(INDEX).headers["Location"] == "/admin/login/?next=/admin/"


def test_own_password_is_changed_in_the_theme(manager: Agent) -> None:
    """V16: other sessions end, this one goes on."""
    manager.set_password("correct horse battery")
    manager.save()
    here, elsewhere = browser_of(manager), browser_of(manager)
    new = "battery horse correct"

    here.post(reverse("admin:password_change"), {"old_password": "correct horse battery", "new_password1": new, "new_password2": new})

    assert [client.get(INDEX).status_code for client in (here, elsewhere)] == [200, 302]


def test_sign_out_goes_offline(manager: Agent, as_manager: Client) -> None:
    """A18."""
    go_online(manager)

    as_manager.post(reverse("admin:logout"))

    assert presence_of(Agent.objects.get(pk=manager.pk)) == "offline"
    assert "_auth_user_id" not in as_manager.session


def test_policy_is_loosened_for_the_admin_alone(as_owner: Client) -> None:
    """V1: Alpine evaluates expressions there; nowhere may a script stand in a page."""
    policy = as_owner.get(INDEX).headers["Content-Security-Policy"]
    elsewhere = as_owner.get("/").headers["Content-Security-Policy"]

    assert "script-src 'self' 'unsafe-eval';" in policy
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "unsafe" not in elsewhere
    assert "frame-ancestors 'none'" in policy


def test_policy_of_the_admin_keeps_the_rest(as_owner: Client) -> None:
    """V1."""
    directives = dict(part.split(maxsplit=1) for part in as_owner.get(INDEX).headers["Content-Security-Policy"].split("; "))

    assert {name: directives[name].split() for name in settings.SECURE_CSP} == {name: list(map(str, values)) for name, values in settings.SECURE_CSP.items()}


@pytest.mark.parametrize("model", LISTS)
@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN, Role.MANAGER])
def test_list_opens_for(role: Role, model: str) -> None:
    client = browser_of(make_agent(role=role))

    status = client.get(list_of(model)).status_code

    assert status == (200 if role.value.lower() in LISTS[model].split() else 403)


@pytest.mark.parametrize("model", LISTS)
@pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST])
def test_list_is_closed_to(role: Role, model: str) -> None:
    client = browser_of(make_agent(role=role))

    assert client.get(list_of(model)).headers["Location"] == f"/admin/login/?next={list_of(model)}"


def test_every_list_of_the_admin_is_named_above() -> None:
    """What another package registers would otherwise appear unseen."""
    one_row = {"agents_businesshours", "routing_roundrobinsettings", "customers_predictionsettings", "tickets_ticketsettings"}

    registered = {f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry}

    assert registered == set(LISTS) | one_row


@pytest.mark.parametrize(
    ("role", "titles"),
    [
        (Role.ADMIN, ["Received messages", "Received data", "Deliveries", "Background jobs"]),
        (Role.MANAGER, ["Received messages", "Received data", "Deliveries"]),
    ],
)
def test_side_bar_shows_what_may_be_seen(role: Role, titles: list[str]) -> None:
    response = browser_of(make_agent(role=role)).get(INDEX)

    system = response.context["sidebar_navigation"][-1]

    assert [item["title"] for item in system["items"]] == titles
