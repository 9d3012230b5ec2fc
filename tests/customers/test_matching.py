"""One query over all customers gives the answer that each would get alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk.conditions.evaluate import evaluate
from helpdesk.conditions.grammar import parse_definition
from helpdesk.customers.facts import profile_value
from helpdesk.customers.filter_queries import NotInSql
from helpdesk.customers.matching import matching
from helpdesk.customers.models import Customer, Event, Segment
from helpdesk.customers.profiles import identify, track
from tests.conditions.builders import about_them, about_ticket, definition, done, number, text
from tests.conditions.somebody import NOW
from tests.conditions.strategies import ANY_FILTER, CONSENT, MEMBERSHIP, METRIC, PREDICTED, REGION, VALUES
from tests.conditions.test_every_definition import BIG_RED

pytestmark = pytest.mark.django_db
MOMENT = timedelta(microseconds=1)


class One:
    """A customer as `evaluate` asks about them, straight from the profile."""

    now = NOW

    def __init__(self, customer: Customer) -> None:
        self.customer = customer

    def profile(self, name: str) -> Any:
        return profile_value(self.customer, name)

    def ticket(self, name: str) -> Any:
        raise AssertionError(name)

    def groups(self) -> Collection[str]:
        return [str(each.segment_id) for each in self.customer.memberships.filter(until=None)]

    def events(self, metric: str) -> Iterable[Event]:
        return self.customer.events.filter(metric=metric)


def storable(value: Any) -> bool:
    """PostgreSQL keeps no NUL and no half of a surrogate pair, in a text or in JSON."""
    written = str(value)
    return "\0" not in written and not any("\ud800" <= char <= "\udfff" for char in written) and "\\x00" not in written and "\\ud" not in written


NAMES = st.sampled_from(["a", "b", "churn_probability", "email_consent", "total_clv", "expected_date_of_next_purchase"])
PROPERTIES = st.dictionaries(NAMES, VALUES.filter(storable) | st.sampled_from(["subscribed", "unsubscribed", 0.33, 0.5, 0.66, -1]))
ASKED = st.sampled_from(["a", "properties['b']", "$country", "churn_risk", "total_clv", "properties['nothing']"])
CONDITION = st.one_of(METRIC, st.builds(about_them, ASKED, ANY_FILTER), st.builds(about_them, ASKED, ANY_FILTER), PREDICTED, MEMBERSHIP, REGION, CONSENT)
GROUPS = st.lists(st.lists(CONDITION.filter(storable), min_size=1, max_size=2), min_size=1, max_size=2)
EDGES = [timedelta(hours=-2), timedelta(hours=-2) - MOMENT, timedelta(0), MOMENT, timedelta(days=-3), timedelta(weeks=-2)]
EVENTS = st.lists(
    st.tuples(st.sampled_from(["Placed Order", "Opened"]), st.sampled_from(EDGES), st.none() | st.sampled_from(["0.10", "0.20", "1", "-1"])), max_size=3
)
PEOPLE = st.lists(st.tuples(PROPERTIES, EVENTS, st.sampled_from(["", "France", "SE", "Norway"]), st.booleans()), min_size=1, max_size=3)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # each example empties the tables itself
@given(GROUPS, PEOPLE)
def test_query_finds_whom_evaluation_matches(db: None, groups: list[Any], people: list[Any]) -> None:
    """On each database: bounds of windows, missing properties, wrong types, unicode, empty lists, nulls."""
    Customer.objects.all().delete()
    segment, _ = Segment.objects.get_or_create(pk=1, name="1")
    for i, (properties, events, country, is_member) in enumerate(people):
        customer = identify(external_id=str(i), country=country, properties=properties)
        if is_member:
            segment.memberships.create(customer=customer)
        for metric, age, value in events:
            track(customer, metric, occurred_at=NOW + age, value=value and Decimal(value))
    parsed = parse_definition(definition(*groups))

    try:
        found = set(matching(parsed, NOW).values_list("external_id", flat=True))
    except NotInSql:
        return

    assert found == {customer.external_id for customer in Customer.objects.all() if evaluate(parsed, One(customer))[0]}


@pytest.mark.parametrize(
    "condition",
    [
        about_ticket("channel", text("equals", "sms")),
        done("Placed Order") | {"metric_filters": BIG_RED},
        about_them("a", {"type": "date", "operator": "anniversary"}),
    ],
)
def test_what_sql_cannot_answer_is_refused(condition: dict[str, Any]) -> None:
    """Never a wrong answer instead."""
    with pytest.raises(NotInSql):
        matching(parse_definition(definition([condition])), NOW)


def test_matching_asks_once(django_assert_num_queries: Any) -> None:
    for i in range(3):
        identify(external_id=str(i), properties={"a": "x"})

    with django_assert_num_queries(1):
        found = list(matching(parse_definition(definition([about_them("a", text("regex", "^x"))], [done("Placed Order", number("equals", 0))])), NOW))

    assert len(found) == 3
