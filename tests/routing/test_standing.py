"""How a draft stands to what is live."""

from __future__ import annotations

import pytest

from agents.models import Team
from helpdesk.tickets.models import SavedView
from routing.models import Rule
from routing.publication import draft, publish
from routing.rule_set import live_contents
from routing.rules import To, change_rule, create_rule, delete_rule, switch_rule
from routing.standing import Standing, by_number, standing
from tests.factories import CHANNEL_IS_SMS, all_of, make_rule, make_team

pytestmark = pytest.mark.django_db
SMS = all_of(CHANNEL_IS_SMS)


def stands(rule: Rule) -> Standing:
    return standing(rule.pk, by_number(draft()), by_number(live_contents()))


@pytest.mark.parametrize("kind", [Team, SavedView])
def test_rule_whose_destination_has_another_name_now_is_live(kind: type[Team | SavedView]) -> None:
    """The version keeps the name that was; it is the same team."""
    destination = kind.objects.create(name="Old")
    rule = make_rule("Texts", to=destination, when=SMS)

    destination.name = "New"
    destination.save()

    assert (stands(rule), live_contents()[0]["goes_to"], draft()[0]["goes_to"]) == ("live", "Old", "New")
    assert publish(by=None) is None


def test_rule_goes_from_a_draft_to_live_to_changed_to_going() -> None:
    rule = create_rule("Texts", SMS, to=To(team=make_team()), by=None)
    stood = [stands(rule)]
    publish(by=None)
    stood.append(stands(rule))
    change_rule(rule, by=None, name="All texts")
    stood.append(stands(rule))
    switch_rule(rule, is_active=False, by=None)
    stood.append(stands(rule))
    publish(by=None)

    assert [*stood, stands(rule)] == ["draft", "live", "changed", "going", "off"]


def test_rule_that_was_deleted_goes() -> None:
    rule = make_rule("Texts", to=make_team(), when=SMS)

    delete_rule(rule, by=None)

    assert stands(rule) == "going"
