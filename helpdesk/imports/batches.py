"""What a source hands over: one batch of rows, how to write them, and where the next begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


class Failed(Exception):
    """The import cannot go on. The text is for the user."""


@dataclass
class Tally:
    """What became of a batch's rows. `refused`: (row number, reason, the row as it was)."""

    done: int = 0
    new: int = 0
    changed: int = 0
    refused: list[tuple[int, str, list[str]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Batch:
    """`write` runs inside the transaction that keeps `cursor`, and may be run again after a rollback."""

    write: Callable[[], Tally]
    cursor: dict[str, Any]
    is_last: bool = False
