"""The code that guards the first Owner (V16)."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from agents.models import Agent, Role, SetupCode
from agents.setup import WrongCode, create_owner, desk_has_owner, new_setup_code
from tests.factories import make_agent
from tests.people import at_once

pytestmark = pytest.mark.django_db
ADA = {"email": "ada@desk.example", "name": "Ada", "password": "correct horse battery"}


def test_code_makes_the_owner() -> None:
    code = new_setup_code()

    owner = create_owner(f" {code}\n", **ADA)

    assert (owner.email, owner.name, owner.role) == ("ada@desk.example", "Ada", Role.OWNER)
    assert owner.check_password("correct horse battery")
    assert desk_has_owner() is True


def test_desk_has_no_owner_before() -> None:
    make_agent(role=Role.ADMIN)

    assert desk_has_owner() is False


def test_code_works_once() -> None:
    """V16."""
    code = new_setup_code()
    create_owner(code, **ADA)

    with pytest.raises(WrongCode):
        create_owner(code, **ADA | {"email": "eva@desk.example"})

    assert Agent.objects.count() == 1


def test_code_is_kept_as_a_hash_of_256_random_bits() -> None:
    """V16."""
    code = new_setup_code()

    assert len(code) == 43  # 32 bytes in base64
    assert list(SetupCode.objects.values_list("digest", flat=True)) == [hashlib.sha256(code.encode()).hexdigest()]


@pytest.mark.parametrize(("age", "is_valid"), [(timedelta(hours=71, minutes=59), True), (timedelta(hours=72, minutes=1), False)])
def test_code_lives_72_hours(age: timedelta, is_valid: bool) -> None:
    """V16."""
    code = new_setup_code()

    with time_machine.travel(timezone.now() + age, tick=False):
        if is_valid:
            create_owner(code, **ADA)
        else:
            with pytest.raises(WrongCode):
                create_owner(code, **ADA)

    assert desk_has_owner() is is_valid


@pytest.mark.parametrize("tried", ["", "x" * 43, "' OR 1=1"])
def test_wrong_code_makes_nobody_and_uses_nothing_up(tried: str) -> None:
    code = new_setup_code()

    with pytest.raises(WrongCode):
        create_owner(tried, **ADA)

    assert Agent.objects.count() == 0
    assert create_owner(code, **ADA)


def test_new_code_replaces_the_earlier_one() -> None:
    earlier, later = new_setup_code(), new_setup_code()

    with pytest.raises(WrongCode):
        create_owner(earlier, **ADA)
    assert create_owner(later, **ADA)


def test_code_makes_no_second_owner() -> None:
    """Whoever reads the console of a desk that has its Owner gains nothing."""
    make_agent(role=Role.OWNER)
    code = new_setup_code()

    with pytest.raises(IntegrityError), transaction.atomic():
        create_owner(code, **ADA)

    assert Agent.objects.filter(email=ADA["email"]).exists() is False


@pytest.mark.django_db(transaction=True)
def test_code_used_by_two_at_once_makes_one_owner() -> None:
    """V16."""
    code = new_setup_code()

    def use(letter: str) -> bool:
        try:
            return bool(create_owner(code, **ADA | {"email": f"{letter}@desk.example"}))
        except WrongCode:
            return False

    assert sorted(at_once(lambda: use("a"), lambda: use("b"))) == [False, True]
    assert Agent.objects.count() == 1
