"""The orders of customers, as the models look at them.

An order is an event of the metric that the settings name, “Placed Order”. The models look at days (UTC): who orders twice on a day
decided once. An order that was cancelled or refunded later was an order: shops tell of it in too many ways to pair the two for sure.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from helpdesk.customers.models import Event
from helpdesk.customers.predictions.purchases import Array, Histories

Whole = npt.NDArray[np.int64]
_ROW = np.dtype([("customer", "i8"), ("day", "i8"), ("orders", "i8"), ("valued", "i8"), ("value", "f8")])


@dataclass(frozen=True)
class Orders:
    """One entry for each customer who has ordered. Days are ordinals; `spent` is on orders with a value, of which there are `valued`."""

    customer: Whole
    first_day: Whole
    last_day: Whole
    orders: Whole
    valued: Whole
    spent: Array
    repeats: Array
    repeat_value: Array
    today: int

    def histories(self) -> Histories:
        return Histories(self.repeats, (self.last_day - self.first_day) / 7.0, (self.today - self.first_day) / 7.0)


def load_orders(metric: str, now: datetime, customers: Collection[int] | None = None) -> Orders:
    """Of these customers, or of all. One query."""
    placed = Event.objects.filter(metric=metric, occurred_at__lte=now)
    placed = placed if customers is None else placed.filter(customer__in=customers)
    days = (
        placed.order_by()
        .values("customer_id", day=TruncDate("occurred_at", tzinfo=UTC))
        .annotate(orders=Count("pk"), valued=Count("value"), spent=Sum("value"))
    )
    rows = days.values_list("customer_id", "day", "orders", "valued", "spent")
    told = ((customer, day.toordinal(), orders, valued, float(spent or 0)) for customer, day, orders, valued, spent in rows.iterator())
    return _by_customer(np.fromiter(told, _ROW), now.astimezone(UTC).toordinal())


def _by_customer(days: npt.NDArray[np.void], today: int) -> Orders:
    days = days[np.lexsort((days["day"], days["customer"]))]
    starts = np.flatnonzero(np.diff(days["customer"], prepend=-1))
    ends = starts + np.diff(starts, append=len(days)) - 1
    repeats = (ends - starts).astype(float)
    spent = _sums(days["value"], starts)
    return Orders(
        customer=days["customer"][starts],
        first_day=days["day"][starts],
        last_day=days["day"][ends],
        orders=_sums(days["orders"], starts),
        valued=_sums(days["valued"], starts),
        spent=spent,
        repeats=repeats,
        repeat_value=(spent - days["value"][starts]) / np.maximum(repeats, 1),
        today=today,
    )


def _sums[Number: np.generic](of: npt.NDArray[Number], starts: Whole) -> npt.NDArray[Number]:
    return np.add.reduceat(of, starts) if len(starts) else of
