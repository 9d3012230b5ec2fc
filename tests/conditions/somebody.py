"""Somebody to ask conditions about, without a database."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class Happened:
    occurred_at: datetime
    value: Any = None
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass
class Somebody:
    profiles: dict[str, Any] = field(default_factory=lambda: {"a": "x"})
    tickets: dict[str, Any] = field(default_factory=dict)
    happenings: dict[str, list[Happened]] = field(default_factory=dict)
    segments: tuple[str, ...] = ()
    now: datetime = NOW

    def profile(self, name: str) -> Any:
        return self.profiles.get(name)

    def ticket(self, name: str) -> Any:
        return self.tickets.get(name)

    def groups(self) -> Collection[str]:
        return self.segments

    def events(self, metric: str) -> Iterable[Happened]:
        return self.happenings.get(metric, [])
