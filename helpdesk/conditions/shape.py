"""Reading JSON by its shape: each helper gives the value, or a DefinitionError that names the place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class DefinitionError(ValueError):
    """Names the path, as condition_groups[1].conditions[0].filter.operator, and what was expected there."""

    def __init__(self, path: str, expected: str) -> None:
        self.path, self.expected = path, expected
        super().__init__(f"{path}: expected {expected}.")


def fields(data: Any, path: str, *names: str, optional: Sequence[str] = ()) -> dict[str, Any]:
    """`data` as an object that holds exactly these fields."""
    if not isinstance(data, dict):
        raise DefinitionError(path or "definition", "an object with " + ", ".join(names))
    known = [*names, *optional]
    for name in data.keys() - set(known):
        raise DefinitionError(join(path, str(name) or '""'), "one of " + ", ".join(known))
    for name in names:
        if name not in data:
            raise DefinitionError(join(path, name), "a value")
    return data


def items(data: dict[str, Any], name: str, path: str) -> list[Any]:
    found = data[name]
    if not isinstance(found, list) or not found:
        raise DefinitionError(join(path, name), "a list with at least one entry")
    return found


def choice(data: Any, name: str, path: str, choices: Sequence[str]) -> str:
    value = data.get(name) if isinstance(data, dict) else None
    if not isinstance(value, str) or value not in choices:
        raise DefinitionError(join(path, name), "one of " + ", ".join(choices))
    return value


def text(data: dict[str, Any], name: str, path: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value.strip():
        raise DefinitionError(join(path, name), "a text")
    return value


def texts(value: Any, path: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise DefinitionError(path, "a list of texts")
    return tuple(value)


def truth(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise DefinitionError(path, "true or false")
    return value


def whole(value: Any, path: str, *, least: int, most: int, expected: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise DefinitionError(path, expected)
    return value


def join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
