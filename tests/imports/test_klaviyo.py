"""An account of Klaviyo, through its own SDK, from a server on this machine."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from helpdesk.customers.models import Customer, Event, Membership, Segment
from helpdesk.customers.segments import add_members
from helpdesk.imports.klaviyo.accounts import connect, import_again
from helpdesk.imports.models import Account, Group, Import, SeenMember
from tests.factories import make_customer
from tests.imports.files import a_manager, refusals, work_off
from tests.imports.klaviyo_server import KEY, Klaviyo, a_list, a_metric, a_profile, a_segment, an_event

pytestmark = pytest.mark.django_db
ORDERED_LATELY = {
    "type": "profile-metric",
    "metric_id": "M1",
    "measurement": "count",
    "measurement_filter": {"type": "numeric", "operator": "greater-than", "value": 0},
    "timeframe_filter": {"type": "date", "operator": "alltime"},
    "metric_filters": None,
}


def in_list(number: str) -> dict[str, Any]:
    return {"type": "profile-group-membership", "is_member": True, "group_ids": [number], "timeframe_filter": None}


def fill(klaviyo: Klaviyo) -> None:
    """Five people, seven orders, a list, and two segments, of which one refers to the list."""
    klaviyo.data["metrics"] = [a_metric("M1", "Placed Order"), a_metric("M2", "Viewed Product")]
    klaviyo.data["profiles"] = [a_profile(f"P{n}", updated=f"2026-11-0{n}T08:00:00+00:00") for n in range(1, 6)]
    klaviyo.data["events"] = [
        an_event(f"E{n}", metric="M1", profile=f"P{n % 3 + 1}", at=f"2026-11-1{n}T09:30:00+00:00", **{"$value": 100.5 + n, "Colour": "red"}) for n in range(7)
    ]
    klaviyo.data["segments"] = [a_segment("S1", "Ordered", ORDERED_LATELY), a_segment("S2", "In the club", in_list("L1"))]
    klaviyo.data["lists"] = [a_list("L1", "Club")]
    klaviyo.members["L1"] = ["P1", "P2", "P3", "P4"]


def imported() -> Import:
    return work_off(connect(KEY, by=a_manager()))


def members(name: str) -> list[str | None]:
    return list(Membership.objects.filter(segment__name=name, until=None).order_by("customer__email").values_list("customer__email", flat=True))


def state() -> list[Any]:
    """All that an import writes, without the numbers of rows."""
    events = Event.objects.order_by("external_id").values_list("external_id", "customer__email", "metric", "occurred_at", "value", "properties")
    customers = Customer.objects.order_by("email").values_list("email", "name", "properties", "external_ids__value")
    return [list(customers), list(events), [members("Club")], list(Segment.objects.order_by("name").values_list("name", flat=True))]


def test_profile_comes_with_all_that_is_known_about_it(klaviyo: Klaviyo) -> None:
    klaviyo.data["profiles"] = [
        a_profile(
            "P1",
            email="ada@example.com",
            phone_number="+46701234567",
            external_id="shop-7",
            first_name="Ada",
            last_name="Lind",
            locale="sv-SE",
            location={"country": "Sweden", "city": "Umeå", "timezone": "Europe/Stockholm", "region": "Västerbotten"},
            properties={"Tier": "gold", "Sizes": ["S", "M"]},
            subscriptions={
                "email": {"marketing": {"can_receive_email_marketing": True, "consent": "SUBSCRIBED"}},
                "sms": {"marketing": {"can_receive_sms_marketing": False, "consent": "NEVER_SUBSCRIBED"}},
                "mobile_push": {"marketing": {"can_receive_push_marketing": False, "consent": "SUBSCRIBED"}},
            },
            predictive_analytics={"historic_clv": 93.87, "churn_probability": 0.89, "expected_date_of_next_order": "2026-12-08T00:00:00+00:00"},
        )
    ]

    run = imported()

    ada = Customer.objects.get()
    assert (run.status, run.done, run.new) == ("done", 1, 1)
    assert (ada.email, ada.phone, ada.external_id, ada.name) == ("ada@example.com", "+46701234567", "shop-7", "Ada Lind")
    assert (ada.country, ada.city, ada.zone, ada.language) == ("Sweden", "Umeå", "Europe/Stockholm", "sv")
    assert list(ada.external_ids.values_list("source", "value")) == [("klaviyo", "P1")]
    assert ada.properties == {
        "Tier": "gold",
        "Sizes": ["S", "M"],
        "email_consent": "subscribed",
        "push_consent": "unsubscribed",
        "historic_clv": 93.87,
        "churn_probability": 0.89,
        "expected_date_of_next_purchase": "2026-12-08T00:00:00+00:00",
        "first_name": "Ada",
        "last_name": "Lind",
        "locale": "sv-SE",
        "region": "Västerbotten",
        "created": "2026-01-01T00:00:00+00:00",
    }


def test_events_come_with_their_customer_value_and_time(klaviyo: Klaviyo) -> None:
    fill(klaviyo)

    run = imported()

    event = Event.objects.get(external_id="klaviyo:E4")
    assert (run.done, run.new, run.refused, Event.objects.count(), Customer.objects.count()) == (12, 12, 0, 7, 5)
    assert (event.customer.email, event.metric, event.value, event.properties["Colour"]) == ("p2@example.com", "Placed Order", Decimal("104.50"), "red")
    assert event.occurred_at == datetime(2026, 11, 14, 9, 30, tzinfo=UTC)


def test_list_comes_with_its_members_and_segment_with_its_definition(klaviyo: Klaviyo) -> None:
    fill(klaviyo)

    run = imported()

    club, ordered, in_the_club = (Segment.objects.get(name=name) for name in ("Club", "Ordered", "In the club"))
    assert (run.notes, club.definition, members("Club")) == ([], None, ["p1@example.com", "p2@example.com", "p3@example.com", "p4@example.com"])
    assert ordered.definition["condition_groups"][0]["conditions"][0]["metric"] == "Placed Order"
    assert in_the_club.definition["condition_groups"][0]["conditions"][0]["group_ids"] == [str(club.pk)]


def test_segment_that_cannot_be_asked_here_comes_as_a_list_and_says_why(klaviyo: Klaviyo) -> None:
    fill(klaviyo)
    nearby = {"type": "profile-postal-code-distance", "postal_code": "90325", "unit": "miles"}
    klaviyo.data["segments"] = [a_segment("S1", "Nearby", ORDERED_LATELY, nearby)]
    klaviyo.members["S1"] = ["P5"]

    run = imported()

    assert (Segment.objects.get(name="Nearby").definition, members("Nearby")) == (None, ["p5@example.com"])
    assert run.notes == [
        "“Nearby” came as a list of its members, since its definition cannot be asked here. "
        "condition_groups[1].conditions[0].type: conditions of the type “profile-postal-code-distance” cannot be asked here."
    ]


def test_second_import_asks_for_what_is_new_and_doubles_nothing(klaviyo: Klaviyo) -> None:
    fill(klaviyo)
    imported()
    before, klaviyo.asked = state(), []
    klaviyo.data["events"].append(an_event("E9", metric="M2", profile="P1", at="2026-11-20T09:30:00+00:00"))
    klaviyo.data["profiles"][0] = a_profile("P1", updated="2026-11-20T08:00:00+00:00", properties={"Tier": "gold"})

    run = work_off(import_again(Account.objects.get(), by=a_manager()))

    after = state()
    assert (run.status, run.done, run.new, run.changed) == ("done", 4, 1, 1)  # the last of each kind is read again
    assert [len(part) for part in after] == [len(before[0]), len(before[1]) + 1, 1, 3]
    assert (after[1][:7], after[2:]) == (before[1], before[2:])
    assert klaviyo.asked.count("/api/events") + klaviyo.asked.count("/api/events/") == 1


def test_members_that_left_leave_and_those_put_there_by_hand_stay(klaviyo: Klaviyo) -> None:
    fill(klaviyo)
    imported()
    add_members(Segment.objects.get(name="Club"), [make_customer("Zoe", email="zoe@example.com")], by=a_manager())
    klaviyo.members["L1"] = ["P2", "P5"]

    work_off(import_again(Account.objects.get(), by=a_manager()))

    assert (members("Club"), SeenMember.objects.count()) == (["p2@example.com", "p5@example.com", "zoe@example.com"], 0)


def test_segment_that_people_have_changed_is_left_alone(klaviyo: Klaviyo) -> None:
    fill(klaviyo)
    imported()
    Segment.objects.filter(name="Ordered").update(name="Buyers", definition=None)
    klaviyo.members["S1"] = ["P1"]

    work_off(import_again(Account.objects.get(), by=a_manager()))

    assert (Segment.objects.count(), members("Buyers")) == (3, ["p1@example.com"])


def test_name_that_is_taken_gets_a_number(klaviyo: Klaviyo) -> None:
    Segment.objects.create(name="Club")
    klaviyo.data["lists"] = [a_list("L1", "Club")]

    imported()

    assert Group.objects.get().segment.name == "Club (2)"  # type: ignore[union-attr] # or the test fails


def test_event_of_nobody_is_refused(klaviyo: Klaviyo) -> None:
    klaviyo.data["metrics"] = [a_metric("M1", "Placed Order")]
    klaviyo.data["events"] = [an_event("E1", metric="M7", profile="P1", at="2026-11-10T09:30:00+00:00")]

    assert refusals(imported()) == [(1, "This event names no metric or no profile that is known.")]
