"""What the page of a back-test shows: two charts, each rule, and what would move."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from agents.models import Team
from routing.backtest.models import BackTest, Moved
from routing.backtest.report import Load, Report, report_of
from routing.models import Rule, RuleSet
from routing.rule_set import Rules

SHOWN = 100
ROW, PLOT, LABELS = 40, 340, 146  # of the bars by team: height of a row, longest bar, where bars begin
TOP, BOTTOM, STEP = 14, 188, 21.75  # of the bars by hour


@dataclass(frozen=True)
class TeamBar:
    """Lengths in the units of the drawing."""

    name: str
    load: Load
    y: int
    before: float
    after: float

    @property
    def change(self) -> str:
        return f"+{self.load.change}" if self.load.change > 0 else f"−{-self.load.change}" if self.load.change else "±0"

    @property
    def end(self) -> float:
        return LABELS + max(self.before, self.after) + 8


@dataclass(frozen=True)
class HourBar:
    hour: int
    x: float
    counts: tuple[int, int]
    heights: tuple[float, float]

    @property
    def tops(self) -> tuple[float, float]:
        return BOTTOM - self.heights[0], BOTTOM - self.heights[1]


@dataclass(frozen=True)
class RuleLine:
    """Of a rule of the draft, or of one that goes: `number` 0."""

    number: int
    name: str
    goes_to: str
    before: int
    after: int


@dataclass(frozen=True)
class MoveLine:
    """`rule` None: no rule takes it any more."""

    moved: Moved
    was: str
    would_be: str
    rule: RuleLine | None


def page_of(test: BackTest) -> dict[str, Any]:
    report, teams = report_of(test), dict(Team.objects.values_list("pk", "name"))
    lines = _rule_lines(test, report)
    bars = _team_bars(report, teams)
    busiest = max(bars, key=lambda bar: (abs(bar.load.change), bar.load.after), default=None)
    return {
        "report": report,
        "also": list(Rule.objects.filter(pk__in=[rule["id"] for rule in test.rules], is_active=False, is_deleted=False).values_list("pk", flat=True)),
        "bars": bars,
        "bars_height": len(bars) * ROW + 10,
        "busiest": busiest,
        "hours": _hour_bars(busiest.load) if busiest else [],
        "grid": _grid(busiest.load) if busiest else [],
        "rules": lines,
        "moves": _moves(test, lines, teams),
        "differing": test.done - test.reproduced,
    }


def _team_bars(report: Report, teams: Mapping[int, str]) -> list[TeamBar]:
    """The busiest on top, those without a team last."""
    longest = max((max(load.before, load.after) for load in report.loads.values()), default=0) or 1
    known = sorted(report.loads.items(), key=lambda item: (item[0] == 0, -item[1].after, item[0]))
    names = {number: teams.get(number, _("A team that was deleted")) if number else _("No team") for number, _load in known}
    return [TeamBar(names[n], load, at * ROW, load.before / longest * PLOT, load.after / longest * PLOT) for at, (n, load) in enumerate(known)]


def _most(load: Load) -> float:
    return max(max(counts) for counts in load.hours.values()) or 1


def _hour_bars(load: Load) -> list[HourBar]:
    scale = (BOTTOM - TOP) / _most(load)
    return [
        HourBar(hour, round(34 + hour * STEP, 1), (round(before), round(after)), (round(before * scale, 1), round(after * scale, 1)))
        for hour, (before, after) in load.hours.items()
    ]


def _grid(load: Load) -> list[tuple[float, str]]:
    """(y, label) of the top line and the one in the middle."""
    most = _most(load)
    return [(TOP, f"{most:g}"), ((TOP + BOTTOM) / 2, f"{most / 2:g}")]


def _rule_lines(test: BackTest, report: Report) -> dict[int, RuleLine]:
    draft = {rule.id: (rule.number, rule.name, rule.goes_to) for rule in Rules.of(test.rules).placed}
    known = draft | _gone(report.rules.keys() - draft.keys())
    return {number: RuleLine(*what, *report.rules.get(number, [0, 0])) for number, what in known.items()}


def _gone(numbers: Collection[int]) -> dict[int, tuple[int, str, str]]:
    """Rules that are not in the draft, as the last version that had each of them calls it."""
    found: dict[int, tuple[int, str, str]] = {}
    versions = RuleSet.objects.order_by("-number").values_list("rules", flat=True).iterator(chunk_size=10) if numbers else iter([])
    while len(found) < len(numbers) and (rules := next(versions, None)) is not None:
        found = {rule["id"]: (0, rule["name"], rule["goes_to"]) for rule in rules if rule["id"] in numbers} | found
    return found


def _moves(test: BackTest, rules: Mapping[int, RuleLine], teams: Mapping[int, str]) -> list[MoveLine]:
    rows = test.moves.select_related("decision__ticket__customer", "decision__team").order_by("-decision__at")[:SHOWN]
    return [MoveLine(moved, _name(moved.decision.team_id, teams), _names(moved.teams, teams), rules.get(moved.rule)) for moved in rows]


def _name(team: int | None, teams: Mapping[int, str]) -> str:
    return teams.get(team, "") if team else _("No team")


def _names(numbers: list[int], teams: Mapping[int, str]) -> str:
    return _(" or ").join(teams.get(number, _("a team that was deleted")) for number in numbers) if numbers else _("No team")
