"""What a back-test found: added up batch by batch, and as a page or a program reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from routing.backtest.models import BackTest
from routing.backtest.tally import Fate, Tally

Found = dict[str, Any]  # {"fates": {"was:had:rule:teams:hour": n}, "views": {rule: [before, after]}}


def add(found: Found, tally: Tally) -> Found:
    fates = Counter(found.get("fates", {})) + Counter({_key(fate): n for fate, n in tally.fates.items()})
    views = dict(found.get("views", {}))
    for rule in tally.matched:
        before, after = views.get(str(rule), (0, 0))
        views[str(rule)] = [before + tally.entered[rule], after + tally.matched[rule]]
    return {"fates": dict(fates), "views": views}


def _key(fate: Fate) -> str:
    return f"{fate.was}:{fate.had}:{fate.rule}:{','.join(map(str, fate.teams))}:{fate.hour}"


def _fates(test: BackTest) -> Iterator[tuple[Fate, int]]:
    for key, n in test.found.get("fates", {}).items():
        was, had, rule, teams, hour = key.split(":")
        yield Fate(int(was), int(had), int(rule), tuple(int(team) for team in teams.split(",") if team), int(hour)), n


@dataclass
class Load:
    """Of one team, 0 for none: how many decisions went there, and would go; and by hour of the day."""

    before: int = 0
    after: float = 0
    hours: dict[int, list[float]] = field(default_factory=lambda: {hour: [0, 0] for hour in range(24)})

    @property
    def change(self) -> int:
        return round(self.after) - self.before


@dataclass
class Report:
    """`loads` by team; `rules`: of each rule, how many it took, or put into its view, and how many with the draft."""

    moved: int = 0
    entering: int = 0  # more than before enter a view, by all rules together
    loads: dict[int, Load] = field(default_factory=dict)
    rules: dict[int, list[int]] = field(default_factory=dict)


def report_of(test: BackTest) -> Report:
    """Where several teams would take turns, each gets its share."""
    report = Report(rules={int(rule): list(counts) for rule, counts in test.found.get("views", {}).items()})
    report.entering = sum(max(after - before, 0) for before, after in report.rules.values())
    for fate, n in _fates(test):
        report.moved += n if fate.has_moved else 0
        _count(report, fate, n)
    return report


def _count(report: Report, fate: Fate, n: int) -> None:
    before = report.loads.setdefault(fate.was, Load())
    before.before += n
    before.hours[fate.hour][0] += n
    for team in fate.teams or (0,):
        share = n / (len(fate.teams) or 1)
        after = report.loads.setdefault(team, Load())
        after.after += share
        after.hours[fate.hour][1] += share
    for rule, side in ((fate.had, 0), (fate.rule, 1)):
        if rule:
            report.rules.setdefault(rule, [0, 0])[side] += n
