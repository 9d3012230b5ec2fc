"""What is foretold of each customer from their orders and a fitted model: the properties of SPEC part 3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from math import isfinite
from typing import Any, Self

import numpy as np

from helpdesk.customers.predictions.orders import Orders
from helpdesk.customers.predictions.purchases import Array, Purchases, fit_purchases
from helpdesk.customers.predictions.spending import Spending, fit_spending

YEAR = 365 / 7  # weeks
LEAST_CUSTOMERS = 50
_MOST_TO_LEARN_FROM = 50_000  # customers: more change no digit that is used
_LONGEST_WAIT = 10 * 365  # days: what is further away is not expected


class TooFewOrders(ValueError):
    """The model would be guessing; the text is for the user."""


@dataclass(frozen=True)
class Model:
    """`purchases` is None where there are too few orders, `spending` also where too few of them have a value."""

    purchases: Purchases | None = None
    spending: Spending | None = None

    def as_json(self) -> dict[str, dict[str, float]]:
        return {name: asdict(part) if part else {} for name, part in (("purchases", self.purchases), ("spending", self.spending))}

    @classmethod
    def from_json(cls, purchases: Mapping[str, Any], spending: Mapping[str, Any]) -> Self:
        return cls(Purchases(**purchases) if purchases else None, Spending(**spending) if spending else None)


def fit(orders: Orders) -> Model:
    """TooFewOrders below LEAST_CUSTOMERS with a repeat order."""
    repeated = int(np.count_nonzero(orders.repeats))
    if repeated < LEAST_CUSTOMERS:
        raise TooFewOrders(f"Predictions need at least {LEAST_CUSTOMERS} customers with a repeat order; there are {repeated}.")
    paid = (orders.repeats > 0) & (orders.repeat_value > 0)
    spending = fit_spending(orders.repeats[paid], orders.repeat_value[paid]) if np.count_nonzero(paid) >= LEAST_CUSTOMERS else None
    return Model(fit_purchases(orders.histories().some(_MOST_TO_LEARN_FROM)), spending)


def foretell(orders: Orders, model: Model) -> Iterator[tuple[int, dict[str, Any]]]:
    """Of each customer, by number: None for what cannot be known, never NaN or infinity. All customers in one pass of numpy.

    Forecasts have two digits, since they are no more exact than that; and so a profile changes only when something has.
    """
    columns = _past(orders) | _future(orders, model)
    for customer, *values in zip(orders.customer.tolist(), *columns.values(), strict=True):
        yield customer, dict(zip(columns, values, strict=True))


def _past(orders: Orders) -> dict[str, list[Any]]:
    has_value, between = orders.valued > 0, (orders.last_day - orders.first_day) / np.maximum(orders.repeats, 1)
    return {
        "historic_number_of_orders": orders.orders.tolist(),
        "historic_clv": _known(np.round(orders.spent, 2), has_value),
        "average_order_value": _known(np.round(orders.spent / np.maximum(orders.valued, 1), 2), has_value),
        "average_days_between_orders": _known(np.round(between, 1), orders.repeats > 0),
    }


def _future(orders: Orders, model: Model) -> dict[str, list[Any]]:
    nobody_knows = np.full(len(orders.customer), np.nan)
    expected = worth = left = day = nobody_knows
    if model.purchases:
        histories = orders.histories()
        expected = _two_digits(model.purchases.expected(histories, YEAR))
        left = np.round(1 - model.purchases.probability_alive(histories), 2)
        day = orders.last_day + 7 * model.purchases.median_wait(histories)
    if model.spending:
        worth = _two_digits(expected * model.spending.expected(orders.repeats, orders.repeat_value))
    return {
        "predicted_number_of_orders": _known(expected),
        "predicted_clv": _known(worth),
        "total_clv": _known(np.round(orders.spent + worth, 2)),
        "churn_probability": _known(left),
        "expected_date_of_next_purchase": _dates(day, orders.today),
    }


def _two_digits(values: Array) -> Array:
    unit = 10.0 ** (np.floor(np.log10(np.maximum(values, 1e-3))) - 1)
    rounded: Array = np.round(np.round(values / unit) * unit, 4)
    return rounded


def _known(values: Array, where: Any = True) -> list[float | None]:
    return [value + 0.0 if is_known else None for value, is_known in zip(values.tolist(), (np.isfinite(values) & where).tolist(), strict=True)]


def _dates(days: Array, today: int) -> list[str | None]:
    return [date.fromordinal(int(day)).isoformat() if isfinite(day) and day < today + _LONGEST_WAIT else None for day in days.tolist()]
