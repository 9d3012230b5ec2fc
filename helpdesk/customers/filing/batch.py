"""The core of identify and track, for one row as for a thousand: worked off in memory, row after row, then written in a few statements."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import Any

from django.db import DatabaseError, IntegrityError, OperationalError, transaction
from django.utils import timezone

from helpdesk.customers.discovery import notice
from helpdesk.customers.filing.incoming import FIELDS, KEYS, Happened, Told, same
from helpdesk.customers.filing.known import Known
from helpdesk.customers.filing.timeline import Timeline
from helpdesk.customers.models import Customer, Event, ExternalId

_ATTEMPTS = 3
_WRITTEN = [*FIELDS, *KEYS, "properties", "changed_at", "renamed_at"]
_OWN = {f"${name}" for name in FIELDS}


def keep[Row, Kept](work: Callable[[Sequence[Row]], list[Kept]], rows: Sequence[Row]) -> list[Kept]:
    """In one transaction. Whoever collides with somebody who makes the same rows at the same moment finds theirs at the next attempt."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return work(rows)
        except (IntegrityError, OperationalError) as problem:
            if attempt == _ATTEMPTS or not _is_collision(problem):
                raise
    raise AssertionError


def _is_collision(problem: DatabaseError) -> bool:
    """Of two that wait for each other, PostgreSQL ends one."""
    return isinstance(problem, IntegrityError) or getattr(problem.__cause__, "sqlstate", "") == "40P01"


def identified(rows: Sequence[Told]) -> list[Customer]:
    """The customer of each row, in order; `is_new` for the row that made them."""
    batch = _Batch(rows)
    batch.write()
    return _each_its_own(batch.outcomes)


def tracked(rows: Sequence[Happened]) -> list[Event]:
    """The event of each row, in order; `is_new` unless it was known, from before or from a row above."""
    customers = identified([row.told for row in rows])
    told = {row.external_id for row in rows if row.external_id}
    known = {each.external_id: each for each in Event.objects.filter(external_id__in=told)} if told else {}
    outcomes: list[tuple[Event, bool]] = []
    for row, customer in zip(rows, customers, strict=True):
        event = known.get(row.external_id)
        outcomes.append((event or _event(row, customer), event is None))
        if row.external_id:
            known[row.external_id] = outcomes[-1][0]
    made = [event for event, is_new in outcomes if is_new]
    Event.objects.bulk_create(made)
    notice([], made)
    Customer.objects.filter(pk__in={event.customer_id for event in made}).update(changed_at=timezone.now())
    return _each_its_own(outcomes)


def _event(row: Happened, customer: Customer) -> Event:
    event = Event(customer=customer, external_id=row.external_id, **row.fields)
    event.is_new = True
    return event


def _each_its_own[Thing: (Customer, Event)](outcomes: Sequence[tuple[Thing, bool]]) -> list[Thing]:
    """Rows after the one that made a thing get a copy, which is not `is_new`."""
    return [thing if thing.is_new == is_new else _known_again(thing) for thing, is_new in outcomes]


def _known_again[Thing: (Customer, Event)](thing: Thing) -> Thing:
    again = copy(thing)
    again.is_new = False
    return again


class _Batch:
    def __init__(self, rows: Sequence[Told]) -> None:
        self.outcomes: list[tuple[Customer, bool]] = []
        self._now = timezone.now()
        self._known = Known(rows)
        self._ids: list[ExternalId] = []
        self._changed: dict[int, Customer] = {}
        self._told: list[tuple[str, Any]] = []
        known_as = [self._keys_of(told) for told in rows]
        pairs = list(zip(rows, (customer for customer, _is_new in self.outcomes), strict=True))
        self._timeline = Timeline((who, name) for told, who in pairs for name, value in told.facts().items() if not same(_now_known(who, name), value))
        for (told, customer), keys in zip(pairs, known_as, strict=True):
            self._apply(told, customer, keys)

    def _keys_of(self, told: Told) -> dict[str, str]:
        """Finds or makes the customer; the keys that are news about them."""
        customer = self._known.find(told)
        self.outcomes.append((customer or Customer(), customer is None))
        customer, is_new = self.outcomes[-1]
        customer.is_new |= is_new
        self._ids += self._known.take_ids(customer, told)
        keys = self._known.take_keys(customer, told)
        if is_new or keys:
            self._changed[id(customer)] = customer
        return {f"${key}": value for key, value in keys.items()}

    def _apply(self, told: Told, customer: Customer, keys: Mapping[str, str]) -> None:
        at = told.at or self._now
        if keys and not customer.is_new:
            customer.renamed_at = self._now
        for name, value in keys.items():
            self._timeline.tell(customer, name, value, at=at)
        for name, value in told.facts().items():
            if same(_now_known(customer, name), value):
                continue
            if self._timeline.is_late(customer, name, told.at):
                self._timeline.tell_late(customer, name, value, at=at)
                continue
            self._told.append((name, value))
            _set(customer, name, value)
            if name == "$name" and not customer.is_new:
                customer.renamed_at = self._now
            self._changed[id(customer)] = customer
            self._timeline.tell(customer, name, value, at=at)

    def write(self) -> None:
        """Known customers as an upsert, since that is one statement for all of them."""
        changed = list(self._changed.values())
        for customer in changed:
            customer.changed_at = self._now
        Customer.objects.bulk_create([each for each in changed if each.is_new])
        if known := [each for each in changed if not each.is_new]:
            Customer.objects.bulk_create(known, update_conflicts=True, unique_fields=["id"], update_fields=_WRITTEN)
        self._timeline.write()
        ExternalId.objects.bulk_create(self._ids)
        notice(self._told)


def _now_known(customer: Customer, name: str) -> Any:
    return getattr(customer, name[1:]) if name in _OWN else customer.properties.get(name)


def _set(customer: Customer, name: str, value: Any) -> None:
    if name in _OWN:
        setattr(customer, name[1:], value)
    else:
        customer.properties[name] = value
