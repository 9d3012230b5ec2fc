"""The verbs behind the pages of people: who may give which role, and what ends with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session

from agents.models import Agent, Role
from agents.people import NotForYou, deactivate, reactivate, set_role, sign_out
from agents.streams import agent_stream
from tests.admin.conftest import browser_of
from tests.factories import make_agent
from tests.people import Commits, Listener

pytestmark = pytest.mark.django_db


def give_role(agent: Agent, *, by: Agent) -> None:
    set_role(agent, Role.ADMIN, by=by)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AGENT, Role.ANALYST])
@pytest.mark.parametrize("verb", [give_role, deactivate, reactivate])
def test_others_than_owner_and_admin_change_nobody(verb: Callable[..., None], role: Role) -> None:
    agent = make_agent("Ida")

    with pytest.raises(NotForYou, match="Only the Owner and Admins can change people"):
        verb(agent, by=make_agent(role=role))


def test_admin_names_no_owner(admin: Agent) -> None:
    with pytest.raises(NotForYou, match="Only the Owner can name a new Owner"):
        set_role(make_agent("Ida"), Role.OWNER, by=admin)


@pytest.mark.parametrize("who", ["owner", "admin"])
def test_owner_keeps_the_role_until_there_is_a_successor(who: str, owner: Agent, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotForYou, match="Name a new Owner first"):
        set_role(owner, Role.AGENT, by=request.getfixturevalue(who))


@pytest.mark.parametrize("who", ["owner", "admin"])
def test_owner_is_not_switched_off(who: str, owner: Agent, request: pytest.FixtureRequest) -> None:
    with pytest.raises(NotForYou, match="The Owner cannot be switched off"):
        deactivate(owner, by=request.getfixturevalue(who))


def test_same_role_ends_no_session(owner: Agent) -> None:
    browser_of(owner)

    set_role(owner, Role.OWNER, by=owner)

    assert Session.objects.count() == 1


def test_sign_out_ends_every_session_of_that_person_alone() -> None:
    """V16."""
    ida, bo = make_agent("Ida"), make_agent("Bo")
    browser_of(ida), browser_of(ida)
    his = browser_of(bo)

    sign_out(ida)

    assert [session.pk for session in Session.objects.all()] == [his.session.session_key]


def test_open_pages_are_told(listen: type[Listener], commits: Commits) -> None:
    """V12, after commit, on the person's own stream."""
    ida, bo = make_agent("Ida"), make_agent("Bo")
    hers, his = listen(agent_stream(ida.pk)), listen(agent_stream(bo.pk))

    with commits():
        sign_out(ida)
        assert hers.heard() == []

    assert (hers.heard(), his.heard()) == ([{"kind": "signed_out"}], [])
