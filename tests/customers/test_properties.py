"""Properties are an object, whatever somebody else has stored."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import JSONField, Value

from helpdesk.customers.facts import profile_value
from helpdesk.customers.models import Customer, Event
from helpdesk.customers.profiles import identify
from helpdesk.inbox.ticket.overview import profile
from tests.factories import make_customer

pytestmark = pytest.mark.django_db
NO_OBJECT: list[Any] = [["gold"], "gold", 7, True, [], "", Value(None, JSONField())]


@pytest.mark.parametrize("properties", [["gold"], "gold", 7, True, [], ""])
def test_what_is_no_object_is_refused(properties: Any) -> None:
    rows = [Customer(email="ada@example.com", properties=properties), Event(customer=make_customer(), metric="Placed Order", properties=properties)]

    for row in rows:
        with pytest.raises(ValidationError) as problem:
            row.full_clean()
        assert problem.value.message_dict == {"properties": ['This must be an object, as {"tier": "gold"}.']}


@pytest.mark.parametrize("properties", [{}, {"tier": "gold"}, {"nested": [{"a": None}]}])
def test_object_is_kept_as_it_is(properties: dict[str, Any]) -> None:
    customer = Customer(email="ada@example.com", properties=properties)

    customer.full_clean()
    customer.save()

    assert Customer.objects.get().properties == properties


@pytest.mark.parametrize("stored", NO_OBJECT)
def test_what_is_no_object_is_read_as_an_empty_one(stored: Any) -> None:
    """R5: a rule that asks for a property must not fail for one odd row, nor may the page of a ticket."""
    customer = make_customer("Ada", email="ada@example.com", country="Sweden")
    Customer.objects.update(properties=stored)

    customer.refresh_from_db()

    assert (profile_value(customer, "properties['tier']"), profile(customer)) == (None, [("Country", "Sweden")])
    assert identify(email="ada@example.com", properties={"tier": "gold"}).properties == {"tier": "gold"}


def test_single_property_can_be_asked_for_in_a_query() -> None:
    make_customer(properties={"tier": "gold", "sizes": ["S", "M"]})

    assert list(Customer.objects.filter(properties__tier="gold").values_list("properties__tier", "properties__sizes")) == [("gold", ["S", "M"])]
