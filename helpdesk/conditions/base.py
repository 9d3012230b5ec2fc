"""What every filter is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar

Test = Callable[[Any, datetime], bool]


class Filter(ABC):
    """One comparison. Its test is total: a missing value, or one of the wrong type, does not match; only the filters
    that say *not*, and `not-set`, match a missing value."""

    type: ClassVar[str]
    operators: ClassVar[Sequence[str]]
    operator: str

    @abstractmethod
    def test(self) -> Test:
        """A function of the value and of now, made once and asked often."""

    def matches(self, value: Any, now: datetime) -> bool:
        return self.test()(value, now)

    def as_json(self) -> dict[str, Any]:
        value = getattr(self, "value", None)
        written = {} if value is None else {"value": list(value) if isinstance(value, tuple) else value}
        return {"type": self.type, "operator": self.operator} | written
