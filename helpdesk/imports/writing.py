"""Rows into the database, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from helpdesk.customers.bulk import EventRow, Refused, identify_many, track_many
from helpdesk.customers.models import Customer, Event
from helpdesk.imports.batches import Tally


@dataclass(frozen=True)
class Line:
    """A row with its number and its cells as they were, which whoever repairs it wants to see. `problem`: why it is not even tried."""

    number: int
    raw: list[str]
    row: Mapping[str, Any] | EventRow | None = None
    problem: str = ""


def write(lines: Sequence[Line]) -> Tally:
    """All customers or all events. Inside the caller's transaction."""
    now = timezone.now()
    tried = [line for line in lines if line.row is not None]
    tally = Tally(done=len(lines), refused=[(line.number, line.problem, line.raw) for line in lines if line.row is None])
    for line, outcome in zip(tried, _outcomes([line.row for line in tried]), strict=True):
        if isinstance(outcome, Refused):
            tally.refused.append((line.number, outcome.reason, line.raw))
        elif outcome.is_new:
            tally.new += 1
        else:
            tally.changed += _has_changed(outcome, now)
    return tally


def _outcomes(rows: Sequence[Any]) -> Sequence[Customer | Event | Refused]:
    if rows and isinstance(rows[0], EventRow):
        return track_many(rows)
    return identify_many(rows)


def _has_changed(outcome: Customer | Event, since: datetime) -> bool:
    return isinstance(outcome, Customer) and outcome.changed_at is not None and outcome.changed_at >= since
