"""What rule tests say of tickets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from agents.models import Team
from routing.models import RuleTest
from routing.rule_tests.writing import create_test

AT = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)


def make_rule_test(name: str = "A text", *, team: Team | None = None, **fields: Any) -> RuleTest:
    """Of an SMS, if nothing else is said."""
    example = {key: fields.pop(key) for key in ("ticket", "profile", "events", "segments") if key in fields}
    return create_test(name, {"ticket": {"channel": "sms"}} | example, **({"at": AT, "by": None, "team": team} | fields))
