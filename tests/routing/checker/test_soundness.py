"""I3: whatever rules ask, of what the checker calls dead no ticket is ever seen alive."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from random import Random

import pytest
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st

from routing.checker.findings import CheckedRule
from tests.conditions.population import Person
from tests.routing.checker.crowd import rule_sets, tally, visitors

Case = tuple[datetime, list[Person], list[CheckedRule]]


@given(rule_sets(), st.integers(0, 1_000_000))
def test_no_ticket_belies_a_verdict(case: Case, number: int) -> None:
    now, everybody, rules = case

    found = tally(rules, visitors(now, everybody, Random(number), 100))

    assert found.violations == 0


@pytest.mark.benchmark
@pytest.mark.parametrize("part", range(20))
def test_a_million_tickets_belie_no_verdict(part: int, request: pytest.FixtureRequest) -> None:
    total: Counter[str] = Counter()

    @seed(part)
    @settings(max_examples=90, database=None, phases=[Phase.generate])
    @given(rule_sets())
    def ask(case: Case) -> None:
        now, everybody, rules = case
        found = tally(rules, visitors(now, everybody, Random(part), 2_000))
        total.update({"rule sets": 1, "tickets": found.tickets, "violations": found.violations})
        total.update(str(verdict.kind) for verdict in found.verdicts)

    ask()

    request.config.get_terminal_writer().line(str(dict(total)))
    assert total["tickets"] >= 50_000
    assert total["violations"] == 0
