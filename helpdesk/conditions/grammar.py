"""The grammar of conditions (SPEC part 3): JSON in, dataclasses out, or an error that names the place.

definition := {"condition_groups": [group, …]}     groups joined by AND
group      := {"conditions": [condition, …]}       conditions in a group joined by OR
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from helpdesk.conditions.filters import UNITS, Boolean, Existence, Filter, ListFilter, Numeric, String, Timeframe, as_number

LIMIT = 100
TICKET_FIELDS = ("channel", "tags", "sentiment", "sentiment_score", "subject", "body", "language", "team", "assignee")


class DefinitionError(ValueError):
    """Names the path, as condition_groups[1].conditions[0].filter.operator, and what was expected there."""

    def __init__(self, path: str, expected: str) -> None:
        self.path, self.expected = path, expected
        super().__init__(f"{path}: expected {expected}.")


@dataclass(frozen=True)
class MetricCondition:
    """What someone has done, or not done (R8)."""

    metric: str
    measurement: str
    measurement_filter: Numeric
    timeframe: Timeframe


@dataclass(frozen=True)
class PropertyCondition:
    """Properties about someone (R9): a well-known name, or `properties['x']`."""

    property: str
    filter: Filter


@dataclass(frozen=True)
class TicketCondition:
    """Ticket properties (R10)."""

    property: str
    filter: Filter


Condition = MetricCondition | PropertyCondition | TicketCondition


@dataclass(frozen=True)
class Group:
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Definition:
    groups: tuple[Group, ...]


def parse_definition(data: Any) -> Definition:
    """DefinitionError for anything that is not the grammar; nothing unknown is passed over in silence."""
    _must_be_storable(data)
    groups = _items(_fields(data, "", "condition_groups"), "condition_groups", "")
    parsed = Definition(tuple(_group(group, f"condition_groups[{i}]") for i, group in enumerate(groups)))
    if sum(len(group.conditions) for group in parsed.groups) > LIMIT:
        raise DefinitionError("condition_groups", f"at most {LIMIT} conditions")
    return parsed


def _must_be_storable(data: Any) -> None:
    """Half a surrogate pair and NUL are JSON, but no page can show the one and PostgreSQL keeps neither."""
    try:
        text = json.dumps(data, ensure_ascii=False)
        text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise DefinitionError("definition", "text that can be stored") from error
    if "\\u0000" in text:
        raise DefinitionError("definition", "text without NUL characters")


def _group(data: Any, path: str) -> Group:
    conditions = _items(_fields(data, path, "conditions"), "conditions", path)
    return Group(tuple(_condition(condition, f"{path}.conditions[{i}]") for i, condition in enumerate(conditions)))


def _condition(data: Any, path: str) -> Condition:
    kind = _choice(data if isinstance(data, dict) else {}, "type", path, tuple(_CONDITIONS))
    return _CONDITIONS[kind](data, path)


def _metric(data: Any, path: str) -> MetricCondition:
    _fields(data, path, "type", "metric", "measurement", "measurement_filter", "timeframe_filter")
    measured = parse_filter(data.get("measurement_filter"), f"{path}.measurement_filter", Numeric)
    assert isinstance(measured, Numeric)
    return MetricCondition(
        metric=_text(data, "metric", path),
        measurement=_choice(data, "measurement", path, ("count", "sum")),
        measurement_filter=measured,
        timeframe=_timeframe(data.get("timeframe_filter"), f"{path}.timeframe_filter"),
    )


def _profile_property(data: Any, path: str) -> PropertyCondition:
    _fields(data, path, "type", "property", "filter")
    return PropertyCondition(_text(data, "property", path), parse_filter(data.get("filter"), f"{path}.filter"))


def _ticket_property(data: Any, path: str) -> TicketCondition:
    _fields(data, path, "type", "property", "filter")
    name = _choice(data, "property", path, TICKET_FIELDS)
    allowed = _TICKET_FILTERS.get(name, (String, Existence))  # any other would never match, and not say so
    return TicketCondition(name, parse_filter(data.get("filter"), f"{path}.filter", *allowed))


_TICKET_FILTERS: dict[str, tuple[type[Any], ...]] = {"tags": (ListFilter, Existence), "sentiment_score": (Numeric, Existence)}


_CONDITIONS: dict[str, Callable[[Any, str], Condition]] = {
    "profile-metric": _metric,
    "profile-property": _profile_property,
    "ticket-property": _ticket_property,
}
_FILTERS = {kind.type: kind for kind in (Numeric, String, Boolean, Existence, ListFilter)}


def parse_filter(data: Any, path: str, *allowed: type[Any]) -> Filter:
    """A filter of one of the `allowed` types, any if none is named."""
    types = tuple(kind.type for kind in allowed) or tuple(_FILTERS)
    kind: type[Any] = _FILTERS[_choice(data if isinstance(data, dict) else {}, "type", path, types)]
    name = _choice(data, "operator", path, tuple(kind.operators))
    if kind is Existence:
        _fields(data, path, "type", "operator")
        return Existence(name)
    _fields(data, path, "type", "operator", "value")
    made: Filter = kind(name, _VALUES[kind.type](data.get("value"), name, f"{path}.value"))
    return made


def _number(value: Any, _operator: str, path: str) -> float:
    if not isinstance(value, (int, float)) or as_number(value) is None:
        raise DefinitionError(path, "a number")
    return value


def _bool(value: Any, _operator: str, path: str) -> bool:
    if not isinstance(value, bool):
        raise DefinitionError(path, "true or false")
    return value


def _text_or_texts(value: Any, operator: str, path: str) -> str | tuple[str, ...]:
    if operator.removeprefix("not-") in ("in", "contains-any", "contains-all"):
        if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
            raise DefinitionError(path, "a list of texts")
        return tuple(value)
    if not isinstance(value, str):
        raise DefinitionError(path, "a text")
    return value


_VALUES: dict[str, Callable[[Any, str, str], Any]] = {"numeric": _number, "boolean": _bool, "string": _text_or_texts, "list": _text_or_texts}


def _timeframe(data: Any, path: str) -> Timeframe:
    if not isinstance(data, dict) or data.get("type") != "date":
        raise DefinitionError(f"{path}.type", "date")
    if _choice(data, "operator", path, tuple(Timeframe.operators)) == "alltime":
        _fields(data, path, "type", "operator")
        return Timeframe("alltime")
    _fields(data, path, "type", "operator", "quantity", "unit")
    quantity = data.get("quantity")
    if isinstance(quantity, bool) or not isinstance(quantity, int) or not 0 < quantity <= 100_000:
        raise DefinitionError(f"{path}.quantity", "a whole number above 0")
    return Timeframe("in-the-last", quantity, _choice(data, "unit", path, tuple(UNITS)))


def _fields(data: Any, path: str, *names: str) -> dict[str, Any]:
    """`data` as an object that holds exactly these fields."""
    if not isinstance(data, dict):
        raise DefinitionError(path or "definition", "an object with " + ", ".join(names))
    for name in data.keys() - set(names):
        raise DefinitionError(_join(path, str(name) or '""'), "one of " + ", ".join(names))
    for name in names:
        if name not in data:
            raise DefinitionError(_join(path, name), "a value")
    return data


def _items(data: dict[str, Any], name: str, path: str) -> list[Any]:
    items = data[name]
    if not isinstance(items, list) or not items:
        raise DefinitionError(_join(path, name), "a list with at least one entry")
    return items


def _choice(data: dict[str, Any], name: str, path: str, choices: tuple[str, ...]) -> str:
    value = data.get(name)
    if not isinstance(value, str) or value not in choices:
        raise DefinitionError(_join(path, name), "one of " + ", ".join(choices))
    return value


def _text(data: dict[str, Any], name: str, path: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value.strip():
        raise DefinitionError(_join(path, name), "a text")
    return value


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
