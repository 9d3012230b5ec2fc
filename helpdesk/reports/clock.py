"""How long something took, in whole minutes: of business hours, or of any clock. In SQL, so that a million tickets can be asked."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Func, IntegerField

from agents.hours import desk_hours, open_stretches

_FOR_EVER = 2**40  # seconds


@dataclass(frozen=True)
class Clock:
    """It runs from each of `starts` to the end at the same place, and shows the instant plus `offsets` there. All in seconds since 1970."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    offsets: tuple[int, ...]

    def shows(self, at: int) -> int:
        place = bisect_right(self.starts, at) - 1
        return 0 if place < 0 else min(at, self.ends[place]) + self.offsets[place]


ANY_CLOCK = Clock((0,), (_FOR_EVER,), (0,))


def desk_clock(since: datetime, until: datetime) -> Clock:
    """Runs while the desk is open."""
    stretches = list(_joined(sorted((int(start.timestamp()), int(end.timestamp())) for start, end in open_stretches(desk_hours(), since, until))))
    run, offsets = 0, []
    for start, end in stretches:
        offsets.append(run - start)
        run += end - start
    return Clock(tuple(start for start, _end in stretches), tuple(end for _start, end in stretches), tuple(offsets))


def _joined(stretches: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Periods of a day may overlap: no second runs twice."""
    latest = 0
    for start, end in stretches:
        if end > latest:
            yield max(start, latest), end
            latest = end


class Minutes(Func):
    """Between two columns, by a clock; NULL if the second is. Never less than 0: a merged ticket can have its reply before it was created."""

    output_field = IntegerField()

    def __init__(self, since: str, until: str, clock: Clock) -> None:
        super().__init__(since, until)
        self.clock = clock

    def as_postgresql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, list[Any]]:
        (since, _), (until, _) = (compiler.compile(each) for each in self.get_source_expressions())
        shown = f"GREATEST(0, ({_shown(until)} - {_shown(since)}) / 60)"
        clock = [list(values) for values in (self.clock.ends, self.clock.starts, self.clock.offsets, self.clock.starts)]
        return f"CASE WHEN {until} IS NOT NULL THEN {shown} END", [*clock, *clock]

    def as_sqlite(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, list[Any]]:  # type: ignore[override] # as Django's own, which gives lists
        connection.ensure_connection()
        connection.connection.create_function("REPORT_MINUTES", 3, _minutes, deterministic=True)
        (since, _), (until, _) = (compiler.compile(each) for each in self.get_source_expressions())
        clock = json.dumps([self.clock.starts, self.clock.ends, self.clock.offsets])
        return f"REPORT_MINUTES({since}, {until}, %s)", [clock]


def _shown(column: str) -> str:
    """As `Clock.shows`. LEAST passes over NULL, which an array has before its first place; width_bucket is quick among floats alone."""
    at = f"date_part('epoch', {column})"
    place = f"width_bucket({at}, %s::float8[])"
    return f"COALESCE(LEAST(floor({at})::bigint, (%s::bigint[])[{place}]) + (%s::bigint[])[{place}], 0)"


def _minutes(since: str, until: str | None, clock: str) -> int | None:
    if until is None:
        return None
    known = _read(clock)
    return max(0, (known.shows(_seconds(until)) - known.shows(_seconds(since))) // 60)


@lru_cache(maxsize=8)
def _read(clock: str) -> Clock:
    return Clock(*map(tuple, json.loads(clock)))


def _seconds(at: str) -> int:
    return int(datetime.fromisoformat(f"{at}+00:00").timestamp())
