"""Who signs in, and the one Owner."""

from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from agents.models import Agent, Role
from tests.factories import make_agent

pytestmark = pytest.mark.django_db


def test_password_is_kept_as_a_hash() -> None:
    """V16."""
    agent = Agent.objects.create_user("ada@desk.example", "correct horse battery", name="Ada")

    stored = Agent.objects.values_list("password", flat=True).get()
    assert "correct" not in stored
    assert [agent.check_password(tried) for tried in ("correct horse battery", "correct horse", "")] == [True, False, False]


def test_agent_without_password_cannot_sign_in_by_one() -> None:
    agent = make_agent()

    assert agent.has_usable_password() is False
    assert agent.check_password("") is False


@pytest.mark.parametrize("written", ["ada@desk.example", "ADA@Desk.Example"])
def test_agent_signs_in_whatever_the_case_of_the_email(written: str) -> None:
    ada = Agent.objects.create_user("Ada@desk.example", "correct horse battery", name="Ada")

    assert authenticate(None, email=written, password="correct horse battery") == ada
    assert authenticate(None, email=written, password="wrong horse battery") is None


def test_agent_who_was_switched_off_does_not_sign_in() -> None:
    Agent.objects.create_user("ada@desk.example", "correct horse battery", name="Ada", is_active=False)

    assert authenticate(None, email="ada@desk.example", password="correct horse battery") is None


def test_database_holds_each_email_once_in_any_case() -> None:
    make_agent("Ada")

    with pytest.raises(IntegrityError), transaction.atomic():
        Agent.objects.create_user("ADA@desk.example", name="Another")


def test_database_holds_one_owner() -> None:
    """C4."""
    make_agent("Ada", role=Role.OWNER)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_agent("Bea", role=Role.OWNER)
    with pytest.raises(ValidationError, match="already an Owner"):
        Agent(email="bea@desk.example", name="Bea", role=Role.OWNER, password="x").full_clean()


@pytest.mark.parametrize(
    ("role", "is_staff", "can_answer"),
    [(Role.OWNER, True, True), (Role.ADMIN, True, True), (Role.MANAGER, True, True), (Role.AGENT, False, True), (Role.ANALYST, False, False)],
)
def test_role_decides_who_manages_and_who_answers(role: Role, is_staff: bool, can_answer: bool) -> None:
    """A1, B2, C4."""
    agent = make_agent("Ada", role=role)

    assert (agent.is_staff, agent.can_answer) == (is_staff, can_answer)
    assert list(Agent.objects.all().answering()) == ([agent] if can_answer else [])


def test_agent_who_was_switched_off_answers_nothing() -> None:
    agent = make_agent("Ada", is_active=False)

    assert agent.can_answer is False
    assert list(Agent.objects.all().answering()) == []


def test_agent_is_shown_by_name() -> None:
    assert (str(Agent(name="Ada Lovelace", email="a@b.c")), str(Agent(email="a@b.c"))) == ("Ada Lovelace", "a@b.c")
    assert Agent(name="Ada Lovelace").get_short_name() == "Ada"
