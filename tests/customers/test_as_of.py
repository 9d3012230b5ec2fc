"""Customers as of many moments, in one query. That it is so of every definition is proved, with tickets, in tests/tickets/test_as_of.py."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from helpdesk.conditions.grammar import parse_definition
from helpdesk.customers.asking.matching import AboutCustomer, joined
from helpdesk.customers.asking.moments import AsOf
from helpdesk.customers.models import Customer, Event, PropertyValue, Segment
from helpdesk.customers.profiles import identify, track
from helpdesk.customers.values import columns, value_at
from tests.conditions.builders import about_them, definition, done, in_the_last, number, text
from tests.conditions.strategies import MOMENT

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RECENTLY = in_the_last(2, "hour")
YEARS = ["2027-01-01T00:00", "2027-02-28T00:00", "2027-03-01T10:00", "2028-02-28T12:00", "2028-02-29T12:00", "2028-12-30T00:00"]
MOMENTS = [NOON - 2 * HOUR, NOON - MOMENT, NOON, NOON + HOUR]


def found(customer: Customer, *groups: Any, moments: list[datetime] = MOMENTS, between: Any = None) -> list[datetime]:
    """As of which of the moments it is so. The rows that ask are events here."""
    Event.objects.bulk_create(Event(customer=customer, metric="Asked", occurred_at=moment) for moment in moments)
    about_customer = AboutCustomer("customer_id", AsOf("occurred_at", all_between=between))
    rows = Event.objects.filter(joined(parse_definition(definition(*groups)), about_customer.holds), metric="Asked")
    matching = list(rows.order_by("occurred_at").values_list("occurred_at", flat=True))
    Event.objects.filter(metric="Asked").delete()
    return matching


def told(customer: Customer, at: datetime, *, late: timedelta = timedelta(0), value: int = 1) -> None:
    customer.events.create(metric="Placed Order", occurred_at=at, received_at=at + late, value=value)


@pytest.mark.parametrize("between", [None, (MOMENTS[0], MOMENTS[-1])])
def test_event_counts_from_when_it_was_told(between: Any) -> None:
    """I1."""
    ada = identify(external_id="ada")
    told(ada, NOON - HOUR, late=HOUR)

    assert found(ada, [done("Placed Order", when=RECENTLY)], between=between) == [NOON, NOON + HOUR]
    assert found(ada, [done("Placed Order", number("equals", 0), RECENTLY)], between=between) == [NOON - 2 * HOUR, NOON - MOMENT]


@pytest.mark.parametrize("between", [None, (MOMENTS[0], MOMENTS[-1])])
def test_window_lies_before_each_moment(between: Any) -> None:
    """R8: the lower bound is in, now counts as past."""
    ada = identify(external_id="ada")
    told(ada, NOON - HOUR)
    told(ada, NOON)

    assert found(ada, [done("Placed Order", number("equals", 2), RECENTLY)], between=between) == [NOON, NOON + HOUR]
    assert found(ada, [done("Placed Order", number("equals", 1), RECENTLY)], between=between) == [NOON - MOMENT]
    assert found(ada, [done("Placed Order", number("greater-than", 1), RECENTLY, measurement="sum")], between=between) == [NOON, NOON + HOUR]


def test_event_that_lay_ahead_was_ahead_then() -> None:
    ada = identify(external_id="ada")
    told(ada, NOON, late=-2 * HOUR)
    soon = {"type": "date", "operator": "in-the-next", "quantity": 1, "unit": "hour"}

    assert found(ada, [done("Placed Order", when=soon)]) == [NOON - MOMENT, NOON]


def test_property_is_what_it_was() -> None:
    """I1: each value from when it was told until just before the next."""
    ada = identify(external_id="ada", at=NOON - HOUR, country="France", properties={"churn_probability": 0.9})
    identify(external_id="ada", at=NOON, country="Norway", properties={"churn_probability": 0.1})

    assert found(ada, [about_them("country", text("equals", "France"))]) == [NOON - MOMENT]
    assert found(ada, [about_them("country", text("not-equals", "France"))]) == [NOON - 2 * HOUR, NOON, NOON + HOUR]
    assert found(ada, [{"type": "profile-region", "in_region": True, "region_id": "european_union"}]) == [NOON - MOMENT]
    assert found(ada, [about_them("churn_risk", text("equals", "High"))]) == [NOON - MOMENT]


def test_of_values_that_overlap_the_latest_counts() -> None:
    """As `value_at` has it: who corrects by hand and whose clock is wrong can leave such."""
    ada = identify(external_id="ada")
    for since, until, value in ((NOON - HOUR, NOON + HOUR, "first"), (NOON, None, "second"), (NOON, NOON + HOUR, "third")):
        PropertyValue.objects.create(customer=ada, name="a", since=since, until=until, value=value, **columns(value))

    by_value = {value: found(ada, [about_them("a", text("equals", value))]) for value in ("first", "second", "third")}

    assert by_value == {"first": [NOON - MOMENT], "second": [NOON + HOUR], "third": [NOON]}
    assert all(value_at(ada, "a", moment) == value for value, moments in by_value.items() for moment in moments)


def test_membership_is_what_it_was() -> None:
    """I1."""
    ada, vip = identify(external_id="ada"), Segment.objects.create(name="VIP")
    vip.memberships.create(customer=ada, since=NOON - 2 * HOUR, until=NOON)
    member = {"type": "profile-group-membership", "is_member": True, "group_ids": [str(vip.pk)]}

    assert found(ada, [member]) == [NOON - 2 * HOUR, NOON - MOMENT]
    assert found(ada, [member | {"is_member": False}]) == [NOON, NOON + HOUR]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"operator": "anniversary"}, ["2027-02-28T00:00", "2028-02-29T12:00"]),
        ({"operator": "anniversary-month"}, ["2027-02-28T00:00", "2028-02-28T12:00", "2028-02-29T12:00"]),
        ({"operator": "anniversary-last", "quantity": 1, "unit": "day"}, ["2027-03-01T10:00", "2028-02-29T12:00"]),
        ({"operator": "anniversary-next", "quantity": 60, "unit": "day"}, ["2027-01-01T00:00", "2027-02-28T00:00", "2028-02-28T12:00"]),
        ({"operator": "anniversary-next", "quantity": 54, "unit": "week"}, YEARS),
        ({"operator": "calendar-month", "value": 2}, YEARS),
    ],
)
def test_leap_day_comes_back_as_of_each_moment(wanted: dict[str, Any], expected: list[str]) -> None:
    ada = identify(external_id="ada", at=NOON - HOUR, properties={"born": "1992-02-29T10:00"})
    moments = [datetime.fromisoformat(f"{each}Z") for each in YEARS]

    matching = found(ada, [about_them("born", {"type": "date"} | wanted)], moments=moments)

    assert [f"{each:%Y-%m-%dT%H:%M}" for each in matching] == expected


def test_event_is_received_when_it_is_tracked() -> None:
    """And the same event told again is still known from the first time on."""
    ada, before = identify(external_id="ada"), timezone.now()
    event = track(ada, "Placed Order", occurred_at=NOON - 300 * HOUR, external_id="order-1")
    between = timezone.now()

    again = track(ada, "Placed Order", occurred_at=NOON, external_id="order-1")

    assert before <= event.received_at <= between
    assert again.received_at == Event.objects.get().received_at == event.received_at
