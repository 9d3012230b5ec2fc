"""POST /api/v1/customers/"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from rest_framework.test import APIClient

from helpdesk.api import customer_views
from helpdesk.customers.models import Customer

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/customers/"
ADA = {"email": "ada@example.com"}


def post(api: APIClient, data: Any) -> tuple[int, Any]:
    response = api.post(ADDRESS, data, format="json")
    return response.status_code, response.json()


def test_customer_is_made_then_known(api: APIClient) -> None:
    answers = [post(api, ADA), post(api, {"email": "ADA@example.com", "phone": "+46 70 123 45 67"}), post(api, {"phone": "+46701234567"})]

    pk = Customer.objects.get().pk
    assert answers == [(201, {"status": "created", "customer": pk}), *[(200, {"status": "known", "customer": pk})] * 2]


def test_everything_that_is_known_is_kept(api: APIClient) -> None:
    """R5, R9: what rules ask for."""
    facts = {"name": "Ada", "country": "Sweden", "city": "Lund", "language": "sv", "properties": {"churn_probability": 0.9, "tags": ["vip"]}}

    post(api, ADA | {"phone": "+46701234567", "external_id": "u-1"} | facts)

    kept = Customer.objects.values("email", "phone", "external_id", *facts).get()
    assert kept == ADA | {"phone": "+46701234567", "external_id": "u-1"} | facts


def test_what_is_left_out_stays_and_properties_are_merged(api: APIClient) -> None:
    post(api, ADA | {"name": "Ada", "properties": {"tier": "gold", "size": "S"}})

    post(api, ADA | {"city": "Lund", "properties": {"size": "M"}})

    assert list(Customer.objects.values_list("name", "city", "properties")) == [("Ada", "Lund", {"tier": "gold", "size": "M"})]


NOBODY = ["Give an e-mail, a phone or an external_id, so that we know who it is."]
NO_OBJECT = ['Give an object, as {"tier": "gold"}.']
UNFIT = ["Null characters, broken characters, infinite numbers, more than 20 levels and what is no JSON cannot be kept."]
DEEP: Any = [[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]
LONG = "Ensure this field has no more than {} characters."


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({}, {"non_field_errors": NOBODY}),
        ({"name": "Ada"}, {"non_field_errors": NOBODY}),
        ({"email": "ada"}, {"email": ["Enter a valid email address."]}),
        (
            {"email": "jörg@müller.example"},
            {"email": ["Before the @ only the letters a–z can stand: mail to another address cannot be sent from here."]},
        ),
        ({"phone": "070-1"}, {"phone": ["Write the number with its country, as +46701234567."]}),
        ({"external_id": "x" * 201}, {"external_id": [LONG.format(200)]}),
        (ADA | {"name": "a\x00"}, {"name": ["Null characters are not allowed."]}),
        (ADA | {"country": "x" * 101}, {"country": [LONG.format(100)]}),
        (ADA | {"city": "x" * 101}, {"city": [LONG.format(100)]}),
        (ADA | {"language": "x" * 11}, {"language": [LONG.format(10)]}),
        (ADA | {"properties": ["gold"]}, {"properties": NO_OBJECT}),
        (ADA | {"properties": "gold"}, {"properties": NO_OBJECT}),
        (ADA | {"properties": None}, {"properties": ["This field may not be null."]}),
        (ADA | {"properties": {"note": "a\x00"}}, {"properties": UNFIT}),
        (ADA | {"properties": {"a\x00": 1}}, {"properties": UNFIT}),
        (ADA | {"properties": {"a": DEEP}}, {"properties": UNFIT}),
        (ADA | {"properties": {"a": "x" * 100_000}}, {"properties": ["Properties are at most 100000 characters of JSON."]}),
    ],
)
def test_wrong_field_is_named(api: APIClient, data: Any, problem: Any) -> None:
    answer = post(api, data)

    assert answer == (400, problem)
    assert Customer.objects.count() == 0


@pytest.mark.parametrize("value", ["1e999", "-1e999", r'"\ud800"', r'[{"b": "\udfff"}]', r'{"\ud800": 1}'])
def test_json_that_no_database_holds_is_refused(api: APIClient, value: str) -> None:
    """Infinite numbers, and halves of characters."""
    body = f'{{"email": "ada@example.com", "properties": {{"a": {value}}}}}'

    response = api.post(ADDRESS, body, content_type="application/json")

    assert (response.status_code, response.json()) == (400, {"properties": UNFIT})


def test_name_of_a_system_that_no_database_holds_is_refused(api: APIClient) -> None:
    response = api.post(ADDRESS, r'{"email": "ada@example.com", "ids": {"\ud800": "7"}}', content_type="application/json")

    assert (response.status_code, response.json()) == (400, {"non_field_errors": ["A source holds no null characters and no broken ones."]})


@pytest.mark.parametrize("properties", [{"a": [[[1]]]}, {"żółć 😀": "\u202e"}, {"a": [None, True, 10**30]}, {}, {"a": "x" * 99_000}])
def test_properties_are_kept_as_they_were_sent(api: APIClient, properties: dict[str, Any]) -> None:
    post(api, ADA | {"properties": properties})

    assert Customer.objects.get().properties == properties


@pytest.mark.parametrize("name", ["id", "created_at", "segments", "is_new", "churn_risk"])
def test_unknown_field_is_refused(api: APIClient, name: str) -> None:
    """V14."""
    assert post(api, ADA | {name: 1}) == (400, {name: ["There is no such field."]})


def test_trouble_with_the_database_is_503(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule above all."""

    def fail(**_facts: Any) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(customer_views, "identify", fail)

    assert post(api, ADA) == (503, {"detail": "It could not be stored. Send it again."})
