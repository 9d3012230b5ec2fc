"""POST /api/v1/customers/<number>/merges/ and DELETE of one."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from agents.models import Agent, Role
from helpdesk.customers.models import Customer, CustomerMerge
from helpdesk.customers.profiles import identify, track
from tests.api.conftest import SignIn, iso
from tests.factories import make_agent

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Customer:
    return identify(email="ada@example.com", name="Ada")


@pytest.fixture
def old() -> Customer:
    return identify(email="old@example.com", name="Old")


def merge(api: APIClient, kept: Customer | int, other: Any) -> tuple[int, Any]:
    response = api.post(f"/api/v1/customers/{getattr(kept, 'pk', kept)}/merges/", {"other": getattr(other, "pk", other)}, format="json")
    return response.status_code, response.json()


def test_merge_is_made_told_and_undone(api: APIClient, ida: Agent, ada: Customer, old: Customer) -> None:
    track(old, "Placed Order")

    status, told = merge(api, ada, old)
    listed = api.get(f"/api/v1/customers/{ada.pk}/merges/").json()["results"]
    events = ada.events.count()
    undone = api.delete(f"/api/v1/customers/{ada.pk}/merges/{told['id']}/").status_code

    made = CustomerMerge.objects.get()
    assert (status, told) == (201, {"id": made.pk, "kept": ada.pk, "merged": old.pk, "by": ida.pk, "at": iso(made.at), "undone_at": None})
    assert (listed, events, undone, old.events.count()) == ([told], 1, 204, 1)


@pytest.mark.parametrize(
    ("other", "status", "problem"),
    [
        (999_999, 400, {"other": ["There is no such customer."]}),
        ("Old", 400, {"other": ["A valid integer is required."]}),
        (None, 400, {"other": ["This field may not be null."]}),
    ],
)
def test_other_that_is_nobody_is_refused(api: APIClient, ada: Customer, other: Any, status: int, problem: Any) -> None:
    assert merge(api, ada, other) == (status, problem)


def test_merge_that_makes_no_sense_is_a_conflict(api: APIClient, ada: Customer, old: Customer) -> None:
    told = merge(api, ada, old)[1]
    address = f"/api/v1/customers/{ada.pk}/merges/{told['id']}/"

    answers = [merge(api, ada, ada), merge(api, ada, old), merge(api, old, ada)]
    undone = [api.delete(address).status_code, api.delete(address).status_code]

    merged = {"detail": "Old has been merged already."}
    assert answers == [(409, {"detail": "A customer cannot be merged into themselves."}), (409, merged), (409, merged)]
    assert undone == [204, 409]


def test_foreign_numbers_are_404(api: APIClient, ada: Customer, old: Customer) -> None:
    """V3: neither a customer who is not, nor a merge of somebody else's."""
    told = merge(api, ada, old)[1]
    eva = identify(email="eva@example.com")

    assert merge(api, 999_999, ada)[0] == 404
    assert [api.delete(f"/api/v1/customers/{number}/merges/{told['id']}/").status_code for number in (eva.pk, 999_999)] == [404, 404]
    assert CustomerMerge.objects.filter(undone_at=None).count() == 1


def test_only_those_who_answer_may_merge(api: APIClient, client_of: SignIn, ada: Customer, old: Customer) -> None:
    """C4."""
    analyst = client_of(make_agent("Ann", role=Role.ANALYST))
    refused = merge(analyst, ada, old)[0]
    told = merge(api, ada, old)[1]

    assert (refused, analyst.delete(f"/api/v1/customers/{ada.pk}/merges/{told['id']}/").status_code) == (403, 403)
