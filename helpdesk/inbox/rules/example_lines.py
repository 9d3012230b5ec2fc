"""Facts and events of an example ticket as lines that people write, both ways: what was read is written the same again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from helpdesk.customers.facts import stored_name

_LONGEST_AGO = 1_000_000  # hours; more than a hundred years


class BadLine(ValueError):
    """The text is for the user."""


class _Unfit(ValueError):
    """What is wrong with one line, where more can be said than how lines are written."""


def read_facts(text: str) -> dict[str, Any]:
    """`tier = gold` on each line. The value is JSON where it can be read as such, else text. BadLine."""
    return dict(_each(text, _fact, _("write a name and a value, as tier = gold")))


def write_facts(facts: Mapping[str, Any]) -> str:
    return "\n".join(f"{_name(name, '=')} = {_value(value)}" for name, value in facts.items())


def read_events(text: str, at: datetime) -> list[dict[str, Any]]:
    """`Placed Order, 1.5, 49.90` on each line: how many hours before `at`, and its value if it has one; then its properties as JSON. BadLine."""
    return _each(text, lambda line: _event(line, at), _("write an event and how many hours before, as Placed Order, 1.5, 49.90"))


def write_events(events: Sequence[Mapping[str, Any]], at: datetime) -> str:
    return "\n".join(_as_line(event, at) for event in events)


def _each[T](text: str, read: Callable[[str], T], wanted: str) -> list[T]:
    found = []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):  # `splitlines` splits at signs that may stand in a value
        try:
            found += [read(line.strip())] if line.strip() else []
        except _Unfit as problem:
            raise BadLine(_("Line %(number)d: %(wanted)s.") % {"number": number, "wanted": problem}) from None
        except (ValueError, TypeError, InvalidOperation, RecursionError):
            raise BadLine(_("Line %(number)d: %(wanted)s.") % {"number": number, "wanted": wanted}) from None
    return found


def _fact(line: str) -> tuple[str, Any]:
    name, told = _split(line, "=")
    value = _read(told)
    if stored_name(name) == "churn_probability" and not _is_probability(value):
        raise _Unfit(_("churn_probability is a number from 0 to 1, as 0.8"))
    return name, value


def _is_probability(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def _split(line: str, sign: str) -> tuple[str, str]:
    """The name at its beginning, which is JSON if it holds the sign, and the rest."""
    if line.startswith('"'):
        name, end = json.JSONDecoder().raw_decode(line)
        rest = line[end:].lstrip()
        found, rest = rest[:1], rest[1:]
    else:
        name, found, rest = line.partition(sign)
    if found != sign or not name.strip():
        raise ValueError(line)
    return name.strip(), rest.strip()


def _read(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _name(name: str, sign: str) -> str:
    is_plain = sign not in name and not name.startswith('"') and name == " ".join(name.split())
    return name if is_plain else json.dumps(name, ensure_ascii=False)


def _value(value: Any) -> str:
    is_plain = isinstance(value, str) and value == " ".join(value.split()) and _read(value) == value
    return str(value) if is_plain else json.dumps(value, ensure_ascii=False)


def _event(line: str, at: datetime) -> dict[str, Any]:
    metric, rest = _split(line, ",")
    hours, value, properties = (part.strip() for part in (rest + ",,").split(",", 2))
    ago, told = Decimal(hours), properties.rstrip(",").strip()
    if not abs(ago) <= _LONGEST_AGO:
        raise ValueError(hours)
    properties_read = json.loads(told) if told else {}
    if not isinstance(properties_read, dict):
        raise TypeError(told)
    return {
        "metric": metric,
        "occurred_at": at - timedelta(hours=float(ago)),
        "value": Decimal(value) if value else None,
        "properties": properties_read,
    }


def _as_line(event: Mapping[str, Any], at: datetime) -> str:
    hours = (at - datetime.fromisoformat(event["occurred_at"])) / timedelta(hours=1)
    value = "" if event["value"] is None else f"{event['value']:.2f}"
    properties = json.dumps(event["properties"], ensure_ascii=False) if event["properties"] else ""
    parts = [_name(event["metric"], ","), f"{hours:.6f}".rstrip("0").rstrip("."), value, properties]
    return ", ".join(parts[: max(place for place, part in enumerate(parts, 1) if part)])
