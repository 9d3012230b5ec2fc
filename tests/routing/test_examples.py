"""The two ready-made rules."""

from __future__ import annotations

import pytest

from agents.models import Role
from helpdesk.conditions.grammar import parse_definition
from helpdesk.conditions.wording import describe
from routing.examples import add_example
from routing.models import Destination
from routing.rules import RuleError
from tests.factories import make_agent, make_team

pytestmark = pytest.mark.django_db


def test_ready_made_rules_are_what_the_product_promises() -> None:
    """R14, R15."""
    team = make_team("Retention specialists")

    churn, urgent = (add_example(key, by=make_agent(role=Role.MANAGER)) for key in ("churn-defence", "urgent-modifications"))

    assert [describe(parse_definition(rule.definition)) for rule in (churn, urgent)] == [
        "churn risk equals High",
        "Placed Order at least once in the last 2 hours",
    ]
    assert (churn.name, churn.destination, churn.team) == ("Churn defence", Destination.TEAM, team)
    assert (urgent.name, urgent.destination, urgent.goes_to) == ("Urgent order mod", Destination.VIEW, "Urgent modifications")


def test_ready_made_rule_is_made_once() -> None:
    assert add_example("urgent-modifications", by=None) == add_example("urgent-modifications", by=None)


def test_manager_gets_the_team_with_the_rule() -> None:
    """One click away: R4 says that the team exists before, so it is made before."""
    assert str(add_example("churn-defence", by=make_agent(role=Role.MANAGER)).team) == "Retention specialists"


def test_agent_is_told_that_the_team_is_missing() -> None:
    with pytest.raises(RuleError, match="Retention specialists"):
        add_example("churn-defence", by=make_agent())
