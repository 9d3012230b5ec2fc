"""Filters and timeframes, read from JSON (SPEC part 3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from helpdesk.conditions.automaton import compile_pattern
from helpdesk.conditions.base import Filter
from helpdesk.conditions.dates import UNITS, Date, Timeframe, as_moment
from helpdesk.conditions.filters import Boolean, Existence, ListFilter, Numeric, String, as_number
from helpdesk.conditions.patterns import PatternError
from helpdesk.conditions.shape import DefinitionError, choice, fields, join, texts, truth, whole

LONGEST_WINDOW = 100_000

_FILTERS: dict[str, type[Any]] = {kind.type: kind for kind in (Numeric, String, Boolean, Existence, ListFilter, Date)}


def parse_filter(data: Any, path: str, *allowed: type[Any]) -> Filter:
    """A filter of one of the `allowed` types, any if none is named."""
    types = tuple(kind.type for kind in allowed) or tuple(_FILTERS)
    kind = _FILTERS[choice(data, "type", path, types)]
    name = choice(data, "operator", path, tuple(kind.operators))
    made: Filter
    if kind is Date:
        made = Date(name, **_date_arguments(data, name, path))
    elif kind is Existence:
        fields(data, path, "type", "operator")
        made = Existence(name)
    else:
        fields(data, path, "type", "operator", "value")
        made = kind(name, _VALUES[kind.type](data["value"], name, f"{path}.value"))
    return made


def _number(value: Any, _operator: str, path: str) -> float:
    if not isinstance(value, (int, float)) or as_number(value) is None:
        raise DefinitionError(path, "a number")
    return value


def _one_text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise DefinitionError(path, "a text")
    return value


def _of_string(value: Any, operator: str, path: str) -> str | tuple[str, ...]:
    if operator in ("in", "not-in"):
        return texts(value, path)
    pattern = _one_text(value, path)
    if operator in ("regex", "nregex"):
        try:
            compile_pattern(pattern)
        except PatternError as error:
            raise DefinitionError(path, f"a simpler regular expression ({error})") from None
    return pattern


def _of_list(value: Any, operator: str, path: str) -> str | int | tuple[str, ...]:
    if operator.startswith("length-"):
        return whole(value, path, least=0, most=LONGEST_WINDOW, expected=f"a whole number from 0 to {LONGEST_WINDOW}")
    if operator.removeprefix("not-") in ("contains-any", "contains-all"):
        return texts(value, path)
    return _one_text(value, path)


_VALUES: dict[str, Callable[[Any, str, str], Any]] = {
    "numeric": _number,
    "string": _of_string,
    "boolean": lambda value, _operator, path: truth(value, path),
    "list": _of_list,
}


def parse_timeframe(data: Any, path: str) -> Timeframe:
    if not isinstance(data, dict) or data.get("type") != "date":
        raise DefinitionError(f"{path}.type", "date")
    name = choice(data, "operator", path, tuple(Timeframe.operators))
    return Timeframe(name, **_date_arguments(data, name, path))


def _date_arguments(data: dict[str, Any], operator: str, path: str) -> dict[str, Any]:
    match operator:
        case "alltime" | "anniversary" | "anniversary-month":
            fields(data, path, "type", "operator")
            return {}
        case "before" | "after":
            fields(data, path, "type", "operator", "date")
            return {"end" if operator == "before" else "start": _moment(data, "date", path)}
        case "between-static":
            return _between_dates(data, path)
        case "between":
            return _between_ago(data, path)
        case "calendar-month":
            fields(data, path, "type", "operator", "value")
            return {"quantity": whole(data["value"], join(path, "value"), least=1, most=12, expected="a month, 1 to 12")}
    fields(data, path, "type", "operator", "quantity", "unit")
    quantity = whole(data["quantity"], join(path, "quantity"), least=1, most=LONGEST_WINDOW, expected=f"a whole number from 1 to {LONGEST_WINDOW}")
    return {"quantity": quantity, "unit": choice(data, "unit", path, tuple(UNITS))}


def _between_dates(data: dict[str, Any], path: str) -> dict[str, Any]:
    fields(data, path, "type", "operator", "start", "end")
    start, end = _moment(data, "start", path), _moment(data, "end", path)
    if start >= end:
        raise DefinitionError(join(path, "end"), "a date after start")
    return {"start": start, "end": end}


def _between_ago(data: dict[str, Any], path: str) -> dict[str, Any]:
    """`start` to `end` units ago: the nearer first."""
    fields(data, path, "type", "operator", "start", "end", "unit")
    nearer = whole(data["start"], join(path, "start"), least=0, most=LONGEST_WINDOW, expected=f"a whole number from 0 to {LONGEST_WINDOW}")
    further = whole(data["end"], join(path, "end"), least=nearer + 1, most=LONGEST_WINDOW, expected=f"a whole number above start, up to {LONGEST_WINDOW}")
    return {"quantity": nearer, "further": further, "unit": choice(data, "unit", path, tuple(UNITS))}


def _moment(data: dict[str, Any], name: str, path: str) -> datetime:
    value = data[name]
    moment = as_moment(value) if isinstance(value, str) else None
    if moment is None:
        raise DefinitionError(join(path, name), "a date such as 2026-11-22 or 2026-11-22T13:07:00Z")
    return moment
