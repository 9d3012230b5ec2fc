"""Who is in which segment: on what happens, by time, and alike on both paths."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk.customers import memberships
from helpdesk.customers.memberships import refresh_changed, refresh_moving, update_changed, update_memberships
from helpdesk.customers.models import Customer, Membership, Segment
from helpdesk.customers.profiles import identify, track
from helpdesk.customers.segments import add_members, create_segment
from tests.conditions.builders import about_them, definition, done, in_the_last, number, text
from tests.customers.crowd import GROUPS, PEOPLE
from tests.customers.test_segments import FRENCH, belongs, members
from tests.factories import make_customer
from tests.people import at_once

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ORDERED = definition([done("Placed Order")])
ORDERED_LATELY = definition([done("Placed Order", when=in_the_last(2, "hour"))])


def test_order_moves_its_customer_into_the_segment() -> None:
    create_segment("Buyers", ORDERED, by=None)
    anna, _bob = make_customer("Anna"), make_customer("Bob")
    track(anna, "Placed Order")

    update_changed.func()

    assert members(Segment.objects.get()) == {"Anna"}
    assert Customer.objects.exclude(changed_at=None).count() == 0


def test_customer_who_matches_no_longer_leaves() -> None:
    french = create_segment("French", FRENCH, by=None)
    with time_machine.travel(NOON, tick=False):
        identify(external_id="7", name="Anna", country="France")
        update_changed.func()
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        identify(external_id="7", country="Sweden")
        update_changed.func()

    row = french.memberships.get()

    assert (row.since, row.until) == (NOON, NOON + timedelta(days=1))


def test_update_is_the_same_when_repeated() -> None:
    create_segment("French", FRENCH, by=None)
    anna = make_customer("Anna", country="France")

    changes = [update_memberships([anna], timezone.now()) for _ in range(3)]

    assert changes == [1, 0, 0]
    assert Membership.objects.count() == 1


def test_update_asks_segments_after_those_they_refer_to() -> None:
    """Made in the other order: the first refers to the last."""
    first = create_segment("First", FRENCH, by=None)
    last = create_segment("Last", FRENCH, by=None)
    Segment.objects.filter(pk=first.pk).update(definition=definition([belongs(last)]))
    anna = make_customer("Anna", country="France")

    update_memberships([anna], timezone.now())

    assert set(anna.memberships.values_list("segment", flat=True)) == {first.pk, last.pk}


def test_circle_in_the_database_breaks_nothing() -> None:
    first, last = create_segment("First", FRENCH, by=None), create_segment("Last", FRENCH, by=None)
    Segment.objects.filter(pk=first.pk).update(definition=definition([belongs(last), FRENCH["condition_groups"][0]["conditions"][0]]))
    Segment.objects.filter(pk=last.pk).update(definition=definition([belongs(first)]))
    anna = make_customer("Anna", country="France")

    update_memberships([anna], timezone.now())

    assert anna.memberships.filter(segment=first).count() == 1


def test_definition_that_cannot_be_read_moves_nobody() -> None:
    friends = create_segment("Friends", by=None)
    add_members(friends, [make_customer("Anna")], by=None)
    Segment.objects.filter(pk=friends.pk).update(definition={"x": 1})

    update_memberships(Customer.objects.all(), timezone.now())
    refresh_moving.func()

    assert members(friends) == {"Anna"}


def test_merged_profile_is_in_no_defined_segment() -> None:
    french = create_segment("French", FRENCH, by=None)
    anna, other = make_customer("Anna", country="France"), make_customer("Other", country="France")
    refresh_changed.func()
    Customer.objects.filter(pk=other.pk).update(merged_into=anna)

    update_memberships([anna, other], timezone.now())

    assert members(french) == {"Anna"}


def test_list_moves_those_who_are_in_segments_that_refer_to_it() -> None:
    friends = create_segment("Friends", by=None)
    guests = create_segment("Guests", definition([belongs(friends)]), by=None)
    anna = make_customer("Anna")
    update_changed.func()

    add_members(friends, [anna], by=None)
    update_changed.func()

    assert members(guests) == {"Anna"}


def test_customers_who_cannot_be_asked_keep_no_other_waiting(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    first, _second = make_customer(), make_customer()
    asked: list[Customer] = []
    monkeypatch.setattr(memberships, "AT_ONCE", 1)
    monkeypatch.setattr(memberships, "update_memberships", lambda some, _now: asked.extend(some) if some[0] != first else 1 / 0)

    update_changed.func()

    assert len(asked) == 1
    assert caplog.messages == [f"The segments of customers {first.pk} to {first.pk} were not asked"]


@pytest.mark.parametrize("customers", [1, 3])
def test_update_asks_a_constant_number_of_times(customers: int, django_assert_num_queries: Any) -> None:
    """Nothing changed: savepoint, segments, lock, events, memberships twice (a definition asks about them), savepoint."""
    friends = create_segment("Friends", by=None)
    for i in range(3):
        create_segment(f"{i}", definition([done("Placed Order")], [belongs(friends)]), by=None)
    for _ in range(customers):
        track(make_customer(), "Placed Order")
    update_memberships(Customer.objects.all(), timezone.now())
    everybody = list(Customer.objects.all())

    with django_assert_num_queries(7):
        update_memberships(everybody, timezone.now())


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])  # each example empties the tables itself
@given(st.lists(GROUPS, min_size=1, max_size=2), PEOPLE)
def test_both_paths_give_the_same_members(db: None, asked: list[Any], people: list[Any]) -> None:
    """Asked one by one, and asked in SQL. Definitions ask about the list 1; the last segment refers to the one before."""
    Customer.objects.all().delete()
    Segment.with_deleted.all().delete()
    friends = Segment.objects.create(pk=1, name="Friends")
    segments = [Segment.objects.create(pk=1000 + i, name=str(i), definition=definition(*groups)) for i, groups in enumerate(asked)]
    Segment.objects.create(pk=2000, name="refers", definition=definition([belongs(segments[-1], is_member=False)]))
    for i, (properties, events, country, is_member) in enumerate(people):
        customer = identify(external_id=str(i), country=country, properties=properties)
        add_members(friends, [customer] if is_member else [], by=None)
        for metric, age, value in events:
            track(customer, metric, occurred_at=NOON + age, value=value and Decimal(value))

    with time_machine.travel(NOON, tick=False):
        update_memberships(Customer.objects.all(), NOON)
        one_by_one = set(open_memberships())
        Membership.objects.exclude(segment=friends).delete()
        refresh_changed.func()

    assert set(open_memberships()) == one_by_one
    assert list(Segment.objects.exclude(changed_at=None)) == [friends]


def open_memberships() -> list[tuple[str, int]]:
    return list(Membership.objects.filter(until=None).values_list("segment__name", "customer"))


@pytest.mark.django_db(transaction=True)
def test_updates_at_once_make_one_membership() -> None:
    create_segment("French", FRENCH, by=None)
    make_customer("Anna", country="France")
    make_customer("Bob", country="France")

    at_once(*[lambda: update_memberships(Customer.objects.all(), timezone.now())] * 4, refresh_changed.func)

    assert Membership.objects.filter(until=None).count() == 2
    assert Membership.objects.count() == 2


def test_numbers_of_orders_move_customers_between_segments() -> None:
    once = create_segment("Once", definition([done("Placed Order", number("equals", 1))]), by=None)
    named = create_segment("Named", definition([about_them("$name", text("equals", "Anna"))]), by=None)
    anna = make_customer("Anna")
    track(anna, "Placed Order")
    update_changed.func()
    first = (members(once), members(named))

    track(anna, "Placed Order")
    update_changed.func()

    assert (first, members(once)) == (({"Anna"}, {"Anna"}), set())
