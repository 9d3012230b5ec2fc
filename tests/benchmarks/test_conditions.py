"""How long rules take in memory, once what they ask about is loaded."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from helpdesk.conditions.grammar import parse_definition
from tests.benchmarks.conftest import Report
from tests.conditions.asking import compile_all
from tests.conditions.builders import about_them, about_ticket, definition, done, in_the_last, number, some, text
from tests.conditions.somebody import NOW, Happened, Somebody

pytestmark = pytest.mark.benchmark
TIMES = 300
COUNTRIES, TAGS, METRICS = ["France", "Sweden", "Poland", "Norway"], ["Order", "Returns", "Pricing"], ["Placed Order", "Viewed Product", "Opened Email"]
SOMEBODY = Somebody(
    profiles={"country": "Sweden", "churn_risk": "High", "tier": "gold", "total_clv": 1250.5, "born": "1990-11-22", "likes": ["tea", "coffee"]},
    tickets={"channel": "sms", "tags": ["Order"], "subject": "Where is my order?", "sentiment_score": 3},
    happenings={metric: [Happened(NOW - timedelta(days=day), Decimal(99)) for day in range(7)] for metric in METRICS},
    segments=("1", "7"),
)


def condition(pick: random.Random) -> dict[str, Any]:
    return pick.choice(
        [
            about_them("country", text(pick.choice(["equals", "not-equals"]), pick.choice(COUNTRIES))),
            about_them("tier", text("in", ["gold", pick.choice(["silver", "bronze"])])),
            about_them("churn_risk", text("equals", pick.choice(["High", "Medium", "Low"]))),
            about_them("total_clv", number(pick.choice(["greater-than", "less-than"]), pick.randrange(2_000))),
            about_them("likes", some("contains", pick.choice(["tea", "milk"]))),
            about_them("born", {"type": "date", "operator": "anniversary"}),
            about_ticket("channel", text("equals", pick.choice(["sms", "email", "webchat"]))),
            about_ticket("tags", some("contains", pick.choice(TAGS))),
            about_ticket("subject", text("contains", pick.choice(["order", "refund", "size"]))),
            about_ticket("sentiment_score", number("less-than", pick.randrange(10))),
            done(pick.choice(METRICS), number("greater-than-or-equal", pick.randrange(1, 8)), in_the_last(pick.choice([2, 24, 48]), "hour")),
            {"type": "profile-group-membership", "is_member": True, "group_ids": [str(pick.randrange(10))]},
        ]
    )


def rule(pick: random.Random) -> dict[str, Any]:
    """Of 3 to 6 conditions, in groups of one or two."""
    left, groups = [condition(pick) for _ in range(pick.randint(3, 6))], []
    while left:
        groups.append([left.pop() for _ in range(min(len(left), pick.choice([1, 1, 2])))])
    return definition(*groups)


def microseconds(work: Callable[[], Any]) -> float:
    """Of the median call."""
    spent = []
    for _ in range(TIMES):
        started = time.perf_counter()
        work()
        spent.append(time.perf_counter() - started)
    return sorted(spent)[TIMES // 2] * 1e6


def bare_comparisons(facts: dict[str, Any], rules: int) -> int:
    """As many look-ups and comparisons as there are rules: less is not possible in Python without compiling source."""
    return sum([facts["country"] == "France" for _ in range(rules)])


@pytest.mark.parametrize(("rules", "aim"), [(100, "≤ 60 µs"), (1_000, "≤ 600 µs")])
def test_rules_in_memory(report: Report, rules: int, aim: str) -> None:
    """Compiled rules of 3 to 6 conditions against one ticket, its context loaded."""
    pick = random.Random(42)
    matches = compile_all([parse_definition(rule(pick)) for _ in range(rules)])

    found = matches(SOMEBODY, NOW)

    asked, bare = microseconds(lambda: matches(SOMEBODY, NOW)), microseconds(lambda: bare_comparisons(SOMEBODY.profiles, rules))
    report(
        f"{rules} rules on one ticket, {sum(found)} match",
        f"{asked:.0f} µs",
        beside=f"{rules} bare comparisons {bare:.1f} µs",
        ratio=f"{asked / bare:.1f}",
        aim=aim,
    )
    assert len(found) == rules
