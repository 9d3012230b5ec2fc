"""Names are known to the pick lists as soon as they have been seen."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from helpdesk.customers import discovery
from helpdesk.customers.bulk import EventRow, identify_many, track_many
from helpdesk.customers.models import Customer, KnownName
from helpdesk.customers.profiles import identify, track
from tests.people import Commits, at_once

pytestmark = pytest.mark.django_db


def known() -> dict[str, tuple[list[str], list[Any]]]:
    return {str(row): (row.kinds, row.examples) for row in KnownName.objects.order_by("of", "metric", "name")}


def test_properties_are_known_by_name_kind_and_example(commits: Commits) -> None:
    with commits():
        identify(email="ada@example.com", country="Sweden", properties={"tier": "gold", "score": 0.5, "vip": True, "sizes": ["M", "L"], "nested": {"a": 1}})
        identify(email="bob@example.com", properties={"tier": 7, "since": "2026-11-22", "nothing": None})
        identify(email="bob@example.com", properties={"since": "2026-11-23", "nothing": 0})

    assert known() == {
        "$country": (["text"], ["Sweden"]),
        "nested": (["object"], []),
        "nothing": (["number"], [0]),
        "score": (["number"], [0.5]),
        "since": (["date"], ["2026-11-22", "2026-11-23"]),
        "sizes": (["list"], ["M"]),
        "tier": (["number", "text"], ["gold", 7]),
        "vip": (["boolean"], [True]),
    }


def test_metrics_are_known_with_the_properties_of_their_events(commits: Commits) -> None:
    with commits():
        ada = identify(email="ada@example.com")
        track(ada, "Placed Order", properties={"sku": "A"})
        track(ada, "Opened Email", properties={"sku": 7})
        track_many([EventRow(customer=ada, metric="Placed Order", properties={"sku": "B", "total": 9.5})])

    assert known() == {
        "Opened Email sku": (["number"], [7]),
        "Placed Order sku": (["text"], ["A", "B"]),
        "Placed Order total": (["number"], [9.5]),
        "Opened Email": ([], []),
        "Placed Order": ([], []),
    }


@pytest.mark.parametrize(
    ("name", "value", "examples"),
    [
        ("Product Name", "Blue shirt", ["Blue shirt"]),
        ("item_name", "Blue shirt", ["Blue shirt"]),
        ("firstName", "Ada", []),
        ("$name", "Ada", []),
        ("contact_email", "none", []),
        ("Phone", "1", []),
        ("shipping address", "Lund", []),
        ("note", "write to ada@example.com", []),
        ("note", "+46 70-123 45 67", []),
        ("note", "x" * 41, []),
        ("note", "", []),
        ("postal", "Lund", ["Lund"]),
    ],
)
def test_examples_are_short_and_nobodys(commits: Commits, name: str, value: str, examples: list[str]) -> None:
    with commits():
        identify(email="ada@example.com", properties={name: value})

    assert known() == {name: (["text"], examples)}


def test_five_examples_are_enough(commits: Commits) -> None:
    with commits():
        identify_many([{"email": f"c{n}@example.com", "properties": {"size": n % 7}} for n in range(20)])

    assert known() == {"size": (["number"], [0, 1, 2, 3, 4])}


def test_names_that_are_known_cost_nothing(commits: Commits) -> None:
    with commits():
        identify(email="ada@example.com", properties={f"p{n}": "a" for n in range(30)})

    with CaptureQueriesContext(connection) as queries, commits():
        identify(email="bob@example.com", properties={f"p{n}": "a" for n in range(30)})

    assert [query["sql"] for query in queries if "knownname" in query["sql"]] == []


def test_what_another_process_has_noticed_is_kept(commits: Commits) -> None:
    with commits():
        identify(email="ada@example.com", properties={"tier": "gold"})
    discovery.forget()

    with commits():
        identify(email="ada@example.com", properties={"tier": 1})

    assert known() == {"tier": (["number", "text"], ["gold", 1])}


def test_sender_of_ever_new_names_fills_no_table(commits: Commits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(discovery.MOST, KnownName.Of.PROFILE, 3)
    with commits():
        identify(email="ada@example.com", properties={"a": 1, "b": 1})
        identify(email="ada@example.com", properties={f"n{n}": 1 for n in range(9)})
        identify(email="ada@example.com", properties={"a": "one", "z": 1})

    with CaptureQueriesContext(connection) as queries, commits():
        identify(email="ada@example.com", properties={"y": 1})

    assert known() == {"a": (["number", "text"], [1, "one"]), "b": (["number"], [1]), "n0": (["number"], [1])}
    assert [query["sql"] for query in queries if "knownname" in query["sql"]] == []


def test_what_was_rolled_back_was_never_seen(commits: Commits) -> None:
    with commits():
        with transaction.atomic():
            identify(email="ada@example.com", properties={"tier": "gold"})
            transaction.set_rollback(True)
        identify(email="ada@example.com", properties={"size": 1})

    assert known() == {"size": (["number"], [1])}


@pytest.mark.django_db(transaction=True)
def test_names_noticed_by_four_at_once_are_all_known() -> None:
    def tell(number: int) -> Customer:
        return identify(email=f"c{number}@example.com", properties={"tier": number, f"own{number}": 1, **{f"p{n}": 1 for n in range(20)}})

    at_once(*[lambda number=number: tell(number) for number in range(4)])

    assert sorted(known()["tier"][1]) == [0, 1, 2, 3]
    assert KnownName.objects.count() == 25
