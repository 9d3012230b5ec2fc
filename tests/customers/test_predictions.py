"""The models against the numbers that their authors published for the CDNOW data set, and against orders that tell nothing."""

from __future__ import annotations

import csv
import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.customers.predictions.purchases import Array, Histories, Purchases, fit_purchases
from helpdesk.customers.predictions.spending import Spending, fit_spending

BG_NBD = Purchases(0.2425945, 4.4136019, 0.7929199, 2.4258881, may_leave_at_first=False)  # as published for CDNOW, with all digits
GAMMA_GAMMA = Spending(6.25, 3.74, 15.44)


def cdnow(name: str) -> dict[str, Array]:
    """Columns of one of the CDNOW files, which a package that is otherwise unused brings."""
    package = importlib.util.find_spec("lifetimes")
    assert package is not None
    assert package.submodule_search_locations is not None
    with (Path(package.submodule_search_locations[0]) / "datasets" / name).open() as file:
        rows = list(csv.DictReader(file))
    return {column: np.array([float(row[column]) for row in rows]) for column in rows[0]}


def one(repeats: float, recency: float, age: float) -> Histories:
    return Histories(np.array([repeats]), np.array([recency]), np.array([age]))


@pytest.fixture(scope="module")
def customers() -> Histories:
    told = cdnow("cdnow_customers_summary.csv")
    return Histories(told["frequency"], told["recency"], told["T"])


def test_bg_nbd_fit_is_the_published_one(customers: Histories) -> None:
    """Fader, Hardie & Lee 2005, table 2."""
    found = fit_purchases(customers, may_leave_at_first=False)

    assert [round(each, 3) for each in (found.r, found.alpha, found.a, found.b)] == pytest.approx([0.243, 4.414, 0.793, 2.426], abs=1.1e-3)
    assert round(found.log_likelihood(customers), 1) == -9582.4


def test_mbg_nbd_fit_is_the_published_one(customers: Histories) -> None:
    """Batislam, Denizel & Filiztekin 2007."""
    found = fit_purchases(customers)

    assert [round(each, 3) for each in (found.r, found.alpha, found.a, found.b)] == pytest.approx([0.525, 6.183, 0.891, 1.614], abs=1.1e-3)


def test_expected_orders_are_the_published_ones() -> None:
    """Fader, Hardie & Lee: Implementing the BG/NBD Model in Excel, customer 1: 1.226 in the next 39 weeks."""
    assert round(float(BG_NBD.expected(one(2, 30.43, 38.86), 39)[0]), 3) == 1.226
    assert round(float(BG_NBD.expected(one(26, 30.86, 31), 52)[0]), 2) == 25.76


def test_probability_alive_is_the_published_one() -> None:
    """Customer 1516 of CDNOW."""
    assert round(float(BG_NBD.probability_alive(one(26, 30.86, 31))[0]), 4) == 0.9689


def test_who_ordered_once_is_lost_in_time_in_the_modified_model_alone() -> None:
    modified, long_ago = Purchases(0.525, 6.183, 0.891, 1.614), one(0, 0, 520)

    assert BG_NBD.probability_alive(long_ago)[0] == 1
    assert 0 < modified.probability_alive(long_ago)[0] < 0.2


def test_spending_fit_is_the_published_one() -> None:
    """Fader & Hardie 2013: 946 customers of CDNOW with a repeat order."""
    told = cdnow("cdnow_customers_summary_with_transactions.csv")
    repeated = told["x"] > 0

    found = fit_spending(told["x"][repeated], told["zbar"][repeated])

    assert repeated.sum() == 946
    assert [round(each, 2) for each in (found.p, found.q, found.v)] == pytest.approx([6.25, 3.74, 15.44], abs=0.015)


def test_expected_spending_is_the_published_one() -> None:
    """Fader & Hardie 2013: a mean of 22.35 over 2 orders is expected to become 24.66; without orders it is that of all, 35.2."""
    found = GAMMA_GAMMA.expected(np.array([2.0, 0.0]), np.array([22.35, 0.0]))

    assert [round(float(each), 2) for each in found] == [24.66, 35.22]


@pytest.mark.parametrize(
    "history",
    [(0, 0, 0), (0, 0, 50), (3, 10, 10), (1000, 500, 500), (2000, 1000, 1500), (1, 0.1, 3000)],
    ids=["today", "once", "regular", "daily", "gone", "long ago"],
)
@pytest.mark.parametrize("may_leave_at_first", [True, False])
def test_fit_is_finite_when_all_customers_are_alike(history: tuple[float, float, float], may_leave_at_first: bool) -> None:
    alike = Histories(*(np.full(60, float(each)) for each in history))

    found = fit_purchases(alike, may_leave_at_first=may_leave_at_first)

    assert math.isfinite(found.log_likelihood(alike))
    assert np.isfinite(found.expected(alike, 52)).all()
    assert ((found.probability_alive(alike) >= 0) & (found.probability_alive(alike) <= 1)).all()


@pytest.mark.parametrize("mean", [0.01, 5.0, 1e9])
def test_spending_fit_is_their_value_when_all_orders_cost_the_same(mean: float) -> None:
    values = np.full(60, mean)

    found = fit_spending(np.full(60, 2.0), values)

    assert float(found.expected(np.array([2.0]), np.array([mean]))[0]) == pytest.approx(mean, rel=1e-3)


LOGS = st.floats(-8, 8)


@settings(max_examples=300)
@given(LOGS, LOGS, LOGS, LOGS, st.integers(0, 2_000), st.floats(0, 2_000), st.floats(0, 2_000))
def test_prediction_is_no_infinity_for_any_parameters(r: float, alpha: float, a: float, b: float, repeats: int, recency: float, since: float) -> None:
    """NaN, which is written as “not known”, only where scipy's function gives up."""
    model = Purchases(*(math.exp(each) for each in (r, alpha, a, b)))
    history = one(repeats, recency if repeats else 0, recency + since)

    expected, alive = float(model.expected(history, 52)[0]), float(model.probability_alive(history)[0])

    assert expected >= 0 or math.isnan(expected)
    assert not math.isinf(expected)
    assert 0 <= alive <= 1
