"""Predictions of customers: computed from their orders at night and on new orders, or left to whom they come from."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from agents.models import Role
from agents.people import NotForYou
from helpdesk.conditions.grammar import DIMENSIONS
from helpdesk.customers.facts import churn_risk
from helpdesk.customers.memberships import refresh_changed, update_changed
from helpdesk.customers.models import Customer, Event, PropertyValue
from helpdesk.customers.predictions import bands, jobs
from helpdesk.customers.predictions.bands import churn_bands, same_bands
from helpdesk.customers.predictions.choices import WrongChoice, change_predictions
from helpdesk.customers.predictions.jobs import fit_orders, predict_due
from helpdesk.customers.predictions.models import PredictionSettings
from helpdesk.customers.profiles import identify, track
from helpdesk.customers.segments import create_segment
from tests.conditions.builders import about_them, definition, number, text
from tests.customers.test_segments import members
from tests.factories import make_agent, make_customer

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
HIGH_RISK = definition([about_them("churn_risk", text("equals", "High"))])


def order(customer: Customer, *days_ago: float, value: Any = "100") -> None:
    for days in days_ago:
        track(customer, "Placed Order", occurred_at=NOW - timedelta(days=days), value=value and Decimal(value))


def crowd(days_ago: Iterable[tuple[float, ...]], value: Any = "100") -> None:
    """Customers by the hundred, told quickly: the model needs many, and each test only looks at one."""
    rows = [(i, days) for i, days in enumerate(days_ago)]
    made = Customer.objects.bulk_create([Customer(external_id=f"crowd-{i}", name="crowd") for i, _days in rows])
    orders = [(made[i], NOW - timedelta(days=ago)) for i, days in rows for ago in days]
    Event.objects.bulk_create(Event(customer=who, metric="Placed Order", occurred_at=at, value=value and Decimal(value)) for who, at in orders)


def some_habits() -> list[tuple[float, ...]]:
    """One to five orders, one to nine weeks apart; every third customer has not come back for long."""
    return [tuple((i % 20 if i % 3 else 250) + 7 * (i % 9 + 1) * n for n in range(i % 5 + 1)) for i in range(120)]


def predict() -> None:
    """A whole night."""
    with time_machine.travel(NOW, tick=False):
        fit_orders.func()
        while predict_due.func():
            pass


@pytest.fixture
def anna() -> Customer:
    """Orders each 30 days, the last 10 days ago."""
    anna = make_customer("Anna")
    order(anna, 130, 100, 70, 40, 10, value="50")
    return anna


def properties(customer: Customer) -> dict[str, Any]:
    customer.refresh_from_db()
    return {name: value for name, value in customer.properties.items() if name in DIMENSIONS}


def test_night_predicts_everybody_who_ordered(anna: Customer) -> None:
    """R2, R5: all the names of the grammar."""
    crowd(some_habits())

    predict()

    found = properties(anna)
    assert set(found) == set(DIMENSIONS)
    past = ("historic_number_of_orders", "historic_clv", "average_order_value", "average_days_between_orders")
    assert [found[name] for name in past] == [5, 250.0, 50.0, 30.0]
    assert 3 < found["predicted_number_of_orders"] < 13
    assert found["total_clv"] == 250 + found["predicted_clv"]
    assert 0 < found["churn_probability"] < 0.5
    assert "2026-11-12" < found["expected_date_of_next_purchase"] < "2027-01-12"
    assert PredictionSettings.load().customers == 121
    assert make_customer("Nobody").properties == {}


def test_who_stays_away_is_more_likely_lost(anna: Customer) -> None:
    crowd(some_habits())
    bob = make_customer("Bob")
    order(bob, 330, 300, 270, 240, 210)

    predict()

    assert properties(bob)["churn_probability"] > 0.8 > properties(anna)["churn_probability"]


def test_second_night_writes_only_what_has_changed(anna: Customer) -> None:
    crowd(some_habits())
    predict()
    rows = PropertyValue.objects.count()
    Customer.objects.update(changed_at=None)

    predict()

    assert PropertyValue.objects.count() == rows
    assert Customer.objects.exclude(changed_at=None).count() == 0


def test_new_order_predicts_its_customer_again(anna: Customer) -> None:
    crowd(some_habits())
    predict()
    track(make_customer("Bob"), "Opened Email")

    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        track(anna, "Placed Order", value=Decimal(50))
        counts = [predict_due.func(), predict_due.func()]

    assert counts == [1, 0]
    assert properties(anna)["historic_number_of_orders"] == 6


def test_prediction_moves_its_customer_between_segments(anna: Customer) -> None:
    crowd(some_habits())
    frequent = create_segment("Frequent", definition([about_them("predicted_number_of_orders", number("greater-than", 2))]), by=None)
    refresh_changed.func()

    predict()
    with time_machine.travel(NOW, tick=False):
        update_changed.func()

    assert "Anna" in members(frequent)


def test_all_are_predicted_some_at_a_time(anna: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_OF_ONE_JOB", 50)
    monkeypatch.setattr(jobs, "_AT_ONCE", 20)
    crowd(some_habits())

    with time_machine.travel(NOW, tick=False):
        fit_orders.func()
        counts = [predict_due.func() for _ in range(5)]

    assert counts == [50, 50, 21, 0, 0]
    assert sum("historic_clv" in each.properties for each in Customer.objects.all()) == 121


def test_too_few_orders_are_said_and_the_past_is_told(anna: Customer) -> None:
    crowd([(10,)] * 60)

    predict()

    assert PredictionSettings.load().problem == "Predictions need at least 50 customers with a repeat order; there are 1."
    known = {name for name, value in properties(anna).items() if value is not None}
    assert known == {"historic_number_of_orders", "historic_clv", "average_order_value", "average_days_between_orders"}


@pytest.mark.parametrize("value", [None, "0", "-5", "999999999999.99"])
@pytest.mark.parametrize("habit", [(3, 2, 1), (0.1, 0.1), (2000, 1000)])
def test_odd_orders_give_numbers_or_nothing(anna: Customer, value: Any, habit: tuple[float, ...]) -> None:
    """Without a value, free, negative, huge; daily, twice on a day, and years apart."""
    crowd([habit] * 60, value=value)

    predict()

    written = [each.properties for each in Customer.objects.filter(name="crowd")]
    assert json.dumps(written, allow_nan=False)
    assert {each["historic_number_of_orders"] for each in written} == {len(habit)}
    assert all(math.isfinite(number) for each in written for number in each.values() if isinstance(number, float))


def test_no_orders_at_all_are_no_error() -> None:
    predict()

    assert PredictionSettings.load().problem == "Predictions need at least 50 customers with a repeat order; there are 0."


def test_predictions_from_outside_win() -> None:
    """Whoever had given some before the first night goes on giving them."""
    anna = identify(external_id="7", properties={"churn_probability": 0.9})
    order(anna, 30, 20, 10)
    crowd(some_habits())

    predict()

    assert PredictionSettings.load().source == "given"
    assert properties(anna) == {"churn_probability": 0.9}


def test_predictions_can_be_switched_off_and_on(anna: Customer, commits: Any) -> None:
    crowd(some_habits())
    change_predictions(by=None, source="off")
    predict()
    first = properties(anna)

    change_predictions(by=None, source="computed")
    predict()

    assert first == {}
    assert properties(anna)["historic_number_of_orders"] == 5


def test_another_event_can_be_the_order() -> None:
    anna = make_customer("Anna")
    track(anna, "Booked", occurred_at=NOW - timedelta(days=3), value=Decimal(70))
    order(anna, 5)
    change_predictions(by=None, order_metric="Booked")

    predict()

    assert properties(anna)["historic_clv"] == 70


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"medium_from": 0.7}, "Medium must begin above 0, and High above Medium."),
        ({"high_from": 1.5}, "Ensure this value is less than or equal to 1."),
        ({"source": "magic"}, "Value 'magic' is not a valid choice."),
        ({"order_metric": ""}, "This field cannot be blank."),
        ({"medium_from": float("nan")}, "Medium must begin above 0, and High above Medium."),
    ],
)
def test_wrong_choice_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(WrongChoice) as error:
        change_predictions(by=None, **changes)

    assert str(error.value) == sentence


def test_only_managers_choose() -> None:
    with pytest.raises(NotForYou):
        change_predictions(by=make_agent(role=Role.AGENT), source="off")


def test_limits_of_churn_risk_can_be_set(commits: Any) -> None:
    """C16: the number stays, its band follows; segments are asked again."""
    identify(external_id="7", name="Anna", properties={"churn_probability": 0.5})
    risky = create_segment("Risky", HIGH_RISK, by=None)
    refresh_changed.func()
    first = (churn_risk(0.5), members(risky))

    with commits():
        change_predictions(by=None, high_from=0.4)
    refresh_changed.func()

    assert first == ("Medium", set())
    assert churn_bands() == ((0.4, "High"), (0.33, "Medium"), (0.0, "Low"))
    assert (churn_risk(0.5), members(risky)) == ("High", {"Anna"})


def test_limits_stay_the_same_while_many_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(bands.cache, "get", asked.append)

    with same_bands():
        found = [churn_risk(0.5) for _ in range(3)]

    assert found == ["Medium"] * 3
    assert asked == ["churn-bands"]


def test_limits_are_read_once(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        found = [churn_risk(each) for each in (0.66, 0.33, 0, -1, True, "0.9", None)]

    assert found == ["High", "Medium", "Low", None, None, None, None]
