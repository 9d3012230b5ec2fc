"""One loaded context answers all rules (R1, R2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from helpdesk.conditions.evaluate import evaluate
from helpdesk.conditions.grammar import Definition, parse_definition
from helpdesk.customers.asking.context import asked_by, load_contexts
from helpdesk.customers.models import Customer, Segment
from helpdesk.customers.profiles import identify, track
from tests.conditions.builders import about_them, definition, done, in_the_last, number, text
from tests.conditions.somebody import NOW

pytestmark = pytest.mark.django_db
RECENTLY = done("Placed Order", when=in_the_last(2, "hour"))
IN_SEGMENT = {"type": "profile-group-membership", "is_member": True, "group_ids": ["1"]}


def parsed(*conditions: dict[str, Any]) -> Definition:
    return parse_definition(definition(*[[condition] for condition in conditions]))


def somebody(number: int) -> Customer:
    customer = identify(external_id=str(number), country="France")
    for hours in (1, 3):
        track(customer, "Placed Order", occurred_at=NOW - timedelta(hours=hours), properties={"size": "big"})
    track(customer, "Opened", occurred_at=NOW)
    return customer


def test_only_events_that_can_matter_are_loaded() -> None:
    ada = somebody(1)

    (recent,) = load_contexts([ada], asked_by([parsed(RECENTLY)]), NOW)
    (ever,) = load_contexts([ada], asked_by([parsed(RECENTLY), parsed(done("Placed Order"))]), NOW)

    assert [event.occurred_at for event in recent.events("Placed Order")] == [NOW - timedelta(hours=1)]
    assert sorted(event.occurred_at for event in ever.events("Placed Order")) == [NOW - timedelta(hours=3), NOW - timedelta(hours=1)]
    assert list(ever.events("Opened")) == []


@pytest.mark.parametrize("customers", [1, 3])
@pytest.mark.parametrize("copies", [1, 50])
def test_queries_do_not_grow_with_customers_or_definitions(django_assert_num_queries: Any, customers: int, copies: int) -> None:
    people = [somebody(i) for i in range(customers)]
    wanted = [parsed(RECENTLY, IN_SEGMENT, about_them("country", text("equals", "France"))) for _ in range(copies)]

    with django_assert_num_queries(2):
        contexts = load_contexts(people, asked_by(wanted), NOW)

    with django_assert_num_queries(0):
        assert [evaluate(each, context)[0] for context in contexts for each in wanted] == [False] * customers * copies


def test_nothing_is_loaded_that_nobody_asks_about(django_assert_num_queries: Any) -> None:
    ada = somebody(1)

    with django_assert_num_queries(0):
        (context,) = load_contexts([ada], asked_by([parsed(about_them("country", text("equals", "France")))]), NOW)

    assert evaluate(parsed(about_them("country", text("equals", "France"))), context)[0] is True


def test_each_customer_sees_their_own() -> None:
    """V3, in memory: events and segments of one are not another's."""
    vip = Segment.objects.create(pk=1, name="VIP")
    ada, bob = somebody(1), identify(external_id="2")
    vip.memberships.create(customer=bob)
    narrowed = done("Placed Order", number("equals", 2)) | {"metric_filters": [{"property": "size", "filter": text("equals", "big")}]}

    contexts = load_contexts([bob, ada], asked_by([parsed(narrowed), parsed(IN_SEGMENT)]), NOW)

    assert [evaluate(parsed(narrowed), context)[0] for context in contexts] == [False, True]
    assert [evaluate(parsed(IN_SEGMENT), context)[0] for context in contexts] == [True, False]
