"""What every filter is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar

Test = Callable[[Any, datetime], bool]


class Filter(ABC):
    """One comparison of a value as this type of filter reads it: `reads` gives the number, the text, the moment…, None where it is
    none. Its test is total: what is None does not match, except for the filters that say *not*, and `not-set`."""

    type: ClassVar[str]
    operators: ClassVar[Sequence[str]]
    operator: str

    @staticmethod
    @abstractmethod
    def reads(value: Any) -> Any:
        """The value as this type of filter compares it."""

    @abstractmethod
    def test(self) -> Test:
        """A function of the value as read and of now, made once and asked often."""

    def matches(self, value: Any, now: datetime) -> bool:
        return self.test()(type(self).reads(value), now)

    def as_json(self) -> dict[str, Any]:
        value = getattr(self, "value", None)
        written = {} if value is None else {"value": list(value) if isinstance(value, tuple) else value}
        return {"type": self.type, "operator": self.operator} | written
