"""What can be asked of segments."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Agent, Role
from helpdesk.conditions.grammar import parse_definition
from helpdesk.customers.definitions import segments_named
from helpdesk.customers.segments import (
    Figures,
    add_members,
    change_segment,
    create_segment,
    delete_segment,
    figures,
    size,
    used_by,
    warnings,
    warnings_of,
)
from tests.conditions.builders import about_them, definition, text
from tests.customers.test_segments import FRENCH, belongs
from tests.factories import make_agent, make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> Agent:
    return make_agent("Mona", role=Role.MANAGER)


def test_figures_count_who_came_and_went(manager: Agent, django_assert_num_queries: Any) -> None:
    now, (anna, bob, kim) = timezone.now(), (make_customer(name) for name in ("Anna", "Bob", "Kim"))
    friends, empty = create_segment("Friends", by=manager), create_segment("Empty", by=manager)
    friends.memberships.create(customer=anna, since=now - timedelta(days=20))
    friends.memberships.create(customer=bob, since=now - timedelta(days=20), until=now - timedelta(days=2))
    friends.memberships.create(customer=kim, since=now - timedelta(days=3))
    friends.memberships.create(customer=bob, since=now - timedelta(days=1))

    with django_assert_num_queries(2):
        of_a_week, of_two_days = figures([friends, empty]), figures([friends], days=2)

    assert of_a_week == {friends.pk: Figures(size=3, entered=2, left=1), empty.pk: Figures(0, 0, 0)}
    assert (size(friends), of_two_days) == (3, {friends.pk: Figures(size=3, entered=1, left=0)})


def test_warnings_name_what_is_wrong_with_others(manager: Agent) -> None:
    full, empty, idle, gone = (create_segment(name, by=manager) for name in ("Full", "Empty", "Idle", "Gone"))
    add_members(full, [make_customer()], by=manager)
    asking = create_segment("Asking", definition([belongs(full, empty)], [belongs(idle, gone, is_member=False)]), by=manager)
    change_segment(idle, by=manager, is_active=False)
    delete_segment(gone, by=manager)

    found = warnings(asking)

    assert found == [
        "The segment “Empty” has no members.",
        "The segment “Idle” is inactive: nobody enters or leaves.",
        "The segment “Gone” was deleted: nobody is in it.",
    ]
    assert warnings(full) == []
    assert warnings_of(parse_definition(definition([belongs(99)]))) == ["There is no segment with the ID 99."]


def test_used_by_names_the_segments_that_refer(manager: Agent) -> None:
    friends = create_segment("Friends", by=manager)
    guests = create_segment("Guests", definition([belongs(friends)]), by=manager)
    create_segment("French", FRENCH, by=manager)

    assert used_by(friends) == [guests]
    assert used_by(guests) == []


def test_segments_named_are_numbers_alone() -> None:
    asked = parse_definition(definition([belongs(7, "007", "x", "9" * 5_000, 8)], [belongs(9)], [about_them("a", text("equals", "10"))]))

    assert segments_named(asked) == {7, 8, 9}
