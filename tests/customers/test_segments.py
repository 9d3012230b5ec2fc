"""Segments: what can be done with them, and what is refused, in words."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from agents.models import Agent, Role
from agents.people import NotForYou
from helpdesk.conditions.grammar import DefinitionError
from helpdesk.customers.memberships import refresh_changed
from helpdesk.customers.models import Customer, Membership, Segment
from helpdesk.customers.segments import (
    SegmentError,
    add_members,
    change_segment,
    create_segment,
    delete_segment,
    remove_members,
)
from tests.conditions.builders import about_them, about_ticket, definition, text
from tests.factories import make_agent, make_customer

pytestmark = pytest.mark.django_db
FRENCH = definition([about_them("$country", text("equals", "France"))])


def belongs(*segments: Segment | int | str, is_member: bool = True) -> dict[str, Any]:
    ids = [str(each.pk) if isinstance(each, Segment) else str(each) for each in segments]
    return {"type": "profile-group-membership", "is_member": is_member, "group_ids": ids}


def members(segment: Segment) -> set[str]:
    return set(Customer.objects.filter(memberships__segment=segment, memberships__until=None).values_list("name", flat=True))


@pytest.fixture
def manager() -> Agent:
    return make_agent("Mona", role=Role.MANAGER)


def test_create_segment_gets_its_members_from_a_job(manager: Agent) -> None:
    make_customer("Anna", country="France")
    make_customer("Bob", country="Sweden")

    french = create_segment("French", FRENCH, by=manager)
    refresh_changed.func()

    assert members(french) == {"Anna"}
    french.refresh_from_db()
    assert french.changed_at is None
    assert french.asked_at is not None


def test_list_has_the_members_people_give_it(manager: Agent) -> None:
    anna, bob, kim = (make_customer(name) for name in ("Anna", "Bob", "Kim"))
    friends = create_segment("Friends", by=manager)

    counts = [add_members(friends, [anna, bob], by=manager), add_members(friends, [bob, kim], by=manager), remove_members(friends, [anna], by=manager)]

    assert counts == [2, 1, 1]
    assert members(friends) == {"Bob", "Kim"}


def test_list_remembers_who_left(manager: Agent) -> None:
    """I1: what was true at ticket time can still be asked."""
    anna = make_customer("Anna")
    friends = create_segment("Friends", by=manager)
    with time_machine.travel("2026-11-20T12:00Z", tick=False):
        add_members(friends, [anna], by=manager)
    with time_machine.travel("2026-11-21T12:00Z", tick=False):
        remove_members(friends, [anna], by=manager)
    add_members(friends, [anna], by=manager)

    first, second = Membership.objects.order_by("since")

    assert (f"{first.since:%d}", f"{first.until:%d}", second.until) == ("20", "21", None)


def test_list_takes_the_survivor_of_a_merge(manager: Agent) -> None:
    last, middle, first = (make_customer(name) for name in ("Last", "Middle", "First"))
    Customer.objects.filter(pk=middle.pk).update(merged_into=last)
    Customer.objects.filter(pk=first.pk).update(merged_into=middle)
    friends = create_segment("Friends", by=manager)

    add_members(friends, Customer.objects.filter(pk__in=[first.pk, middle.pk]), by=manager)

    assert members(friends) == {"Last"}


def test_defined_segment_takes_nobody_by_hand(manager: Agent) -> None:
    french = create_segment("French", FRENCH, by=manager)

    with pytest.raises(SegmentError) as error:
        add_members(french, [make_customer()], by=manager)

    assert str(error.value) == "“French” has a definition, which says who is in it. Only a list can be changed by hand."


def test_inactive_list_takes_nobody(manager: Agent) -> None:
    friends = create_segment("Friends", by=manager)
    change_segment(friends, by=manager, is_active=False)

    with pytest.raises(SegmentError) as error:
        remove_members(friends, [make_customer()], by=manager)

    assert str(error.value) == "“Friends” is inactive: nobody enters or leaves."


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (" \n", "A segment needs a name."),
        ("x" * 121, "A segment's name has at most 120 characters."),
        (" Friends ", "There is a segment named “Friends” already."),
    ],
)
def test_name_must_be_there_short_and_free(manager: Agent, name: str, sentence: str) -> None:
    create_segment("Friends", by=manager)

    with pytest.raises(SegmentError) as error:
        create_segment(name, by=manager)

    assert str(error.value) == sentence


def test_change_of_definition_asks_everybody_again(manager: Agent) -> None:
    make_customer("Anna", country="France")
    make_customer("Bob", country="Sweden")
    segment = create_segment("Neighbours", FRENCH, by=manager)
    refresh_changed.func()

    change_segment(segment, by=manager, definition=definition([about_them("$country", text("equals", "Sweden"))]))
    refresh_changed.func()

    assert members(segment) == {"Bob"}
    assert Membership.objects.filter(customer__name="Anna").exclude(until=None).count() == 1


def test_change_of_name_asks_nobody(manager: Agent) -> None:
    segment = create_segment("French", FRENCH, by=manager)
    refresh_changed.func()

    change_segment(segment, by=manager, name="From France")

    assert Segment.objects.get(pk=segment.pk).changed_at is None


def test_definition_taken_away_leaves_a_list_of_its_members(manager: Agent) -> None:
    make_customer("Anna", country="France")
    segment = create_segment("French", FRENCH, by=manager)
    refresh_changed.func()

    change_segment(segment, by=manager, definition=None)
    add_members(segment, [make_customer("Bob")], by=manager)

    assert members(segment) == {"Anna", "Bob"}


def test_inactive_segment_keeps_its_members(manager: Agent) -> None:
    anna = make_customer("Anna", country="France")
    segment = create_segment("French", FRENCH, by=manager)
    refresh_changed.func()
    change_segment(segment, by=manager, is_active=False)
    Customer.objects.filter(pk=anna.pk).update(country="Sweden")

    refresh_changed.func()

    assert members(segment) == {"Anna"}


def test_deleted_segment_has_nobody_and_frees_its_name(manager: Agent) -> None:
    """I1: who was in it when is kept."""
    make_customer("Anna", country="France")
    segment = create_segment("French", FRENCH, by=manager)
    refresh_changed.func()

    delete_segment(segment, by=manager)
    create_segment("French", by=manager)

    assert members(segment) == set()
    assert Membership.objects.filter(segment=segment).count() == 1
    assert [each.name for each in Segment.objects.all()] == ["French"]


def test_segments_that_refer_follow(manager: Agent) -> None:
    anna, bob = make_customer("Anna"), make_customer("Bob")
    friends = create_segment("Friends", by=manager)
    add_members(friends, [anna], by=manager)
    others = create_segment("Others", definition([belongs(friends, is_member=False)]), by=manager)
    not_others = create_segment("Not others", definition([belongs(others, is_member=False)]), by=manager)
    refresh_changed.func()
    first = (members(others), members(not_others))

    delete_segment(friends, by=manager)
    refresh_changed.func()

    assert first == ({"Bob"}, {"Anna"})
    assert (members(others), members(not_others)) == ({"Anna", "Bob"}, set())
    assert bob.name == "Bob"


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        (
            [about_ticket("channel", text("equals", "sms"))],
            "condition_groups[0].conditions[0].type: expected something about the customer; a segment cannot ask about tickets.",
        ),
        ([belongs(99)], "condition_groups[0].conditions[0].group_ids: expected segments that exist; there is none with the ID “99”."),
        ([belongs("RgS5pX")], "condition_groups[0].conditions[0].group_ids: expected segments that exist; there is none with the ID “RgS5pX”."),
        (["x"], "condition_groups[0].conditions[0].type: expected one of "),
    ],
)
def test_definition_that_a_segment_cannot_ask_is_refused(manager: Agent, conditions: list[Any], message: str) -> None:
    with pytest.raises(DefinitionError) as error:
        create_segment("New", definition(conditions), by=manager)

    assert str(error.value).startswith(message)
    assert Segment.objects.count() == 0


def test_circle_of_segments_is_refused(manager: Agent) -> None:
    friends = create_segment("Friends", by=manager)
    guests = create_segment("Guests", definition([belongs(friends)]), by=manager)
    both = create_segment("Both", definition([belongs(guests)]), by=manager)

    with pytest.raises(DefinitionError) as error:
        change_segment(friends, by=manager, definition=definition([belongs(both)]))

    assert error.value.path == "condition_groups[0].conditions[0].group_ids"
    assert error.value.expected == "segments that do not refer back to this one, as “Both” does"


def test_segment_cannot_ask_about_itself(manager: Agent) -> None:
    friends = create_segment("Friends", by=manager)

    with pytest.raises(DefinitionError, match="as “Friends” does"):
        change_segment(friends, by=manager, definition=definition([belongs(friends, is_member=False)]))


@pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST])
def test_only_managers_change_segments(role: Role) -> None:
    """R3."""
    friends = create_segment("Friends", by=None)
    agent = make_agent(role=role)

    with pytest.raises(NotForYou) as error:
        delete_segment(friends, by=agent)

    assert str(error.value) == "Only Owners, Admins and Managers can change this."
