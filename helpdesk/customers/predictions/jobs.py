"""The nightly fit, and the predictions of customers: after each fit for all of them, after new orders for those who ordered.

What waits is in the row of the settings: `next_customer` and `last_event`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import batched
from typing import Any

from django.db.models import Exists, Max, OuterRef
from django.tasks import task
from django.utils import timezone

from helpdesk.conditions.grammar import DIMENSIONS
from helpdesk.customers.filing.batch import identified, keep
from helpdesk.customers.filing.incoming import Told
from helpdesk.customers.models import Customer, Event, PropertyValue
from helpdesk.customers.predictions.models import PredictionSettings

Source = PredictionSettings.Source
_AT_ONCE = 500
_OF_ONE_JOB = 2_000  # customers: then other jobs have their turn
_EVENTS = 5_000


@task
def fit_orders() -> None:
    """Every night: learns from all orders, and has every customer predicted anew."""
    settings = PredictionSettings.load()
    if settings.source == Source.UNDECIDED:
        settings.source = Source.GIVEN if _are_given() else Source.COMPUTED
        settings.save(update_fields=["source"])
    if settings.source == Source.COMPUTED:
        last = Event.objects.aggregate(last=Max("pk"))["last"] or 0
        learned = _learn(settings.order_metric, timezone.now())
        PredictionSettings.objects.filter(pk=1).update(**learned, last_event=last, next_customer=0)
        predict_due.enqueue()


def _are_given() -> bool:
    """Asked before anything was computed here: whatever is known comes from outside."""
    return PropertyValue.objects.filter(name__in=DIMENSIONS, until=None).exists()


def _learn(metric: str, now: datetime) -> dict[str, Any]:
    """The columns of the settings. Without a model what is past is told all the same."""
    from helpdesk.customers.predictions import forecast, orders  # scipy takes seconds to import, and most processes never predict

    placed = orders.load_orders(metric, now)
    model, problem = forecast.Model(), ""
    try:
        model = forecast.fit(placed)
    except forecast.TooFewOrders as error:
        problem = str(error)
    likelihood = model.purchases and model.purchases.log_likelihood(placed.histories())
    known = {"fitted_at": now, "problem": problem, "customers": len(placed.customer), "orders": int(placed.orders.sum()), "log_likelihood": likelihood}
    return known | model.as_json()


@task
def predict_due() -> int:
    """Every minute, and again and again until all are done. Returns how many customers were predicted. Safe to repeat."""
    settings = PredictionSettings.load()
    if settings.source != Source.COMPUTED or settings.fitted_at is None:
        return 0
    return _predict_new(settings) + _predict_next(settings)


def _predict_new(settings: PredictionSettings) -> int:
    """Those who have ordered since it was looked last. An event that was committed late waits for the night."""
    new = list(Event.objects.filter(pk__gt=settings.last_event).order_by("pk").values_list("pk", "metric", "customer_id")[:_EVENTS])
    customers = {customer for _pk, metric, customer in new if metric == settings.order_metric}
    _predict(customers, settings)
    if new:
        PredictionSettings.objects.filter(pk=1, last_event=settings.last_event).update(last_event=new[-1][0])
    if len(new) == _EVENTS:
        predict_due.enqueue()
    return len(customers)


def _predict_next(settings: PredictionSettings) -> int:
    """The next of all. Whoever moves the mark goes on; another who did the same customers meanwhile stops."""
    if settings.next_customer is None:
        return 0
    ordered = Exists(Event.objects.filter(customer=OuterRef("pk"), metric=settings.order_metric))
    customers = list(Customer.objects.filter(ordered, pk__gte=settings.next_customer).order_by("pk").values_list("pk", flat=True)[:_OF_ONE_JOB])
    _predict(customers, settings)
    following = customers[-1] + 1 if customers else None
    moved = PredictionSettings.objects.filter(pk=1, next_customer=settings.next_customer).update(next_customer=following)
    if moved and following is not None:
        predict_due.enqueue()
    return len(customers)


def _predict(customers: Collection[int], settings: PredictionSettings) -> None:
    """As the profile's own ways in write it: with history, and so that segments are asked again."""
    from helpdesk.customers.predictions import forecast, orders  # as above

    model = forecast.Model.from_json(settings.purchases, settings.spending)
    for some in batched(sorted(customers), _AT_ONCE, strict=False):
        foretold = forecast.foretell(orders.load_orders(settings.order_metric, timezone.now(), some), model)
        keep(identified, [Told(customer=customer, properties=properties) for customer, properties in foretold])
