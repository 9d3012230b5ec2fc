"""Many rows at once, up to about 1,000: what `profiles.identify` and `profiles.track` do, in a number of queries that does not grow with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, DataError

from helpdesk.customers.filing.batch import identified, keep, tracked
from helpdesk.customers.filing.incoming import EventRow, Refusal, read_event, read_row
from helpdesk.customers.models import Customer, Event

__all__ = ["EventRow", "Refused", "identify_many", "track_many"]


@dataclass(frozen=True)
class Refused:
    """What became of a row that was not kept."""

    reason: str


def identify_many(rows: Sequence[Mapping[str, Any]], *, at: datetime | None = None) -> list[Customer | Refused]:
    """One outcome for each row, in order. Each row holds the arguments of `profiles.identify`, and sees those before it.

    `at`: since when it is so, for rows that do not say. A row that cannot be kept is Refused and harms no other.
    """
    return _each(rows, lambda row: read_row(**{"at": at} | dict(row)), identified)


def track_many(rows: Sequence[EventRow]) -> list[Event | Refused]:
    """One outcome for each row, in order. An `external_id` that is known, from before or from this batch, gives the first event again.

    A row that is Refused leaves no customer behind.
    """
    return _each(rows, read_event, tracked)


def _each[Row, Clean, Kept](rows: Sequence[Row], read: Callable[[Row], Clean], work: Callable[[Sequence[Clean]], list[Kept]]) -> list[Kept | Refused]:
    clean = [_or_refused(read, row) for row in rows]
    outcomes = _together(work, [row for row in clean if not isinstance(row, Refused)])
    kept = iter(outcomes)
    return [row if isinstance(row, Refused) else next(kept) for row in clean]


def _or_refused[Row, Clean](read: Callable[[Row], Clean], row: Row) -> Clean | Refused:
    try:
        return read(row)
    except Refusal as problem:
        return Refused(str(problem))
    except (TypeError, ValueError, AttributeError):
        return Refused("This row does not have the form that is asked for.")


def _together[Clean, Kept](work: Callable[[Sequence[Clean]], list[Kept]], rows: Sequence[Clean]) -> list[Kept | Refused]:
    """All at once; where that fails, each alone, so that one row harms no other."""
    try:
        return [*keep(work, rows)] if rows else []
    except (DatabaseError, Refusal) as problem:
        if len(rows) > 1:
            return [outcome for row in rows for outcome in _together(work, [row])]
        if isinstance(problem, (DataError, Refusal)):
            return [Refused("This row holds what the database cannot keep." if isinstance(problem, DataError) else str(problem))]
        raise
