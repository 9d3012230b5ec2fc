"""Rules as people write them: drafts."""

from __future__ import annotations

from typing import Any

import pytest

from agents.models import Role
from agents.people import NotForYou
from helpdesk.conditions.grammar import DefinitionError
from routing.models import Rule
from routing.publication import changes, draft
from routing.rules import (
    RuleError,
    To,
    change_rule,
    copy_rule,
    create_rule,
    delete_rule,
    discard_changes,
    order_rules,
    switch_rule,
)
from tests.factories import CHANNEL_IS_SMS, CHURN_RISK_HIGH, all_of, make_agent, make_rule, make_team

pytestmark = pytest.mark.django_db
IS_SMS, HIGH_RISK = all_of(CHANNEL_IS_SMS), all_of(CHURN_RISK_HIGH)


def kinds(**options: Any) -> dict[str, str]:
    return {change.rule["name"]: change.kind for change in changes(draft(**options))}


def test_analyst_drafts_nothing() -> None:
    with pytest.raises(NotForYou):
        create_rule("Texts", IS_SMS, to=To(team=make_team()), by=make_agent(role=Role.ANALYST))


def test_stale_rule_undoes_nobodys_work() -> None:
    """What somebody else did since it was loaded stays: another place, switched off, deleted."""
    rule, other = (create_rule(name, IS_SMS, to=To(new_view=name), by=None) for name in ("One", "Two"))
    stale = Rule.objects.get(pk=rule.pk)
    switch_rule(rule, is_active=False, by=None)
    order_rules([other.pk, rule.pk], by=None)

    change_rule(stale, name="Uno", by=None)

    rule.refresh_from_db()
    assert (rule.name, rule.is_active, rule.position) == ("Uno", False, 2)
    delete_rule(rule, by=None)
    with pytest.raises(RuleError, match="deleted meanwhile"):
        change_rule(stale, name="Ett", by=None)


def test_draft_that_a_manager_has_switched_on_is_no_longer_the_agents() -> None:
    anna = make_agent()
    rule = create_rule("Mine", IS_SMS, to=To(new_view="Mine"), by=anna)
    stale = Rule.objects.get(pk=rule.pk)
    switch_rule(rule, is_active=True, by=None)

    with pytest.raises(NotForYou):
        change_rule(stale, name="Still mine", by=anna)


def test_changes_are_discarded() -> None:
    rule = make_rule("One", to=make_team(), when=IS_SMS)
    change_rule(rule, name="Uno", definition=HIGH_RISK, by=None)
    delete_rule(rule, by=None)

    discard_changes(rule, by=None)

    assert kinds() == {}
    with pytest.raises(RuleError):
        discard_changes(create_rule("New", IS_SMS, to=To(new_view="New"), by=None), by=None)


def test_copy_is_off_and_has_a_name_of_its_own() -> None:
    rule, by = make_rule("One", to=make_team(), when=IS_SMS), make_agent(role=Role.MANAGER)

    copies = [copy_rule(rule, by=by), copy_rule(rule, by=by)]

    assert [(copy.name, copy.is_active, copy.definition, copy.team) for copy in copies] == [
        ("Copy of One", False, IS_SMS, rule.team),
        ("Copy 2 of One", False, IS_SMS, rule.team),
    ]


@pytest.mark.parametrize(
    ("name", "to", "words"),
    [
        ("", To(new_view="View"), "A rule needs a name."),
        ("x" * 121, To(new_view="View"), "A rule's name has at most 120 characters."),
        ("One", To(new_view="View"), "There is a rule named “One” already."),
        ("Two", To(), "Choose where the tickets go."),
        ("Two", To(new_view="x" * 81), "A view's name has at most 80 characters."),
    ],
)
def test_rule_that_cannot_be_is_refused_in_words(name: str, to: To, words: str) -> None:
    make_rule("One", to=make_team(), when=IS_SMS)

    with pytest.raises(RuleError) as refused:
        create_rule(name, IS_SMS, to=to, by=None)

    assert str(refused.value) == words


def test_rule_that_is_not_the_grammar_is_refused_by_place() -> None:
    with pytest.raises(DefinitionError) as refused:
        create_rule("One", {"condition_groups": []}, to=To(new_view="View"), by=None)

    assert str(refused.value) == "condition_groups: expected a list with at least one entry."
