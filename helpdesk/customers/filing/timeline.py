"""The history of facts, written for many customers at once: a changed fact closes its row and opens another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from helpdesk.customers.filing.incoming import same
from helpdesk.customers.models import Customer, PropertyValue
from helpdesk.customers.values import columns


class Timeline:
    """Of the facts that a batch may change. Customers need no primary key until `write`.

    What is told as of an earlier time than what is known is late: it goes into the history, and what holds now stays.
    """

    def __init__(self, asked: Iterable[tuple[Customer, str]]) -> None:
        saved = {(customer.pk, name): customer for customer, name in asked if customer.pk}
        customers, names = {pk for pk, _name in saved}, {name for _pk, name in saved}
        rows = PropertyValue.objects.filter(customer__in=customers, name__in=names, until=None) if saved else ()
        self._open = {(id(saved[key]), row.name): row for row in rows if (key := (row.customer_id, row.name)) in saved}
        self._closed: list[PropertyValue] = []
        self._opened: list[PropertyValue] = []
        self._late: list[PropertyValue] = []

    def is_late(self, customer: Customer, name: str, at: datetime | None) -> bool:
        row = self._open.get((id(customer), name))
        return at is not None and row is not None and at < row.since

    def tell(self, customer: Customer, name: str, value: Any, *, at: datetime) -> None:
        """It holds from then on; where clocks disagree, not from before what held until now."""
        if row := self._open.get((id(customer), name)):
            at = row.until = max(at, row.since)
            self._closed += [row] if row.pk else []
        self._open[id(customer), name] = _row(customer, name, value, at)
        self._opened.append(self._open[id(customer), name])

    def tell_late(self, customer: Customer, name: str, value: Any, *, at: datetime) -> None:
        self._late.append(_row(customer, name, value, at))

    def write(self) -> None:
        _write(closed=self._closed, opened=self._opened)
        if self._late:
            _insert(self._late)


def _row(customer: Customer, name: str, value: Any, at: datetime) -> PropertyValue:
    return PropertyValue(customer=customer, name=name, since=at, value=value, **columns(value))


def _write(*, closed: Sequence[PropertyValue], opened: Sequence[PropertyValue]) -> None:
    """Closed first: a fact has one open row. As an upsert, since it is one statement however many times they end."""
    if closed:
        PropertyValue.objects.bulk_create(closed, update_conflicts=True, unique_fields=["id"], update_fields=["until"])
    PropertyValue.objects.bulk_create(opened)


def _insert(late: list[PropertyValue]) -> None:
    """Each holds until the next that is known; what held at its time ends there."""
    wanted, histories = {(row.customer.pk, row.name) for row in late}, defaultdict(list)
    customers, names = zip(*wanted, strict=True)
    for row in PropertyValue.objects.filter(customer__in=customers, name__in=names).order_by("since", "pk"):
        histories[row.customer_id, row.name].append(row)
    changed = {id(row): row for each in late for row in _placed(each, histories[each.customer.pk, each.name])}.values()
    _write(closed=[row for row in changed if row.pk], opened=[row for row in changed if not row.pk])


def _placed(row: PropertyValue, history: list[PropertyValue]) -> list[PropertyValue]:
    """The rows that this one adds or changes."""
    before = next((each for each in history if each.since <= row.since and (each.until is None or each.until > row.since)), None)
    if before is not None and same(before.value, row.value):
        return []
    row.until = min(each.since for each in history if each.since > row.since)
    history.append(row)
    if before is None:
        return [row]
    before.until = row.since
    return [row, before]
