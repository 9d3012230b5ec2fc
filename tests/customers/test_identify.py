"""Who wrote to us: found by any key, made once, told apart."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from helpdesk.customers.models import Customer
from helpdesk.customers.profiles import NobodyNamed, consent_status, e164, identify
from helpdesk.customers.values import kind_of
from tests.people import at_once

pytestmark = pytest.mark.django_db


def keys(customer: Customer) -> tuple[str | None, str | None, str | None]:
    customer.refresh_from_db()
    return customer.external_id, customer.email, customer.phone


@pytest.mark.parametrize(
    ("key", "again"),
    [
        ({"email": "Ada@Example.com"}, {"email": " ada@example.COM "}),
        ({"phone": "+46 70-123 45 67"}, {"phone": "+46701234567"}),
        ({"external_id": "u-1"}, {"external_id": " u-1 "}),
    ],
)
def test_customer_is_found_by_each_key(key: dict[str, str], again: dict[str, str]) -> None:
    """However it is spelled."""
    first = identify(**key)

    second = identify(**again)

    assert second == first
    assert (first.is_new, second.is_new) == (True, False)
    assert Customer.objects.count() == 1


def test_customer_that_a_person_entered_in_other_case_is_found() -> None:
    entered = Customer.objects.create(email="Ada@Example.com")

    found = identify(email="ada@example.com")

    assert found == entered


def test_external_ids_of_other_case_are_others() -> None:
    assert identify(external_id="u-1") != identify(external_id="U-1")


def test_unknown_keys_are_added_to_the_customer() -> None:
    customer = identify(email="ada@example.com")

    identify(email="ada@example.com", phone="+46701234567", external_id="u-1")

    assert keys(customer) == ("u-1", "ada@example.com", "+46701234567")
    assert identify(phone="+46701234567") == customer
    assert Customer.objects.count() == 1


def test_known_key_stays_when_another_is_given() -> None:
    customer = identify(external_id="u-1", email="ada@example.com")

    identify(external_id="u-1", email="ada@work.example")

    assert keys(customer) == ("u-1", "ada@example.com", None)


def test_keys_of_two_customers_mean_the_stronger_and_move_nothing() -> None:
    """External ID before e-mail before phone; nobody's key is taken from them."""
    ada, bea, eva = identify(external_id="u-1"), identify(email="bea@example.com"), identify(phone="+46701234567")

    assert identify(external_id="u-1", email="bea@example.com", phone="+46701234567") == ada
    assert identify(email="bea@example.com", phone="+46701234567") == bea
    assert [keys(customer) for customer in (ada, bea, eva)] == [("u-1", None, None), (None, "bea@example.com", None), (None, None, "+46701234567")]


@pytest.mark.parametrize("given", [{}, {"email": " ", "external_id": ""}, {"phone": "Bank"}, {"phone": "070-123 45 67"}, {"name": "Ada"}])
def test_somebody_without_a_key_is_nobody(given: dict[str, str]) -> None:
    with pytest.raises(NobodyNamed):
        identify(**given)

    assert Customer.objects.count() == 0


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+46 70-123 45 67", "+46701234567"),
        ("+48 600 700 800", "+48600700800"),
        ("tel:+46701234567", "+46701234567"),
        ("0701234567", ""),
        ("+46 70", ""),
        ("+999999999999999999", ""),
        ("Klarna", ""),
        ("", ""),
        ("+" + "1" * 5000, ""),
    ],
)
def test_phone_is_e164_or_nothing(written: str, number: str) -> None:
    assert e164(written) == number


def test_phone_that_is_none_leaves_the_other_keys() -> None:
    customer = identify(email="ada@example.com", phone="unknown")

    assert keys(customer) == (None, "ada@example.com", None)


def test_facts_are_merged_and_empty_ones_overwrite_nothing() -> None:
    identify(email="ada@example.com", name="Ada", country="Sweden", properties={"tier": "gold", "churn_probability": 0.2})

    customer = identify(email="ada@example.com", name="", country=None, city="Lund", language="sv", properties={"churn_probability": 0.7})

    customer.refresh_from_db()
    assert (customer.name, customer.country, customer.city, customer.language) == ("Ada", "Sweden", "Lund", "sv")
    assert customer.properties == {"tier": "gold", "churn_probability": 0.7}


def test_facts_that_are_known_write_nothing() -> None:
    """A customer writes a hundred times; their row is written once."""
    identify(email="ada@example.com", name="Ada", properties={"tier": "gold"})

    with CaptureQueriesContext(connection) as queries:
        identify(email="ada@example.com", name="Ada", properties={"tier": "gold"})

    assert [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE"))] == []


def test_long_facts_are_cut_to_their_columns() -> None:
    customer = identify(email="ada@example.com", name="n" * 500, language="l" * 500)

    customer.refresh_from_db()
    assert (len(customer.name), len(customer.language)) == (200, 10)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"email": "ada@example.com"}, {"email": "bea@example.com"}),
        ({"external_id": "u-1"}, {"external_id": "u-2"}),
        ({"external_id": "u-1", "email": "ada@example.com"}, {"email": "bea@example.com"}),
    ],
)
def test_two_who_share_a_phone_are_two(first: dict[str, str], second: dict[str, str]) -> None:
    """The number stays with whom it was seen first, and alone leads to them."""
    ada = identify(**first, phone="+46701234567")

    bea = identify(**second, phone="+46701234567")

    assert bea != ada
    assert (ada.phone, bea.phone, identify(phone="+46701234567"), identify(**second)) == ("+46701234567", None, ada, bea)


