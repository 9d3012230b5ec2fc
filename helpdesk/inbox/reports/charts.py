"""The drawings of a report, in the units of their SVG."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format, number_format

from helpdesk.reports.service import Given, Replies
from helpdesk.reports.surges import Arrivals

LEFT, RIGHT, TOP, BOTTOM = 40, 548, 10, 184
ROW, LABELS, LONGEST = 30, 146, 340
LINES = 4  # of the grid


@dataclass(frozen=True)
class Axis:
    """`grid`: (y, label); `ticks`: (x, label, anchor). `unit` is what a label counts."""

    top: int
    unit: int
    grid: list[tuple[float, str]]
    ticks: list[tuple[float, str, str]]

    def y(self, value: float) -> float:
        return round(BOTTOM - value / self.top * (BOTTOM - TOP), 1)


@dataclass(frozen=True)
class Lines:
    axis: Axis
    median: list[str]
    slowest: list[str]
    points: list[tuple[float, float]]

    @property
    def is_in_hours(self) -> bool:
        return self.axis.unit == 60


def lines(days: Mapping[date, Replies]) -> Lines:
    """A day without an answered ticket is a gap; a day between two gaps is a point."""
    highest = max((found.slowest or 0 for found in days.values()), default=0)
    axis = _axis(highest, list(days), unit=60 if highest > 240 else 1)
    medians = list(_runs(axis, [found.median for found in days.values()]))
    slowest = list(_runs(axis, [found.slowest for found in days.values()]))
    alone = [run[0] for run in (*medians, *slowest) if len(run) == 1]
    return Lines(axis, _polylines(medians), _polylines(slowest), alone)


def _axis(highest: float, days: Sequence[date], *, unit: int = 1, middles: bool = False) -> Axis:
    """`middles`: each day has room of its own, as a bar needs."""
    step = _nice(highest / unit / LINES) * unit
    grid = [(round(BOTTOM - number / LINES * (BOTTOM - TOP), 1), grouped(number * step // unit)) for number in range(1, LINES + 1)]
    return Axis(step * LINES, unit, grid, list(_ticks(days, middles)))


def _nice(least: float) -> int:
    """The first of 1, 2, 5, 10, 20, 50 … that is not less."""
    power = 1
    while power * 10 < least:
        power *= 10
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least)


def _ticks(days: Sequence[date], middles: bool) -> Iterator[tuple[float, str, str]]:
    last = len(days) - 1
    for place in sorted({round(last * part / 4) for part in range(5)}):
        anchor = "middle" if middles or 0 < place < last else "end" if place else "start"
        yield (_middle if middles else _x)(place, len(days)), date_format(days[place], "MONTH_DAY_FORMAT"), anchor


def _x(place: int, of: int) -> float:
    return round(LEFT + (RIGHT - LEFT) * place / max(1, of - 1), 1)


def _middle(place: int, of: int) -> float:
    return round(LEFT + (RIGHT - LEFT) * (place + 0.5) / of, 1)


def _runs(axis: Axis, values: Sequence[int | None]) -> Iterator[list[tuple[float, float]]]:
    run: list[tuple[float, float]] = []
    for place, value in enumerate([*values, None]):
        if value is not None:
            run.append((_x(place, len(values)), axis.y(value)))
        elif run:
            yield run
            run = []


def _polylines(runs: Sequence[list[tuple[float, float]]]) -> list[str]:
    return [" ".join(f"{x},{y}" for x, y in run) for run in runs if len(run) > 1]


@dataclass(frozen=True)
class AgentBar:
    name: str
    y: int
    by_turn: float
    by_hand: float
    said: str

    @property
    def hand_x(self) -> float:
        return LABELS + self.by_turn

    @property
    def end(self) -> float:
        return LABELS + self.by_turn + self.by_hand + 8


@dataclass(frozen=True)
class AgentBars:
    bars: list[AgentBar]

    @property
    def height(self) -> int:
        return len(self.bars) * ROW + 4


def agent_bars(people: Sequence[Given]) -> AgentBars:
    scale = LONGEST / (max((each.by_turn + each.by_hand for each in people), default=0) or 1)
    bars = [AgentBar(str(each.agent), at * ROW, round(each.by_turn * scale, 1), round(each.by_hand * scale, 1), _said(each)) for at, each in enumerate(people)]
    return AgentBars(bars)


def _said(given: Given) -> str:
    return f"{grouped(given.by_turn)} + {grouped(given.by_hand)}" if given.by_hand else grouped(given.by_turn)


@dataclass(frozen=True)
class DayBar:
    x: float
    y: float
    width: float
    height: float
    is_surge: bool
    middle: float


@dataclass(frozen=True)
class DayBars:
    axis: Axis
    bars: list[DayBar]


def day_bars(days: Sequence[date], arrivals: Sequence[Arrivals]) -> DayBars:
    """All channels together; marked where one of them is a surge."""
    counts, marked = Counter[date](), {each.day for each in arrivals if each.is_surge}
    for each in arrivals:
        counts[each.day] += each.count
    room = (RIGHT - LEFT) / len(days)
    width, axis = min(room * 0.7, 40), _axis(max(counts.values(), default=0), days, middles=True)
    return DayBars(axis, [_bar(_middle(days.index(day), len(days)), axis.y(counts[day]), width, day in marked) for day in sorted(counts)])


def _bar(middle: float, y: float, width: float, is_surge: bool) -> DayBar:
    return DayBar(round(middle - width / 2, 1), y, round(width, 1), round(BOTTOM - y, 1), is_surge, round(middle, 1))


def grouped(number: int) -> str:
    """As the reader's language writes thousands: where a comma is for decimals, 1,234 would be little more than one."""
    return number_format(number, force_grouping=True)
