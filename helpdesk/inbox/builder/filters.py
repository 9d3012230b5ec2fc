"""A filter or a timeframe, as JSON and as the fields of a form."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from helpdesk.conditions.dates import Date, Timeframe
from helpdesk.conditions.filters import Boolean, Existence, ListFilter, Numeric, String
from helpdesk.inbox.builder.texts import read, written

Row = dict[str, Any]  # {field: text}; "values" is a list of texts, "where" a list of rows
JSON = dict[str, Any]

_DATES = {"before": "date", "after": "date", "between-static": "dates", "between": "between", "calendar-month": "month"}
_NO_DATES = ("alltime", "anniversary", "anniversary-month")
# Of each shape: the JSON's arguments, which are the form's fields, and how they are written.
PARTS: dict[str, dict[str, str]] = {
    "": {},
    "text": {"value": "text"},
    "texts": {"values": "texts"},
    "number": {"value": "number"},
    "truth": {"value": "truth"},
    "date": {"date": "moment"},
    "dates": {"start": "moment", "end": "moment"},
    "quantity": {"quantity": "number", "unit": "word"},
    "between": {"start": "number", "end": "number", "unit": "word"},
    "month": {"value": "number"},
}
FILTERS: tuple[type[Any], ...] = (String, Numeric, Date, ListFilter, Boolean, Existence)
TESTS = [f"{kind.type}:{name}" for kind in FILTERS for name in kind.operators]
WHENS = list(Timeframe.operators)


def shape(test: str) -> str:
    """What is compared with: `test` is a filter's type and operator, as "string:equals"."""
    kind, _colon, operator = test.partition(":")
    if kind == "date":
        return "" if operator in _NO_DATES else _DATES.get(operator, "quantity")
    if kind == "list" and operator.startswith("length-"):
        return "number"
    if kind in ("string", "list"):
        return "texts" if operator.removeprefix("not-") in ("in", "contains-any", "contains-all") else "text"
    return {"numeric": "number", "boolean": "truth"}.get(kind, "")


def filter_fields(data: JSON) -> Row:
    test = f"{data['type']}:{data['operator']}"
    return {"test": test} | _fields(data, shape(test))


def filter_json(row: Row) -> JSON:
    kind, _colon, operator = row["test"].partition(":")
    return {"type": kind, "operator": operator} | _arguments(row, shape(row["test"]))


def timeframe_fields(data: JSON) -> Row:
    return {"when": data["operator"]} | _fields(data, shape(f"date:{data['operator']}"))


def timeframe_json(row: Row) -> JSON:
    return {"type": "date", "operator": row["when"]} | _arguments(row, shape(f"date:{row['when']}"))


def _fields(data: JSON, shape: str) -> Row:
    return {name: WRITE[how](data[_argument(name)]) for name, how in PARTS[shape].items()}


def _arguments(row: Row, shape: str) -> JSON:
    return {_argument(name): READ[how](row.get(name)) for name, how in PARTS[shape].items()}


def _argument(field: str) -> str:
    return "value" if field == "values" else field


def read_number(field: str | None) -> Any:
    """A number; or what was written, None for nothing, so that the grammar can say what it expected."""
    try:
        number = json.loads(field or "")
    except (ValueError, RecursionError):
        return field or None
    return number if isinstance(number, (int, float)) else field


def read_text(field: str | None) -> str | None:
    """None for an empty field: the empty text is written as \"\"."""
    return read(field) if field and field.strip() else None


def short_moment(moment: str) -> str:
    """2026-11-22, 2026-11-22T13:07:00: UTC goes without saying, and so does midnight."""
    return moment.removesuffix("+00:00").removesuffix("T00:00:00")


WRITE: dict[str, Callable[[Any], Any]] = {
    "text": written,
    "texts": lambda texts: [written(text) for text in texts],
    "number": json.dumps,
    "truth": json.dumps,
    "moment": short_moment,
    "word": str,
}
READ: dict[str, Callable[[Any], Any]] = {
    "text": read_text,
    "texts": lambda fields: [read(field) for field in fields or []],
    "number": read_number,
    "truth": {"true": True, "false": False}.get,
    "moment": lambda field: (field or "").strip(),
    "word": lambda field: field,
}
