"""/api/v1/segments/ and who is in them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from agents.models import Agent, Role
from helpdesk.api.segment_views import TOO_SLOW
from helpdesk.customers.models import Customer, Membership, Segment
from helpdesk.customers.profiles import identify
from helpdesk.customers.segments import add_members, create_segment
from tests.api.conftest import SignIn, iso
from tests.factories import all_of, make_agent, make_rule, make_team

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/segments/"
FRANCE = all_of({"type": "profile-property", "property": "$country", "filter": {"type": "string", "operator": "equals", "value": "France"}})
FRENCH = "country equals France"
BROKEN = all_of({"type": "profile-property", "property": "$country", "filter": {"type": "string", "operator": "is", "value": "France"}})


@pytest.fixture
def mia() -> Agent:
    return make_agent("Mia", role=Role.MANAGER)


@pytest.fixture
def manager(client_of: SignIn, mia: Agent) -> APIClient:
    return client_of(mia)


def call(client: APIClient, method: str, address: str = "", data: Any = None) -> tuple[int, Any]:
    response = client.generic(method, ADDRESS + address) if data is None else getattr(client, method.lower())(ADDRESS + address, data, format="json")
    return response.status_code, response.json() if response.content else None


def test_segment_is_made_read_changed_and_deleted(manager: APIClient) -> None:
    made, told = call(manager, "POST", data={"name": "French", "definition": FRANCE})
    address = f"{told['id']}/"

    read = call(manager, "GET", address)
    renamed = call(manager, "PATCH", address, {"name": "Les Français"})
    listed = call(manager, "GET")[1]["results"]
    replaced = call(manager, "PATCH", address, {"name": "A list", "definition": None, "is_active": False})
    deleted = [call(manager, "DELETE", address), call(manager, "GET", address)[0]]

    segment = Segment.with_deleted.get()
    row = {"id": segment.pk, "name": "French", "definition": FRANCE, "is_active": True, "created_at": iso(segment.created_at)}
    detail = row | {"words": FRENCH, "size": 0, "warnings": []}
    assert ((made, told), read) == ((201, detail), (200, detail))
    assert renamed == (200, detail | {"name": "Les Français"})
    assert listed == [row | {"name": "Les Français"}]
    assert replaced == (200, detail | {"name": "A list", "definition": None, "is_active": False, "words": ""})
    assert (deleted, segment.deleted_at is not None) == ([(204, None), 404], True)


def test_inactive_segment_can_be_made(manager: APIClient) -> None:
    assert call(manager, "POST", data={"name": "Later", "definition": FRANCE, "is_active": False})[1]["is_active"] is False


OPERATOR = "condition_groups[0].conditions[0].filter.operator: expected one of "


@pytest.mark.parametrize(
    ("data", "field", "begins"),
    [
        ({}, "name", "This field is required."),
        ({"name": " "}, "name", "This field may not be blank."),
        ({"name": "Taken"}, "name", "There is a segment named “Taken” already."),
        ({"name": "New", "definition": BROKEN}, "definition", OPERATOR),
        ({"name": "New", "definition": {}}, "definition", "condition_groups: expected "),
        ({"name": "New", "definition": [1]}, "definition", "Give an object"),
        ({"name": "New", "definition": {"a": "\0"}}, "definition", "Null characters"),
        ({"name": "New", "size": 7}, "size", "There is no such field."),
    ],
)
def test_wrong_field_is_named(manager: APIClient, data: Any, field: str, begins: str) -> None:
    """The place in a definition, too."""
    Segment.objects.create(name="Taken")

    status, problem = call(manager, "POST", data=data)

    assert (status, list(problem), problem[field][0][: len(begins)]) == (400, [field], begins)
    assert Segment.objects.count() == 1


def test_members_of_a_list_are_added_told_and_removed(manager: APIClient, mia: Agent) -> None:
    segment = create_segment("VIP", by=mia)
    ada, bob = identify(email="ada@example.com", name="Ada"), identify(email="bob@example.com", name="Bob")
    address = f"{segment.pk}/members/"

    added = [call(manager, "POST", address, {"customers": [ada.pk, bob.pk, ada.pk]}), call(manager, "POST", address, {"customers": [ada.pk]})]
    removed = call(manager, "DELETE", f"{address}{bob.pk}/")
    members = call(manager, "GET", address)[1]["results"]

    held = Membership.objects.get(until=None)
    assert (added, removed) == ([(200, {"added": 2}), (200, {"added": 0})], (204, None))
    assert [(row["customer"]["id"], row["customer"]["name"], row["since"]) for row in members] == [(ada.pk, "Ada", iso(held.since))]


def test_members_of_a_definition_are_not_chosen_by_hand(manager: APIClient, mia: Agent) -> None:
    segment, ada = create_segment("French", FRANCE, by=mia), identify(email="ada@example.com")

    status, problem = call(manager, "POST", f"{segment.pk}/members/", {"customers": [ada.pk]})

    assert (status, list(problem)) == (400, ["customers"])


def test_unknown_members_are_named_and_nobody_is_added(manager: APIClient, mia: Agent) -> None:
    segment, ada = create_segment("VIP", by=mia), identify(email="ada@example.com")

    answer = call(manager, "POST", f"{segment.pk}/members/", {"customers": [ada.pk, 2**63 - 1]})

    assert answer == (400, {"customers": [f"There is no customer {2**63 - 1}."]})
    assert [call(manager, "POST", f"{segment.pk}/members/", {"customers": [number]})[0] for number in (10**30, -(10**30))] == [400, 400]
    assert Membership.objects.count() == 0


def test_preview_counts_samples_and_says_it_in_words(api: APIClient) -> None:
    for number in range(7):
        identify(email=f"c{number}@example.com", name=f"C{number}", country="France")
    identify(email="ada@example.com", country="Sweden")

    status, told = call(api, "POST", "preview/", {"definition": FRANCE})

    assert (status, told["words"], told["count"], [row["name"] for row in told["sample"]]) == (200, FRENCH, 7, ["C6", "C5", "C4", "C3", "C2"])
    assert Segment.objects.count() == 0


def test_preview_that_takes_too_long_is_given_up(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.customers.asking.effect.PATIENCE", 0.001)
    Customer.objects.bulk_create([Customer(external_id=f"c{number}") for number in range(20_000)])
    heavy = all_of({"type": "profile-property", "property": "x", "filter": {"type": "string", "operator": "not-contains", "value": "y"}})

    status, problem = call(api, "POST", "preview/", {"definition": heavy})

    assert (status, problem) == (400, {"definition": [TOO_SLOW]})


def test_preview_names_the_place_of_what_is_wrong(api: APIClient) -> None:
    status, problem = call(api, "POST", "preview/", {"definition": BROKEN})

    assert (status, problem["definition"][0][: len(OPERATOR)]) == (400, OPERATOR)


WRITES = [("POST", ""), ("PATCH", "{}/"), ("DELETE", "{}/"), ("POST", "{}/members/"), ("DELETE", "{}/members/1/")]
READS = [("GET", ""), ("GET", "{}/"), ("GET", "{}/members/"), ("POST", "preview/")]


@pytest.mark.parametrize(("method", "address"), WRITES)
@pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST])
def test_only_managers_write(client_of: SignIn, mia: Agent, method: str, address: str, role: Role) -> None:
    """R3, C4."""
    segment = create_segment("VIP", by=mia)

    status, _problem = call(client_of(make_agent("Somebody", role=role)), method, address.format(segment.pk), {"name": "Mine"})

    segment.refresh_from_db()
    assert (status, segment.name, segment.deleted_at) == (403, "VIP", None)


@pytest.mark.parametrize(("method", "address"), READS)
def test_only_those_who_answer_read(api: APIClient, client_of: SignIn, mia: Agent, method: str, address: str) -> None:
    segment = create_segment("VIP", by=mia)
    asked = {"definition": FRANCE} if method == "POST" else None

    people = [api, client_of(make_agent("Ann", role=Role.ANALYST)), APIClient()]

    assert [call(client, method, address.format(segment.pk), asked)[0] for client in people] == [200, 403, 401]


@pytest.mark.parametrize(
    ("method", "address"), [("GET", "9/"), ("PATCH", "9/"), ("DELETE", "9/"), ("GET", "9/members/"), ("POST", "9/members/"), ("GET", f"{10**30}/")]
)
def test_foreign_number_is_404(manager: APIClient, method: str, address: str) -> None:
    """V3."""
    assert call(manager, method, address, None if method == "GET" else {})[0] == 404


@pytest.mark.parametrize("address", ["", "{}/members/"])
def test_lists_cost_a_number_of_queries_that_does_not_grow(api: APIClient, mia: Agent, address: str) -> None:
    segment, counts = create_segment("VIP", by=mia), []
    for number in (1, 9):
        add_members(segment, [identify(email=f"{number}-{n}@example.com") for n in range(number)], by=mia)
        Segment.objects.bulk_create([Segment(name=f"{number}-{n}") for n in range(number)])
        with CaptureQueriesContext(connection) as captured:
            call(api, "GET", address.format(segment.pk))
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_segment_that_a_rule_asks_about_is_not_deleted(manager: APIClient) -> None:
    vip = create_segment("VIP", by=None)
    make_rule("VIP first", to=make_team(), when=all_of({"type": "profile-group-membership", "is_member": True, "group_ids": [str(vip.pk)]}))

    refused = call(manager, "DELETE", f"{vip.pk}/")

    assert refused == (409, {"detail": "“VIP” cannot be deleted: “VIP first” asks about it. Change or delete that first."})
    assert Segment.objects.count() == 1
