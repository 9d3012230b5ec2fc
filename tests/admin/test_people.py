"""Adding, changing and switching off people; and what nobody can do to another."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from agents.models import Agent, Availability, Role
from routing.shifts import go_online
from tests.admin.conftest import browser_of, list_of, page_of, problems, said
from tests.factories import make_agent, make_team

pytestmark = pytest.mark.django_db

ADD = "/admin/agents/agent/add/"
PASSWORD = "a horse, a battery"


def fields_of(agent: Agent, **changes: Any) -> dict[str, Any]:
    """What the page of an agent sends when it is saved."""
    fields = {"name": agent.name, "email": agent.email, "role": agent.role, "teams": [team.pk for team in agent.teams.all()]}
    return {**fields, **({"is_active": "on"} if agent.is_active else {}), **changes}


def new_person(**changes: Any) -> dict[str, Any]:
    return {"name": "Nils Ny", "email": "Nils.Ny@Desk.example", "role": "Agent", "password1": PASSWORD, "password2": PASSWORD, **changes}


def save(client: Client, agent: Agent, **changes: Any) -> Any:
    return client.post(page_of("agents_agent", agent), fields_of(agent, **changes))


def test_person_is_added_with_a_hashed_password_and_teams(as_admin: Client) -> None:
    """Small letters, because sign-in compares with them."""
    team = make_team("Returns")

    as_admin.post(ADD, new_person(teams=[team.pk]))

    added = Agent.objects.get(name="Nils Ny")
    assert (added.email, added.role, added.is_active, list(added.teams.all())) == ("nils.ny@desk.example", "Agent", True, [team])
    assert added.check_password(PASSWORD)
    assert PASSWORD not in added.password


def test_person_who_was_added_can_sign_in(as_admin: Client) -> None:
    as_admin.post(ADD, new_person())
    client = Client()

    client.post("/account/login/", {"login": "nils.ny@desk.example", "password": PASSWORD})

    assert client.session["_auth_user_id"] == str(Agent.objects.get(name="Nils Ny").pk)


@pytest.mark.parametrize("password", ["short", "password123", "nils.ny@desk.example"])
def test_weak_password_is_refused(as_admin: Client, password: str) -> None:
    response = as_admin.post(ADD, new_person(password1=password, password2=password))

    assert list(problems(response)) == ["password2"]


def test_two_people_cannot_share_an_address(as_admin: Client) -> None:
    make_agent("Nils Ny")

    response = as_admin.post(ADD, new_person())

    assert list(problems(response)) == ["name", "email"]  # a twin in all


@pytest.mark.parametrize("field", ["is_superuser", "is_staff", "user_permissions", "groups", "date_joined", "is_active"])
def test_only_the_shown_fields_are_written(as_admin: Client, field: str) -> None:
    """V14."""
    as_admin.post(ADD, new_person(**{field: "1"}))

    added = Agent.objects.get(name="Nils Ny")
    assert (added.is_superuser, added.is_staff, added.user_permissions.count(), added.groups.count(), added.is_active) == (False, False, 0, 0, True)


def test_superuser_cannot_be_made_by_changing(as_owner: Client) -> None:
    """V14."""
    agent = make_agent("Ida")

    save(as_owner, agent, is_superuser="on", password="pbkdf2$1$x$y")

    saved = Agent.objects.get(pk=agent.pk)
    assert (saved.is_superuser, saved.password) == (False, agent.password)


def test_owner_cannot_be_added(as_owner: Client) -> None:
    response = as_owner.post(ADD, new_person(role="Owner"))

    assert list(problems(response)) == ["role"]


def test_admin_cannot_make_an_owner(as_admin: Client) -> None:
    agent = make_agent("Ida")

    response = save(as_admin, agent, role="Owner")

    assert list(problems(response)) == ["role"]
    assert Agent.objects.get(pk=agent.pk).role == Role.AGENT


def test_admin_cannot_change_the_owner(owner: Agent, as_admin: Client) -> None:
    response = save(as_admin, owner, name="Somebody else")

    assert response.status_code == 403
    assert Agent.objects.get(pk=owner.pk).name == "Olga Owner"


def test_admin_cannot_set_the_owners_password(owner: Agent, as_admin: Client) -> None:
    response = as_admin.post(reverse("admin:auth_user_password_change", args=[owner.pk]), {"password1": PASSWORD, "password2": PASSWORD})

    assert response.status_code == 403
    assert Agent.objects.get(pk=owner.pk).password == owner.password


@pytest.mark.parametrize("path", ["add/", "{pk}/delete/", "{pk}/password/"])
def test_manager_only_looks_at_people(as_manager: Client, path: str) -> None:
    agent = make_agent("Ida")

    assert as_manager.get(list_of("agents_agent") + path.format(pk=agent.pk)).status_code == 403


def test_manager_changes_nobody(as_manager: Client) -> None:
    agent = make_agent("Ida")

    response = save(as_manager, agent, role="Admin", name="Eva")

    saved = Agent.objects.get(pk=agent.pk)
    assert (response.status_code, saved.role, saved.name) == (403, Role.AGENT, "Ida")


@pytest.mark.parametrize("viewer", ["as_manager", "as_admin"])
def test_password_hash_is_not_shown_to_who_only_looks(viewer: str, owner: Agent, request: pytest.FixtureRequest) -> None:
    owner.set_password(PASSWORD)
    owner.save()

    page = request.getfixturevalue(viewer).get(page_of("agents_agent", owner))

    algorithm, *rest = owner.password.split("$")
    assert [part for part in (*rest, algorithm) if part in page.text] == []


def test_nobody_is_deleted(as_owner: Client) -> None:
    agent = make_agent("Ida")

    response = as_owner.post(f"{list_of('agents_agent')}{agent.pk}/delete/", {"post": "yes"})

    assert response.status_code == 403
    assert Agent.objects.filter(pk=agent.pk).exists()


def test_owner_hands_over_and_becomes_admin(owner: Agent, as_owner: Client) -> None:
    """C4: there is exactly one. Both are signed out, since both have another role (V16)."""
    successor = make_agent("Ida", role=Role.ADMIN)

    save(as_owner, successor, role="Owner")

    roles = {agent.name: agent.role for agent in Agent.objects.all()}
    assert roles == {"Ida": "Owner", "Olga Owner": "Admin"}
    assert as_owner.get("/admin/").headers["Location"] == "/admin/login/?next=/admin/"


def test_owner_cannot_step_down_without_a_successor(owner: Agent, as_owner: Client) -> None:
    """Their own role and "active" are not fields at all."""
    save(as_owner, owner, role="Agent", is_active="", name="Olga O")

    saved = Agent.objects.get(pk=owner.pk)
    assert (saved.name, saved.role, saved.is_active) == ("Olga O", Role.OWNER, True)


def test_successor_must_be_able_to_sign_in(as_owner: Client) -> None:
    successor = make_agent("Ida", is_active=False)

    response = save(as_owner, successor, role="Owner")

    assert problems(response) == {"role": ["The new Owner must be able to sign in."]}


def test_successor_is_not_switched_off_in_the_same_breath(as_owner: Client) -> None:
    successor = make_agent("Ida")

    response = save(as_owner, successor, role="Owner", is_active="")

    assert problems(response) == {"is_active": ["Who becomes the Owner must be active."]}


def test_nobody_switches_themselves_off(admin: Agent, as_admin: Client) -> None:
    response = save(as_admin, admin, is_active="")

    assert problems(response) == {"is_active": ["You cannot switch yourself off."]}


def test_switching_off_says_what_becomes_of_the_tickets(as_admin: Client) -> None:
    agent = make_agent("Ida", online=True)

    response = save(as_admin, agent, is_active="")

    assert Agent.objects.get(pk=agent.pk).is_active is False
    assert said(response)[0].startswith("Ida can no longer sign in. Their tickets stay theirs until somebody gives them away:")


def test_switching_on_again(as_admin: Client) -> None:
    agent = make_agent("Ida", is_active=False)

    save(as_admin, agent, is_active="on")

    assert Agent.objects.get(pk=agent.pk).is_active is True


@pytest.mark.parametrize("changes", [{"role": "Manager"}, {"is_active": ""}])
def test_change_of_role_ends_the_sessions(as_admin: Client, changes: dict[str, str]) -> None:
    """V16, A18."""
    agent = make_agent("Mia", role=Role.ADMIN)
    go_online(agent)
    theirs = browser_of(agent)

    save(as_admin, agent, **changes)

    assert theirs.get("/admin/").headers["Location"] == "/admin/login/?next=/admin/"
    assert Availability.objects.get(agent=agent).is_online is False


def test_change_of_name_ends_no_session(as_admin: Client) -> None:
    agent = make_agent("Mia", role=Role.ADMIN)
    theirs = browser_of(agent)

    save(as_admin, agent, name="Mia Berg")

    assert theirs.get("/admin/").status_code == 200


def test_new_password_ends_the_sessions(as_admin: Client) -> None:
    """V16, A18."""
    agent = make_agent("Mia", role=Role.MANAGER, online=True)
    theirs = browser_of(agent)

    as_admin.post(reverse("admin:auth_user_password_change", args=[agent.pk]), {"password1": PASSWORD, "password2": PASSWORD})

    assert Agent.objects.get(pk=agent.pk).check_password(PASSWORD)
    assert theirs.get("/admin/").headers["Location"] == "/admin/login/?next=/admin/"
    assert Availability.objects.get(agent=agent).is_online is False


def test_old_address_is_forgotten(as_admin: Client) -> None:
    """Else it would go on to sign in, and to receive links for a new password."""
    agent = make_agent("Ida")
    EmailAddress.objects.create(user=agent, email=agent.email, primary=True, verified=True)

    save(as_admin, agent, email="ida.lind@desk.example")

    assert Agent.objects.get(pk=agent.pk).email == "ida.lind@desk.example"
    assert EmailAddress.objects.filter(user=agent).count() == 0


@pytest.mark.parametrize("field", ["presence", "availability", "is_online", "availability-0-is_online"])
def test_nobody_sets_another_persons_status(as_owner: Client, field: str) -> None:
    """A17."""
    agent = make_agent("Ida")
    go_online(agent)

    save(as_owner, agent, **{field: "offline"})

    assert Availability.objects.get(agent=agent).is_online is True


def test_teams_and_status_are_shown_as_words(as_manager: Client) -> None:
    """C18."""
    agent = make_agent("Ida", online=True)
    make_team("Returns", agent)

    page = as_manager.get(page_of("agents_agent", agent))

    shown = {field.field["name"]: field.contents() for fieldset in page.context["adminform"] for line in fieldset for field in line}
    assert (shown["team_names"], shown["presence"]) == ("Returns", "Online")


def test_team_offers_only_people_who_answer(as_manager: Client) -> None:
    """B2."""
    make_agent("Ida")
    make_agent("Ana", role=Role.ANALYST)
    make_agent("Gone", is_active=False)

    found = as_manager.get("/admin/autocomplete/", {"app_label": "agents", "model_name": "team", "field_name": "members", "term": ""}).json()

    assert [person["text"] for person in found["results"]] == ["Ida", "Mona Manager"]
