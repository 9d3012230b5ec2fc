"""Filters: what a value is compared with. One class for each type of SPEC part 3; dates have a module of their own."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
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


def as_number(value: Any) -> float | None:
    """A finite number, or text that is one; None for anything else, booleans included."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


@dataclass(frozen=True)
class Numeric(Filter):
    """Numbers are doubles, as in databases."""

    operator: str
    value: float
    type: ClassVar[str] = "numeric"
    operators: ClassVar[Sequence[str]] = tuple(_COMPARISONS)
    reads = staticmethod(as_number)

    def test(self) -> Test:
        compare, wanted = _COMPARISONS[self.operator], float(self.value)
        if self.operator == "not-equals":
            return lambda number, _now: bool(number != wanted)
        return lambda number, _now: number is not None and compare(number, wanted)


def as_text(value: Any) -> str | None:
    """A plain value as text; None for nothing, a list or an object. Numbers without an exponent: PostgreSQL keeps 1e16 as 10000000000000000."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, (list, tuple, dict)):
        return None
    if isinstance(value, float):
        return format(Decimal(repr(value + 0.0)), "f")  # + 0.0: there is but one zero
    return str(value).lower() if isinstance(value, bool) else str(value)


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
    reads = staticmethod(as_text)

    def test(self) -> Test:
        name, negated = positive(self.operator)
        holds = _TEXT_TESTS[name](self.value)
        if negated:
            return lambda text, _now: text is None or not holds(text)
        return lambda text, _now: text is not None and holds(text)


def positive(name: str) -> tuple[str, bool]:
    """The operator without its *not*, and whether it had one."""
    bare = "regex" if name == "nregex" else name.removeprefix("not-")
    return bare, bare != name


@dataclass(frozen=True)
class Boolean(Filter):
    operator: str
    value: bool
    type: ClassVar[str] = "boolean"
    operators: ClassVar[Sequence[str]] = ("equals",)
    reads = staticmethod(lambda value: value)

    def test(self) -> Test:
        wanted = self.value
        return lambda value, _now: value is wanted


@dataclass(frozen=True)
class Existence(Filter):
    operator: str
    type: ClassVar[str] = "existence"
    operators: ClassVar[Sequence[str]] = ("is-set", "not-set")
    reads = staticmethod(lambda value: value not in (None, "", []))

    def test(self) -> Test:
        wanted = self.operator == "is-set"
        return lambda is_set, _now: is_set is wanted


def as_entries(value: Any) -> list[str] | None:
    return [as_entry(item) for item in value] if isinstance(value, (list, tuple)) else None


def as_entry(value: Any) -> str:
    """An entry of a list, as text. The unit separator divides entries where databases keep them: it counts as a blank."""
    return (as_text(value) or "").replace("\x1f", " ")


_LIST_TESTS: dict[str, Callable[[list[str], Any], bool]] = {
    "contains": lambda items, wanted: wanted in items,
    "contains-any": lambda items, wanted: any(item in items for item in wanted),
    "contains-all": lambda items, wanted: all(item in items for item in wanted),
    "contains-substring": lambda items, wanted: any(wanted in item for item in items),
}
_LENGTHS = {f"length-{name}": compare for name, compare in _COMPARISONS.items() if name != "not-equals"}


@dataclass(frozen=True)
class ListFilter(Filter):
    """What is no list holds nothing, and has no length. An entry that is nothing, a list or an object is an empty text."""

    operator: str
    value: str | int | tuple[str, ...]
    type: ClassVar[str] = "list"
    operators: ClassVar[Sequence[str]] = (*_LIST_TESTS, *(f"not-{name}" for name in _LIST_TESTS), *_LENGTHS)
    reads = staticmethod(as_entries)

    def entries(self) -> str | tuple[str, ...]:
        """What is wanted, as entries are kept."""
        return tuple(map(as_entry, self.value)) if isinstance(self.value, tuple) else as_entry(self.value)

    def test(self) -> Test:
        if compare := _LENGTHS.get(self.operator):
            return lambda items, _now: items is not None and compare(len(items), self.value)
        name, negated = positive(self.operator)
        holds, wanted = _LIST_TESTS[name], self.entries()
        return lambda items, _now: holds(items or [], wanted) is not negated
