"""Churn risk (C16): the number is stored; Low, Medium or High is derived from it, by limits that people set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.cache import cache
from django.db import transaction

from helpdesk.customers.predictions.models import PredictionSettings

_KEY = "churn-bands"
_KEPT = 60  # seconds; whoever filled the cache just while the limits changed is wrong no longer than that

Bands = tuple[tuple[float, str], ...]
_read: ContextVar[list[Bands] | None] = ContextVar("churn-bands", default=None)


def churn_bands() -> Bands:
    """The lowest number of each band, the highest band first. From the cache."""
    read = _read.get()
    if read is None:
        return _cached()
    if not read:
        read.append(_cached())
    return read[0]


@contextmanager
def same_bands() -> Iterator[None]:
    """Inside, the cache is asked once: for those who evaluate many definitions or many customers."""
    token = _read.set([])
    try:
        yield
    finally:
        _read.reset(token)


def _cached() -> Bands:
    bands: Bands | None = cache.get(_KEY)
    if bands is None:
        row = PredictionSettings.objects.filter(pk=1).first() or PredictionSettings()
        bands = ((row.high_from, "High"), (row.medium_from, "Medium"), (0.0, "Low"))
        cache.set(_KEY, bands, _KEPT)
    return bands


def forget_bands() -> None:
    """Once the limits that the transaction sets are the limits."""
    transaction.on_commit(lambda: cache.delete(_KEY))
