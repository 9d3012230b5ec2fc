"""One query over all customers. That it gives the answer of `evaluate` is proved, with tickets, in tests/tickets/test_matching.py."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.conditions.evaluate import evaluate
from helpdesk.conditions.grammar import parse_definition
from helpdesk.customers.asking.context import asked_by, load_contexts
from helpdesk.customers.asking.matching import matching
from helpdesk.customers.models import Customer
from helpdesk.customers.profiles import identify, track
from tests.conditions.builders import about_them, about_ticket, definition, done, existence, number, text
from tests.conditions.somebody import NOW
from tests.conditions.strategies import STRANGE

pytestmark = pytest.mark.django_db


def found(*groups: Any) -> list[str | None]:
    """By SQL; whom `evaluate` finds, too."""
    parsed = parse_definition(definition(*groups))
    in_sql = list(matching(parsed, NOW).order_by("pk").values_list("external_id", flat=True))
    contexts = load_contexts(Customer.objects.filter(merged_into=None).order_by("pk"), asked_by([parsed]), NOW)
    assert in_sql == [context.customer.external_id for context in contexts if evaluate(parsed, context)[0]]
    return in_sql


def test_what_was_told_is_found() -> None:
    """The rows that `identify` and `track` write are those that SQL reads; what was so earlier is not."""
    identify(external_id="ada", country="France", properties={"tier": "gold"})
    ada = identify(external_id="ada", country="Sweden", properties={"tier": ["gold"]})
    identify(external_id="bob", country="France", properties={"tier": "gold"})
    track(ada, "Placed Order", occurred_at=NOW, properties={"size": 42})
    large = {"metric_filters": [{"property": "size", "filter": number("greater-than", 41)}]}

    assert found([about_them("country", text("equals", "France"))]) == ["bob"]
    assert found([about_them("tier", text("not-equals", "gold"))]) == ["ada"]
    assert found([done("Placed Order") | large]) == ["ada"]
    assert found([done("Placed Order", number("less-than", 1)) | large]) == ["bob"]


@pytest.mark.parametrize("name", [*STRANGE, "$country", "a\nb", "=", "\\", "properties['x']", "'; DROP TABLE customers_event; --"])
def test_event_property_may_have_any_name(name: str) -> None:
    track(identify(external_id="ada"), "Opened", occurred_at=NOW, properties={name: "x"})
    track(identify(external_id="bob"), "Opened", occurred_at=NOW, properties={f"{name} ": "x", "other": {name: "x"}})

    assert found([done("Opened") | {"metric_filters": [{"property": name, "filter": text("equals", "x")}]}]) == ["ada"]


@pytest.mark.parametrize(("wanted", "expected"), [(text("equals", "sms"), []), (text("not-equals", "sms"), ["ada"]), (existence("not-set"), ["ada"])])
def test_customer_alone_has_no_ticket(wanted: dict[str, Any], expected: list[str]) -> None:
    """Every value of a ticket is missing then."""
    identify(external_id="ada")

    assert found([about_ticket("channel", wanted)]) == expected


def test_merged_profile_is_not_found() -> None:
    kept = identify(external_id="ada", country="France")
    identify(external_id="bob", country="France")
    Customer.objects.filter(external_id="bob").update(merged_into=kept)

    assert found([about_them("country", text("equals", "France"))]) == ["ada"]


def test_matching_asks_once(django_assert_num_queries: Any) -> None:
    for i in range(3):
        identify(external_id=str(i), properties={"a": "x"})

    with django_assert_num_queries(1):
        asked = list(matching(parse_definition(definition([about_them("a", text("regex", "^x"))], [done("Placed Order", number("equals", 0))])), NOW))

    assert len(asked) == 3
