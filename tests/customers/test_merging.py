"""Two profiles become one, and two again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.models import Agent, Role
from agents.people import NotForYou
from helpdesk.customers.merging import MergeRefused, merge_customers, undo_merge
from helpdesk.customers.models import Customer, CustomerMerge, Event, ExternalId, Membership, PropertyValue, Segment
from helpdesk.customers.profiles import identify, track
from helpdesk.customers.values import value_at
from helpdesk.tickets.models import Ticket
from tests.factories import make_agent, make_ticket
from tests.people import at_once

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOTES = {"changed_at", "renamed_at"}  # what is asked and found again is no fact


@pytest.fixture
def ida() -> Agent:
    return make_agent("Ida")


def two() -> tuple[Customer, Customer]:
    ada = identify(email="ada@example.com", name="Ada", properties={"tier": "gold"}, at=NOON)
    old = identify(external_id="u-1", phone="+46701234567", ids={"shopify": "7"}, name="A.", city="Lund", properties={"tier": "none", "size": 1}, at=NOON)
    return ada, old


def everything() -> dict[str, list[dict[str, Any]]]:
    models = (Customer, PropertyValue, ExternalId, Event, Membership, Ticket)
    rows = {model.__name__: list(model._base_manager.order_by("pk").values()) for model in models}
    return {name: [{key: value for key, value in row.items() if key not in NOTES} for row in found] for name, found in rows.items()}


def test_survivor_has_what_both_had(ida: Agent) -> None:
    ada, old = two()
    events = [track(ada, "Placed Order"), track(old, "Placed Order")]
    ticket = make_ticket(customer=old)

    merge_customers(ada, old, by=ida)

    ada.refresh_from_db()
    assert (ada.email, ada.phone, ada.external_id, ada.name, ada.city) == ("ada@example.com", "+46701234567", "u-1", "Ada", "Lund")
    assert ada.properties == {"tier": "gold", "size": 1}
    assert (list(ada.events.order_by("pk")), list(Ticket.objects.filter(customer=ada))) == (events, [ticket])
    assert (value_at(ada, "size", NOON), value_at(ada, "tier", NOON), value_at(ada, "$city", NOON)) == (1, "gold", "Lund")


@pytest.mark.parametrize("key", [{"external_id": "u-1"}, {"phone": "+46701234567"}, {"ids": {"shopify": "7"}}, {"email": "old@example.com"}])
def test_every_key_of_both_leads_to_the_survivor(ida: Agent, key: dict[str, Any]) -> None:
    ada, old = two()
    identify(external_id="u-1", email="old@example.com")

    merge_customers(ada, old, by=ida)

    assert identify(**key) == ada
    assert track(old, "Placed Order").customer == ada


def test_merge_says_what_it_moved_and_who_did_it(ida: Agent) -> None:
    ada, old = two()
    event = track(old, "Placed Order")
    known_as = ExternalId.objects.get()

    merge = merge_customers(ada, old, by=ida)

    assert merge.moved == {"customers.externalid": [known_as.pk], "customers.event": [event.pk]}
    assert (merge.kept, merge.merged, merge.by, merge.undone_at) == (ada, old, ida, None)


def test_both_are_asked_again_which_segments_they_are_in(ida: Agent) -> None:
    ada, old = two()
    Customer.objects.update(changed_at=None)

    merge = merge_customers(ada, old, by=ida)
    merged = Customer.objects.filter(changed_at=None).count()
    Customer.objects.update(changed_at=None)
    undo_merge(merge, by=ida)

    assert (merged, Customer.objects.filter(changed_at=None).count()) == (0, 0)


def test_segment_of_both_has_the_survivor_once(ida: Agent) -> None:
    ada, old = two()
    both, only_old = Segment.objects.create(name="Both"), Segment.objects.create(name="Old")
    Membership.objects.bulk_create([Membership(segment=segment, customer=who) for segment, who in [(both, ada), (both, old), (only_old, old)]])
    before = everything()

    merge = merge_customers(ada, old, by=ida)
    now = sorted(Membership.objects.filter(until=None).values_list("segment__name", "customer__name"))
    undo_merge(merge, by=ida)

    assert now == [("Both", "Ada"), ("Old", "Ada")]
    assert everything() == before


def test_what_came_since_then_stays_with_the_survivor(ida: Agent) -> None:
    ada, old = two()
    old_event, old_ticket = track(old, "Placed Order"), make_ticket(customer=old)
    merge = merge_customers(ada, old, by=ida)

    identify(phone="+46701234567", country="Sweden", properties={"size": 2, "new": True}, at=NOON + HOUR)
    event, ticket = track(old, "Opened Email"), make_ticket(customer=ada)
    undo_merge(merge, by=ida)

    ada.refresh_from_db()
    old.refresh_from_db()
    assert (ada.country, ada.city, ada.properties) == ("Sweden", "", {"tier": "gold", "size": 2, "new": True})
    assert (old.country, old.city, old.properties) == ("", "Lund", {"tier": "none", "size": 1})
    assert (list(ada.events.all()), list(old.events.all())) == ([event], [old_event])
    assert (list(Ticket.objects.filter(customer=ada)), list(Ticket.objects.filter(customer=old))) == ([ticket], [old_ticket])
    assert [value_at(who, "size", NOON + hours * HOUR) for who in (ada, old) for hours in (0, 1)] == [None, 2, 1, 1]
    assert (identify(phone="+46701234567"), identify(ids={"shopify": "7"})) == (old, old)


FACTS = st.fixed_dictionaries(
    {},
    optional={
        "city": st.sampled_from(["Lund", "Umeå"]),
        "country": st.just("Sweden"),
        "ids": st.dictionaries(st.sampled_from(["shopify", "klaviyo"]), st.sampled_from("123"), max_size=2),
        "properties": st.dictionaries(st.sampled_from("abc"), st.sampled_from([1, True, "x", None, ["l"]]), max_size=3),
        "at": st.sampled_from([NOON, NOON - HOUR, NOON + HOUR]),
    },
)
KEYS = [{"email": "ada@example.com"}, {"phone": "+46701234567"}, {"external_id": "u-1", "email": "eva@example.com"}]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(KEYS), FACTS), max_size=8), st.permutations(range(3)), st.booleans())
def test_undo_restores_every_row(told: list[tuple[dict[str, Any], dict[str, Any]]], order: list[int], chained: bool) -> None:
    with transaction.atomic():
        ida = make_agent("Ida")
        people = [identify(**key) for key in KEYS]
        events = [track(identify(**key, **facts), "Placed Order") for key, facts in told]
        segments = [Segment.objects.create(name=name) for name in "ab"]
        held = {(segments[number % 2], event.customer) for number, event in enumerate(events)}
        Membership.objects.bulk_create([Membership(segment=segment, customer=customer) for segment, customer in held])
        before, merges = everything(), []

        first, second, third = (people[number] for number in order)
        merges.append(merge_customers(first, second, by=ida))
        merges.append(merge_customers(third, first, by=ida) if chained else merge_customers(first, third, by=ida))
        merged = everything()
        for merge in reversed(merges):
            undo_merge(merge, by=ida)

        assert everything() == before != merged
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("kept", "merged", "reason"),
    [("ada", "ada", "A customer cannot be merged into themselves."), ("gone", "ada", "Gone has been merged already."), ("ada", "gone", "Gone has been")],
)
def test_merge_that_makes_no_sense_is_refused(ida: Agent, kept: str, merged: str, reason: str) -> None:
    people = {"ada": two()[0], "gone": identify(email="gone@example.com", name="Gone")}
    merge_customers(people["ada"], people["gone"], by=ida)
    before = everything()

    with pytest.raises(MergeRefused, match=reason):
        merge_customers(people[kept], people[merged], by=ida)

    assert (everything(), CustomerMerge.objects.count()) == (before, 1)


def test_merge_is_undone_once_and_in_order(ida: Agent) -> None:
    ada, old = two()
    eva = identify(email="eva@example.com")
    first, later = merge_customers(ada, old, by=ida), merge_customers(eva, ada, by=ida)

    with pytest.raises(MergeRefused, match=r"Ada has been merged, too\. Undo that first\."):
        undo_merge(first, by=ida)
    undo_merge(later, by=ida)
    undo_merge(first, by=ida)

    with pytest.raises(MergeRefused, match="This merge has been undone already"):
        undo_merge(first, by=ida)
    assert Customer.objects.filter(merged_into=None).count() == 3


@pytest.mark.parametrize(("role", "allowed"), [(Role.OWNER, True), (Role.ADMIN, True), (Role.MANAGER, True), (Role.AGENT, True), (Role.ANALYST, False)])
def test_those_who_answer_may_merge(role: Role, allowed: bool) -> None:
    """C4."""
    ada, old = two()
    person = make_agent("Somebody", role=role)

    if allowed:
        undo_merge(merge_customers(ada, old, by=person), by=person)
    else:
        with pytest.raises(NotForYou):
            merge_customers(ada, old, by=person)
        with pytest.raises(NotForYou):
            undo_merge(merge_customers(ada, old, by=make_agent()), by=person)


@pytest.mark.django_db(transaction=True)
def test_merge_both_ways_at_once_happens_once(ida: Agent) -> None:
    ada, old = two()

    def attempt(kept: Customer, merged: Customer) -> str:
        try:
            return str(merge_customers(kept, merged, by=ida))
        except MergeRefused:
            return "refused"

    outcomes = at_once(lambda: attempt(ada, old), lambda: attempt(old, ada))

    assert outcomes.count("refused") == 1
    assert Customer.objects.filter(merged_into=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_events_that_arrive_during_a_merge_are_the_survivors(ida: Agent) -> None:
    ada, old = two()

    at_once(lambda: [track(old, "Viewed Product") for _ in range(10)], lambda: [merge_customers(ada, old, by=ida)])

    assert (ada.events.count(), old.events.count()) == (10, 0)
