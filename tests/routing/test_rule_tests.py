"""Example tickets and where the rules must send them (I4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Role
from agents.people import NotForYou
from helpdesk.customers.segments import create_segment
from helpdesk.tickets.models import SavedView
from routing.models import RuleSet, RuleTest
from routing.publication import CannotPublish, draft, obstacles, publish, restore
from routing.rule_set import live_contents
from routing.rule_tests.results import Result, results
from routing.rule_tests.writing import RuleTestError, change_test, create_test, delete_test
from routing.rules import To, change_rule, create_rule
from tests.factories import CHANNEL_IS_SMS, CHURN_RISK_HIGH, PLACED_ORDER_IN_2_HOURS, TAGS_CONTAIN_ORDER, all_of, make_agent, make_rule, make_team
from tests.routing.examples import AT, make_rule_test

pytestmark = pytest.mark.django_db
IS_SMS = all_of(CHANNEL_IS_SMS)


def view(name: str) -> SavedView:
    return SavedView.objects.create(name=name)


def result() -> Result:
    (only,) = results(live_contents())
    return only


def about_ticket(name: str, value: str, operator: str = "equals") -> dict[str, Any]:
    return {"type": "ticket-property", "property": name, "filter": {"type": "string", "operator": operator, "value": value}}


def test_example_that_reaches_its_team_passes() -> None:
    team = make_team("Returns")
    rule = make_rule("Texts", to=team, when=IS_SMS)
    make_rule_test(team=team)

    assert (result().passed, result().words, result().winner and result().winner.id, result().reached) == (True, "", rule.pk, "Returns")


def test_example_that_goes_elsewhere_says_where_and_by_which_rule() -> None:
    make_rule("Others", to=make_team(), when=all_of(CHURN_RISK_HIGH))
    make_rule("Texts", to=make_team("Returns"), when=IS_SMS)
    make_rule_test(team=make_team("Orders & delivery"))

    assert result().words == "Went to Returns (rule 2, Texts) instead of Orders & delivery."


def test_example_that_no_team_may_take() -> None:
    make_rule_test()
    without_rules = result().passed
    make_rule("Texts", to=make_team("Returns"), when=all_of(CHURN_RISK_HIGH))
    passed = result().passed
    RuleSet.objects.update(rules=[rule | {"definition": IS_SMS} for rule in live_contents()])

    assert (without_rules, passed, result().words) == (True, True, "Went to Returns (rule 1, Texts), but no rule may name a team.")


def test_example_that_nothing_matches_says_so() -> None:
    make_rule_test(team=make_team("Returns"))

    assert result().words == "No rule named a team; it must go to Returns."


def test_team_that_was_deleted_fails_the_test_for_that_reason() -> None:
    team = make_team("Returns")
    make_rule_test(team=team)
    team.delete()

    assert result().words == "The team that it must reach, Returns, was deleted. Choose another."


def test_rule_whose_team_was_deleted_is_passed_over_as_in_routing() -> None:
    gone, next_team = make_team(), make_team("Next")
    make_rule(to=gone, when=IS_SMS)
    make_rule(to=next_team, when=IS_SMS)
    make_rule_test(team=next_team)
    gone.delete()

    assert result().passed


def test_views_that_it_must_enter_and_may_not() -> None:
    """Others do not matter, unless the test says so."""
    fraud, other = view("Fraud"), view("Other")
    make_rule("Frauds", to=fraud, when=all_of(CHURN_RISK_HIGH))
    make_rule("Texts", to=other, when=IS_SMS)
    make_rule_test("Lenient")
    make_rule_test("Must", views=[fraud])
    make_rule_test("Strict", no_other_views=True)
    make_rule_test("Strict, met", views=[other], no_other_views=True)

    assert {each.test.name: each.words for each in results(live_contents())} == {
        "Lenient": "",
        "Must": "Did not enter the view Fraud.",
        "Strict": "Entered the view Other (rule 2, Texts), which it must not.",
        "Strict, met": "",
    }


def test_view_that_a_draft_only_names_is_found_by_its_name() -> None:
    fraud = view("Fraud")
    create_rule("Texts", IS_SMS, to=To(new_view="Fraud"), by=None)
    make_rule_test(views=[fraud], no_other_views=True)

    assert [each.words for each in results(draft())] == [""]


@pytest.mark.parametrize(
    ("condition", "fields"),
    [
        (CHURN_RISK_HIGH, {"profile": {"churn_probability": 0.9}}),
        (
            {"type": "profile-property", "property": "country", "filter": {"type": "string", "operator": "equals", "value": "Sweden"}},
            {"profile": {"$country": "Sweden"}},
        ),
        (PLACED_ORDER_IN_2_HOURS, {"events": [{"metric": "Placed Order", "occurred_at": AT - timedelta(hours=1)}]}),
        (TAGS_CONTAIN_ORDER, {"ticket": {"tags": ["Order"]}}),
        (about_ticket("body", "parcel", "contains"), {"ticket": {"body": "My parcel?"}}),
        (about_ticket("status", "open"), {}),
        (about_ticket("team", "Returns"), {"ticket": {"team": "Returns"}}),
        ({"type": "profile-group-membership", "is_member": True, "group_ids": ["SEGMENT"]}, {"segments": ["SEGMENT"]}),
        ({"type": "profile-marketing-consent", "consent": {"channel": "email", "can_receive_marketing": True}}, {"profile": {"email_consent": "subscribed"}}),
    ],
)
def test_example_is_asked_as_a_ticket_is(condition: dict[str, Any], fields: dict[str, Any]) -> None:
    """R5, R8–R10: each kind of fact, and none of them."""
    segment = str(create_segment("VIP", by=None).pk)
    team = make_team()
    make_rule(to=team, when=all_of(condition | {"group_ids": [segment]} if "group_ids" in condition else condition))
    make_rule_test("With", team=team, **(fields | {"segments": [segment]} if "segments" in fields else fields))
    make_rule_test("Without", ticket={"channel": "email", "status": "closed"})

    assert [each.words for each in results(live_contents())] == ["", ""]


def test_event_counts_only_within_its_time_before_the_examples_moment() -> None:
    """R15: whatever the clock says by now."""
    team = make_team()
    make_rule(to=team, when=all_of(PLACED_ORDER_IN_2_HOURS))
    make_rule_test(events=[{"metric": "Placed Order", "occurred_at": AT - timedelta(hours=3)}, {"metric": "Viewed Product", "occurred_at": AT}])

    assert result().passed


def test_failing_test_blocks_publication_with_its_reason_and_not_going_back() -> None:
    """I4: what was live before comes back whatever tests say, since that is the way out."""
    returns, orders = make_team("Returns"), make_team("Orders")
    rule = make_rule("Texts", to=orders, when=IS_SMS)
    old = RuleSet.objects.get()
    change_rule(rule, to=To(team=returns), by=None)
    new = publish(by=None)
    test = make_rule_test(team=returns)
    change_rule(rule, to=To(team=orders), by=None)
    words = "The test “A text” fails: Went to Orders (rule 1, Texts) instead of Returns."

    with pytest.raises(CannotPublish) as refused:
        publish(by=None)
    latest = RuleSet.objects.first()
    passes = obstacles(live_contents())
    restore(old, by=None)

    assert [(each.words, each.rule, each.test) for each in refused.value.obstacles] == [(words, rule.pk, test.pk)]
    assert (latest, passes) == (new, [])
    assert live_contents() == old.rules


def test_test_that_is_mended_or_deleted_blocks_nothing() -> None:
    orders = make_team("Orders")
    create_rule("Texts", IS_SMS, to=To(team=orders), by=None)
    wrong, also_wrong = make_rule_test("One"), make_rule_test("Two")

    change_test(wrong, name="One", example={"ticket": {"channel": "sms"}}, at=AT, team=orders, by=None)
    delete_test(also_wrong, by=None)

    assert publish(by=None) is not None


@pytest.mark.parametrize(
    ("name", "example", "said"),
    [
        (" ", {"ticket": {}}, "A test needs a name."),
        ("x" * 121, {"ticket": {}}, "A test's name has at most 120 characters."),
        ("Taken", {"ticket": {}}, "There is a test named “Taken” already."),
        ("NUL", {"ticket": {"body": "\0"}}, "Null characters, broken characters"),
        ("NUL", {"ticket": {}, "profile": {"tier": "\0"}}, "Null characters, broken characters"),
        ("Event", {"ticket": {}, "events": [{"metric": " "}]}, "An event needs a metric"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(name: str, example: dict[str, Any], said: str) -> None:
    make_rule_test("Taken")

    with pytest.raises(RuleTestError, match=said):
        create_test(name, example, at=AT, by=None)

    assert RuleTest.objects.count() == 1


@pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST])
def test_only_who_may_publish_rules_writes_tests(role: Role) -> None:
    """R3."""
    somebody, test = make_agent(role=role), make_rule_test()

    with pytest.raises(NotForYou):
        create_test("Mine", {"ticket": {}}, at=AT, by=somebody)
    with pytest.raises(NotForYou):
        change_test(test, name="Mine", example={"ticket": {}}, at=AT, by=somebody)
    with pytest.raises(NotForYou):
        delete_test(test, by=somebody)

    assert [each.name for each in RuleTest.objects.all()] == ["A text"]


@pytest.mark.parametrize("many", [1, 3])
def test_results_take_the_same_number_of_queries_however_many(many: int) -> None:
    """The tests, their views, the teams, the limits of churn risk."""
    for _rule in range(many):
        make_rule(to=make_team(), when=all_of(PLACED_ORDER_IN_2_HOURS, CHURN_RISK_HIGH, TAGS_CONTAIN_ORDER))
    for number in range(many):
        profile, events = {"churn_probability": 0.9}, [{"metric": "Placed Order", "occurred_at": AT}]
        make_rule_test(f"Test {number}", profile=profile, events=events, views=[view(f"View {number}")])
    contents = live_contents()

    with CaptureQueriesContext(connection) as captured:
        found = results(contents)

    assert (len(found), len(captured)) == (many, 4)


def test_test_that_was_deleted_meanwhile_is_not_changed() -> None:
    """Nor made again."""
    test = make_rule_test("A text")
    RuleTest.objects.all().delete()

    with pytest.raises(RuleTestError) as refusal:
        change_test(test, by=None, name="Another", example={"ticket": {}}, at=AT)

    assert (str(refusal.value), RuleTest.objects.count()) == ("“A text” was deleted meanwhile.", 0)
