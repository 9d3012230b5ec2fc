"""Filters: what a value is compared with. One class for each type of SPEC part 3.

`matches(value)` is total: a missing value, or one of the wrong type, does not match; only the
filters that say *not*, and `not-set`, match a missing value.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite
from typing import Any, ClassVar, Protocol


class Filter(Protocol):
    type: ClassVar[str]

    def matches(self, value: Any) -> bool: ...


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": operator.eq,
    "not-equals": operator.ne,
    "greater-than": operator.gt,
    "greater-than-or-equal": operator.ge,
    "less-than": operator.lt,
    "less-than-or-equal": operator.le,
}


@dataclass(frozen=True)
class Numeric:
    operator: str
    value: float
    type: ClassVar[str] = "numeric"
    operators: ClassVar[Sequence[str]] = tuple(_COMPARISONS)

    def matches(self, value: Any) -> bool:
        number = as_number(value)
        if number is None:
            return self.operator == "not-equals"
        return _COMPARISONS[self.operator](number, self.value)


def as_number(value: Any) -> float | None:
    """A finite number, or text that is one; None for anything else, booleans included."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


_TEXT_TESTS: dict[str, Callable[[str, Any], bool]] = {
    "equals": operator.eq,
    "contains": operator.contains,
    "starts-with": str.startswith,
    "ends-with": str.endswith,
    "in": lambda text, values: text in values,
}


@dataclass(frozen=True)
class String:
    operator: str
    value: str | tuple[str, ...]
    type: ClassVar[str] = "string"
    operators: ClassVar[Sequence[str]] = (*_TEXT_TESTS, *(f"not-{name}" for name in _TEXT_TESTS))

    def matches(self, value: Any) -> bool:
        negated = self.operator.startswith("not-")
        if value is None or isinstance(value, (list, dict)):
            return negated
        return _TEXT_TESTS[self.operator.removeprefix("not-")](as_text(value), self.value) is not negated


def as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Boolean:
    operator: str
    value: bool
    type: ClassVar[str] = "boolean"
    operators: ClassVar[Sequence[str]] = ("equals",)

    def matches(self, value: Any) -> bool:
        return isinstance(value, bool) and value == self.value


@dataclass(frozen=True)
class Existence:
    operator: str
    type: ClassVar[str] = "existence"
    operators: ClassVar[Sequence[str]] = ("is-set", "not-set")

    def matches(self, value: Any) -> bool:
        return (value not in (None, "", [])) is (self.operator == "is-set")


_LIST_TESTS: dict[str, Callable[[list[str], Any], bool]] = {
    "contains": lambda items, wanted: wanted in items,
    "contains-any": lambda items, wanted: any(item in items for item in wanted),
    "contains-all": lambda items, wanted: all(item in items for item in wanted),
    "contains-substring": lambda items, wanted: any(wanted in item for item in items),
}


@dataclass(frozen=True)
class ListFilter:
    operator: str
    value: str | tuple[str, ...]
    type: ClassVar[str] = "list"
    operators: ClassVar[Sequence[str]] = (*_LIST_TESTS, "not-contains", "not-contains-any", "not-contains-substring")

    def matches(self, value: Any) -> bool:
        negated = self.operator.startswith("not-")
        items = [as_text(item) for item in value] if isinstance(value, (list, tuple)) else []
        return _LIST_TESTS[self.operator.removeprefix("not-")](items, self.value) is not negated


UNITS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


@dataclass(frozen=True)
class Timeframe:
    """Half-open: the lower bound is in, the upper is out; what happens *now* counts as past."""

    operator: str
    quantity: int = 0
    unit: str = "hour"
    type: ClassVar[str] = "date"
    operators: ClassVar[Sequence[str]] = ("alltime", "in-the-last")

    def window(self, now: datetime) -> tuple[datetime | None, datetime]:
        """(since, until): since None is the beginning of time. `until` is just after now."""
        until = now + timedelta(microseconds=1)
        if self.operator == "alltime":
            return None, until
        return now - self.quantity * UNITS[self.unit], until
