"""Filters: what a value is compared with. One class for each type of SPEC part 3; dates have a module of their own."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any, ClassVar

from helpdesk.conditions.automaton import compile_pattern
from helpdesk.conditions.base import Filter, Test

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": operator.eq,
    "not-equals": operator.ne,
    "greater-than": operator.gt,
    "greater-than-or-equal": operator.ge,
    "less-than": operator.lt,
    "less-than-or-equal": operator.le,
}


@dataclass(frozen=True)
class Numeric(Filter):
    operator: str
    value: float
    type: ClassVar[str] = "numeric"
    operators: ClassVar[Sequence[str]] = tuple(_COMPARISONS)

    def test(self) -> Test:
        compare, wanted, of_none = _COMPARISONS[self.operator], self.value, self.operator == "not-equals"

        def test(value: Any, _now: datetime) -> bool:
            number = as_number(value)
            return of_none if number is None else compare(number, wanted)

        return test


def as_number(value: Any) -> float | None:
    """A finite number, or text that is one; None for anything else, booleans included."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


_TEXT_TESTS: dict[str, Callable[[Any], Callable[[str], bool]]] = {
    "equals": lambda wanted: wanted.__eq__,
    "contains": lambda wanted: lambda text: wanted in text,
    "starts-with": lambda wanted: lambda text: text.startswith(wanted),
    "ends-with": lambda wanted: lambda text: text.endswith(wanted),
    "regex": lambda pattern: compile_pattern(pattern).finds,
    "in": lambda wanted: frozenset(wanted).__contains__,
}


@dataclass(frozen=True)
class String(Filter):
    """Compares exactly, upper and lower case included."""

    operator: str
    value: str | tuple[str, ...]
    type: ClassVar[str] = "string"
    operators: ClassVar[Sequence[str]] = (*_TEXT_TESTS, *(f"not-{name}" for name in _TEXT_TESTS if name != "regex"), "nregex")

    def test(self) -> Test:
        name, negated = positive(self.operator)
        holds = _TEXT_TESTS[name](self.value)

        def test(value: Any, _now: datetime) -> bool:
            if value is None or isinstance(value, (list, tuple, dict)):
                return negated
            return holds(as_text(value)) is not negated

        return test


def positive(name: str) -> tuple[str, bool]:
    """The operator without its *not*, and whether it had one."""
    bare = "regex" if name == "nregex" else name.removeprefix("not-")
    return bare, bare != name


def as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_entry(value: Any) -> str:
    """An entry of a list, as text. The unit separator divides entries where databases keep them: it counts as a blank."""
    return as_text(value).replace("\x1f", " ")


@dataclass(frozen=True)
class Boolean(Filter):
    operator: str
    value: bool
    type: ClassVar[str] = "boolean"
    operators: ClassVar[Sequence[str]] = ("equals",)

    def test(self) -> Test:
        return lambda value, _now: value is self.value


@dataclass(frozen=True)
class Existence(Filter):
    operator: str
    type: ClassVar[str] = "existence"
    operators: ClassVar[Sequence[str]] = ("is-set", "not-set")

    def test(self) -> Test:
        wanted = self.operator == "is-set"
        return lambda value, _now: (value not in (None, "", [])) is wanted


_LIST_TESTS: dict[str, Callable[[list[str], Any], bool]] = {
    "contains": lambda items, wanted: wanted in items,
    "contains-any": lambda items, wanted: any(item in items for item in wanted),
    "contains-all": lambda items, wanted: all(item in items for item in wanted),
    "contains-substring": lambda items, wanted: any(wanted in item for item in items),
}
_LENGTHS = {f"length-{name}": compare for name, compare in _COMPARISONS.items() if name != "not-equals"}


@dataclass(frozen=True)
class ListFilter(Filter):
    """What is no list holds nothing, and has no length."""

    operator: str
    value: str | int | tuple[str, ...]
    type: ClassVar[str] = "list"
    operators: ClassVar[Sequence[str]] = (*_LIST_TESTS, *(f"not-{name}" for name in _LIST_TESTS), *_LENGTHS)

    def entries(self) -> str | tuple[str, ...]:
        """What is wanted, as entries are kept."""
        return tuple(map(as_entry, self.value)) if isinstance(self.value, tuple) else as_entry(self.value)

    def test(self) -> Test:
        if compare := _LENGTHS.get(self.operator):
            return lambda value, _now: isinstance(value, (list, tuple)) and compare(len(value), self.value)
        name, negated = positive(self.operator)
        holds, wanted = _LIST_TESTS[name], self.entries()

        def test(value: Any, _now: datetime) -> bool:
            items = [as_entry(item) for item in value] if isinstance(value, (list, tuple)) else []
            return holds(items, wanted) is not negated

        return test
