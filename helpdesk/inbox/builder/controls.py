"""What stands in a condition, from left to right: a sentence of selects and fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from helpdesk.conditions.grammar import (
    ConsentCondition,
    DefinitionError,
    GroupCondition,
    MetricCondition,
    PredictionCondition,
    PropertyCondition,
    RegionCondition,
    TicketCondition,
)
from helpdesk.inbox.builder import settling, words
from helpdesk.inbox.builder.filters import Row, read_text, shape
from helpdesk.inbox.builder.picks import Offer, Picks, complete, picks_for
from helpdesk.inbox.builder.problems import field_of, problem
from helpdesk.inbox.builder.state import Builder
from helpdesk.inbox.builder.texts import read

Groups = list[tuple[str, Offer]]  # of a select: (title, choices)


@dataclass
class Control:
    """`kind`: select, field, tokens, word, hidden. A field that `reshapes` changes what stands beside it."""

    name: str
    label: str
    kind: str = "select"
    value: str = ""
    type: str = "text"
    groups: Groups = field(default_factory=list)
    offers: Offer = field(default_factory=list)
    tokens: list[tuple[str, str]] = field(default_factory=list)
    reshapes: bool = False
    is_kind: bool = False
    is_wrong: bool = False

    @property
    def place(self) -> str:
        """The prefix of its line."""
        return self.name.rpartition("-")[0]

    @property
    def add(self) -> str:
        """The field in which the next entry of a list is written."""
        return f"{self.place}-add"


@dataclass
class Line:
    """A condition, or the part of one that says which events count."""

    prefix: str
    controls: list[Control]
    wheres: list[Line] = field(default_factory=list)
    problem: str = ""
    can_narrow: bool = False
    is_first: bool = False


@dataclass
class Sheet:
    """The builder as a page shows it."""

    groups: list[list[Line]]
    metrics: Offer
    properties: Offer
    focus: str
    problem: str


def sheet(builder: Builder) -> Sheet:
    picks = picks_for(builder)
    complete(builder, picks)
    groups = [
        [_line(row, f"{number}-{place}", picks, builder, builder.problems.get((number, place))) for place, row in enumerate(group)]
        for number, group in enumerate(builder.groups)
    ]
    return Sheet(groups, picks.metrics, picks.properties, builder.focus or _first_wrong(groups), builder.problem)


def _first_wrong(groups: list[list[Line]]) -> str:
    lines = [part for group in groups for line in group for part in (line, *line.wheres)]
    wrong = next((control for line in lines for control in line.controls if control.is_wrong), None)
    return "" if wrong is None else wrong.add if wrong.kind == "tokens" else wrong.name


def _line(row: Row, prefix: str, picks: Picks, builder: Builder, error: DefinitionError | None) -> Line:
    kinds = [kind for kind in settling.KINDS if builder.about_tickets or kind != TicketCondition.type or row["kind"] == kind]
    kind = Control("kind", _("Kind of condition"), value=row["kind"], groups=_plain({kind: words.KINDS[kind] for kind in kinds}), reshapes=True, is_kind=True)
    metric = read_text(row.get("metric")) or ""
    line = Line(
        prefix,
        [_named(each, prefix) for each in (kind, *_controls(row, picks))],
        [_where(wanted, f"{prefix}-w{number}", picks, metric, is_first=number == 0) for number, wanted in enumerate(row.get("where", []))],
        can_narrow=row["kind"] == MetricCondition.type,
    )
    if error:
        _mark(line, error)
    return line


def _mark(line: Line, error: DefinitionError) -> None:
    """Says what is wrong, and marks the field that it is about."""
    line.problem = problem(error)
    wrong = f"{line.prefix}-{field_of(error)}"
    for control in [control for part in (line, *line.wheres) for control in part.controls]:
        control.is_wrong = control.name in (wrong, f"{wrong}s" if control.kind == "tokens" else wrong)


def _where(row: Row, prefix: str, picks: Picks, metric: str, *, is_first: bool) -> Line:
    property_ = Control("property", _("Property of the event"), "field", row.get("property", ""), offers=picks.event_properties(metric), reshapes=True)
    controls = [property_, *_comparison(row, picks, metric)]
    return Line(prefix, [_named(each, prefix) for each in controls], is_first=is_first)


def _named(control: Control, prefix: str) -> Control:
    control.name = f"{prefix}-{control.name}"
    return control


def _controls(row: Row, picks: Picks) -> Iterator[Control]:
    match row["kind"]:
        case MetricCondition.type:
            yield from _metric(row)
        case PropertyCondition.type:
            yield Control("property", _("Property"), "field", row.get("property", ""), reshapes=True, type="properties")
            yield from _comparison(row, picks)
        case PredictionCondition.type:
            yield _select(row, "dimension", _("Number"), words.DIMENSIONS, reshapes=True)
            yield from _comparison(row, picks)
        case TicketCondition.type:
            yield _select(row, "field", _("Property of the ticket"), words.TICKET_FIELDS, reshapes=True)
            yield from _comparison(row, picks)
        case GroupCondition.type:
            yield _select(row, "member", _("Membership"), words.MEMBER)
            yield _tokens(row, _("Segment"), picks.values(row), picks.segments)
        case RegionCondition.type:
            yield _select(row, "inside", _("Comparison"), words.INSIDE)
            yield _select(row, "region", _("Region"), words.REGIONS)
        case ConsentCondition.type:
            yield _select(row, "consent", _("Consent"), words.CONSENTS)
            yield _select(row, "channel", _("Channel"), words.CHANNELS)


def _metric(row: Row) -> Iterator[Control]:
    yield Control("metric", _("Event"), "field", row.get("metric", ""), reshapes=True, type="metrics")
    yield _select(row, "often", _("How often"), words.OFTEN, reshapes=True)
    if row["often"] not in ("once", "never"):
        yield Control("times", _("Number"), "field", row.get("times", ""), type="number")
    yield _select(row, "when", _("When"), words.WHENS, reshapes=True)
    yield from _arguments(row, shape(f"date:{row['when']}"), [])


def _comparison(row: Row, picks: Picks, metric: str = "") -> Iterator[Control]:
    if "seen" in row:
        yield Control("seen", "", "hidden", row["seen"])
    yield Control("test", _("Comparison"), value=row["test"], groups=_tests(row), reshapes=True)
    yield from _arguments(row, shape(row["test"]), picks.values(row, metric))


def _arguments(row: Row, wanted: str, offers: Offer) -> Iterator[Control]:
    match wanted:
        case "text":
            yield _text(row, offers)
        case "texts":
            yield _tokens(row, _("Value"), offers, {value: str(label) for value, label in offers if label})
        case "number":
            yield Control("value", _("Number"), "field", row.get("value", ""), type="number")
        case "truth":
            yield _select(row, "value", _("Value"), words.TRUTHS)
        case "month":
            yield _select(row, "value", _("Month"), words.MONTH_NAMES)
        case "date":
            yield _moment(row, "date", _("Date"))
        case "dates":
            yield from (_moment(row, "start", _("First date")), _word(_("and before")), _moment(row, "end", _("The date it ends before")))
        case "quantity":
            yield from (Control("quantity", _("Number"), "field", row.get("quantity", ""), type="number"), _select(row, "unit", _("Unit"), words.UNITS))
        case "between":
            yield Control("start", _("From"), "field", row.get("start", ""), type="number")
            yield from (_word(_("and")), Control("end", _("To"), "field", row.get("end", ""), type="number"))
            yield _select(row, "unit", _("Unit"), words.UNITS)


def _text(row: Row, offers: Offer) -> Control:
    """What has a name of its own on the page, as the channels have, is chosen; anything else is written."""
    value = row.get("value", "")
    if offers and all(label for _value, label in offers) and row["test"] in ("string:equals", "string:not-equals"):
        known = {"": _("Choose…")} | dict(offers) if not value else dict(offers)
        return _select({"value": value}, "value", _("Value"), known if value in known else known | {value: read(value)})
    return Control("value", _("Value"), "field", value, offers=offers)


def _moment(row: Row, name: str, label: str) -> Control:
    value = row.get(name, "")
    kind = {0: "date", 10: "date", 16: "datetime-local", 19: "datetime-local"}.get(len(value), "text")
    return Control(name, label, "field", value, type=kind)


def _tokens(row: Row, label: str, offers: Offer, names: Mapping[str, str]) -> Control:
    tokens = [(value, names.get(value, read(value) or '""')) for value in row.get("values", [])]
    return Control("values", label, "tokens", offers=[offer for offer in offers if offer[0] not in row.get("values", [])], tokens=tokens)


def _select(row: Row, name: str, label: str, choices: Mapping[str, Any], *, reshapes: bool = False) -> Control:
    return Control(name, label, value=row[name], groups=_plain(choices), reshapes=reshapes)


def _word(text: str) -> Control:
    return Control("", text, "word")


def _plain(choices: Mapping[str, Any]) -> Groups:
    return [("", list(choices.items()))]


def _tests(row: Row) -> Groups:
    """In groups by what is compared, where there is more than one kind of it."""
    tests, groups = settling.tests_of(row), dict[str, Offer]()
    for test, word in words.TESTS.items():
        if test in tests:
            groups.setdefault(str(words.TYPES[test.partition(":")[0]]), []).append((test, word))
    return list(groups.items())
