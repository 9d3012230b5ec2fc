"""Segments that are asked of everybody: when they change, and by time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from helpdesk.conditions.grammar import parse_definition
from helpdesk.customers import memberships
from helpdesk.customers.definitions import moves_with_time
from helpdesk.customers.memberships import refresh_changed, refresh_moving, update_changed
from helpdesk.customers.models import Customer, Membership, Segment
from helpdesk.customers.profiles import track
from helpdesk.customers.segments import create_segment
from tests.conditions.builders import about_them, definition, done, in_the_last
from tests.customers.test_segments import FRENCH, belongs, members
from tests.factories import make_customer

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ORDERED = definition([done("Placed Order")])
ORDERED_LATELY = definition([done("Placed Order", when=in_the_last(2, "hour"))])


def test_time_alone_moves_customers() -> None:
    lately = create_segment("Lately", ORDERED_LATELY, by=None)
    calm = create_segment("Calm", definition([belongs(lately, is_member=False)]), by=None)
    track(make_customer("Anna"), "Placed Order", occurred_at=NOON)
    seen = []

    for at in (NOON, NOON + timedelta(hours=2), NOON + timedelta(hours=2, microseconds=1)):
        with time_machine.travel(at, tick=False):
            refresh_moving.func()
        seen.append((members(lately), members(calm)))

    assert seen == [({"Anna"}, set()), ({"Anna"}, set()), (set(), {"Anna"})]


def test_event_ahead_counts_when_its_time_has_come() -> None:
    """A shop's clock may run fast; the definition itself does not move with time."""
    buyers = create_segment("Buyers", ORDERED, by=None)
    seen = []
    with time_machine.travel(NOON, tick=False):
        track(make_customer("Anna"), "Placed Order", occurred_at=NOON + timedelta(minutes=5))

    for minutes in (0, 4, 5):
        with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
            update_changed.func()
        seen.append(members(buyers))

    assert seen == [set(), set(), {"Anna"}]
    assert Customer.objects.get().changed_at is None


def test_event_ahead_counts_for_a_segment_made_since() -> None:
    with time_machine.travel(NOON, tick=False):
        track(make_customer("Anna"), "Placed Order", occurred_at=NOON + timedelta(minutes=5))
        update_changed.func()
        buyers = create_segment("Buyers", ORDERED, by=None)
        refresh_changed.func()
        update_changed.func()
    with time_machine.travel(NOON + timedelta(minutes=5), tick=False):
        update_changed.func()

    assert members(buyers) == {"Anna"}


@pytest.mark.parametrize(
    ("asked", "moves"),
    [
        (FRENCH, False),
        (ORDERED, False),
        (ORDERED_LATELY, True),
        (definition([about_them("born", {"type": "date", "operator": "anniversary"})]), True),
        (definition([about_them("born", {"type": "date", "operator": "calendar-month", "value": 5})]), False),
        (definition([about_them("born", {"type": "date", "operator": "before", "date": "2026-11-22"})]), False),
        (definition([done("Placed Order") | {"metric_filters": [{"property": "due", "filter": in_the_last(2, "day")}]}]), True),
    ],
)
def test_definition_moves_with_time(asked: dict[str, Any], moves: bool) -> None:
    assert moves_with_time(parse_definition(asked)) is moves


def test_each_segment_is_asked_of_everybody_once_a_day() -> None:
    """Whatever went past us is found: here a row that nobody told us of."""
    with time_machine.travel(NOON, tick=False):
        french = create_segment("French", FRENCH, by=None)
        refresh_changed.func()
    Customer.objects.create(name="Anna", external_id="7", country="France").property_values.create(name="$country", since=NOON, value="France", text="France")

    for hours in (23, 25):
        with time_machine.travel(NOON + timedelta(hours=hours), tick=False):
            refresh_moving.func()
        assert members(french) == ({"Anna"} if hours == 25 else set())


def test_many_who_differ_are_moved_in_sql(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memberships, "FEW", 2)
    lately = create_segment("Lately", ORDERED_LATELY, by=None)
    for i in range(4):
        track(make_customer(f"{i}"), "Placed Order")
    refresh_changed.func()
    monkeypatch.setattr(memberships, "update_memberships", lambda *_: pytest.fail("asked one by one"))
    later = timezone.now() + timedelta(hours=3)

    with time_machine.travel(later, tick=False):
        refresh_moving.func()

    assert members(lately) == set()
    assert set(Membership.objects.values_list("until", flat=True)) == {later}


def test_segment_that_changes_while_it_is_asked_stays_due(monkeypatch: pytest.MonkeyPatch) -> None:
    segment = create_segment("Neighbours", FRENCH, by=None)
    fill = memberships._fill

    def changed_meanwhile(*args: Any) -> None:
        fill(*args)
        Segment.objects.update(changed_at=timezone.now())

    monkeypatch.setattr(memberships, "_fill", changed_meanwhile)

    refresh_changed.func()

    assert Segment.objects.get(pk=segment.pk).changed_at is not None


def test_segment_that_fails_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    bad, good = create_segment("Bad", FRENCH, by=None), create_segment("Good", FRENCH, by=None)
    make_customer("Anna", country="France")
    fill = memberships._fill

    def fails(segment: Segment, *args: Any) -> None:
        if segment == bad:
            raise ValueError("something")
        fill(segment, *args)

    monkeypatch.setattr(memberships, "_fill", fails)

    refresh_changed.func()

    assert members(good) == {"Anna"}
    assert caplog.messages == [f"Segment {bad.pk} was not asked of everybody"]


def test_definition_that_nobody_can_match_has_no_members() -> None:
    Segment.objects.create(name="Nobody", definition=definition([belongs("x")]))
    make_customer("Anna")

    refresh_changed.func()

    assert Segment.objects.get().changed_at is None
    assert Membership.objects.count() == 0