def test_phone_leads_to_somebody_of_whom_nothing_else_is_known() -> None:
    """A text message first, an order later."""
    ada = identify(phone="+46701234567")

    assert identify(email="ada@example.com", phone="+46701234567") == ada
    assert identify(external_id="u-1", phone="+46701234567") == ada
    assert keys(ada) == ("u-1", "ada@example.com", "+46701234567")


def test_customer_is_found_by_what_another_system_calls_them() -> None:
    ada = identify(email="ada@example.com", ids={"shopify": "7", "klaviyo": " 01H "})

    found = [identify(ids={"shopify": "7"}), identify(ids={"klaviyo": "01H"}, email="ada@work.example"), identify(ids={"other": "7"})]

    assert [customer == ada for customer in found] == [True, True, False]


def test_id_of_another_system_stays_with_whom_it_names() -> None:
    ada = identify(email="ada@example.com", ids={"shopify": "7"})

    bea = identify(external_id="u-2")

    assert identify(external_id="u-2", ids={"shopify": "7", "klaviyo": "8"}) == bea
    assert (bea != ada, identify(ids={"shopify": "7"}), identify(ids={"klaviyo": "8"})) == (True, ada, bea)


@pytest.mark.parametrize(
    ("told", "status"),
    [
        *[(value, "subscribed") for value in ("subscribed", "SUBSCRIBED", True, "true", "opted_in", "Opt-In", "opted in", "yes")],
        *[(value, "unsubscribed") for value in ("unsubscribed", "UNSUBSCRIBED", False, "opted_out", "denied", "no")],
        *[(value, None) for value in ("NEVER_SUBSCRIBED", "", None, "perhaps", 7, [], {})],
    ],
)
def test_consent_is_one_of_two_words_however_it_is_told(told: Any, status: str | None) -> None:
    """What is neither says nothing: the person never subscribed, or stays as they were."""
    by_itself = identify(email="ada@example.com", consent={"email": told})
    among_properties = identify(email="bea@example.com", properties={"email_consent": told})

    assert consent_status(told) == status
    assert by_itself.properties == ({"email_consent": status} if status else {})
    assert among_properties.properties.get("email_consent") == (status or told)


@pytest.mark.parametrize(("before", "after"), [(1, True), (True, 1), (1, 1.0), (0, False), ([1], [True]), ({"a": 1}, {"a": 1.0}), ("1", 1)])
def test_change_of_type_is_a_change(before: Any, after: Any) -> None:
    """Python takes True for 1, and a filter does not."""
    identify(email="ada@example.com", properties={"a": before})

    customer = identify(email="ada@example.com", properties={"a": after})

    customer.refresh_from_db()
    assert (customer.properties["a"], type(customer.properties["a"])) == (after, type(after))
    assert list(customer.property_values.filter(name="a", until=None).values_list("kind", flat=True)) == [kind_of(after)]


@pytest.mark.parametrize("value", [1e16, 1e22, -1.5e300, -0.0, 1e-7, 10**400])
def test_number_that_is_told_again_is_no_change(value: float) -> None:
    """PostgreSQL writes numbers in a way of its own."""
    identify(email="ada@example.com", properties={"a": value})

    customer = identify(email="ada@example.com", properties={"a": value})

    assert customer.property_values.filter(name="a").count() == 1


@pytest.mark.parametrize("key", ["email", "phone", "external_id"])
def test_database_holds_each_key_once(key: str) -> None:
    Customer.objects.create(**{key: "+46701234567"})

    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.create(**{key: "+46701234567"})


def test_database_holds_each_email_once_in_any_case() -> None:
    Customer.objects.create(email="ada@example.com")

    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.create(email="ADA@example.com")


@pytest.mark.django_db(transaction=True)
def test_customer_is_made_once_by_four_at_once() -> None:
    for number in range(5):
        found = at_once(*[lambda number=number: identify(email=f"ada{number}@example.com", name="Ada").pk] * 4)

        assert len(set(found)) == 1
    assert Customer.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_facts_of_four_at_once_are_all_kept() -> None:
    """Each brings a property of its own: nobody writes back what they read before the others wrote."""
    customer = identify(email="ada@example.com")

    for number in range(5):
        at_once(*[lambda name=f"{letter}{number}": identify(email="ada@example.com", properties={name: 1}) for letter in "abcd"])

    customer.refresh_from_db()
    assert customer.properties == {f"{letter}{number}": 1 for letter in "abcd" for number in range(5)}
