"""From drafts to what routes."""

from __future__ import annotations

from typing import Any

import pytest

from agents.models import Role, Team
from agents.people import NotForYou
from helpdesk.customers.segments import change_segment, create_segment, delete_segment
from helpdesk.tickets.models import SavedView
from routing.models import Rule, RuleSet
from routing.publication import CannotPublish, Overtaken, changes, draft, fingerprint, obstacles, publish, restore, undone
from routing.router import route_ticket
from routing.rule_set import live_contents
from routing.rules import To, change_rule, create_rule, delete_rule, discard_changes, order_rules, switch_rule
from tests.factories import CHANNEL_IS_SMS, CHURN_RISK_HIGH, all_of, make_agent, make_rule, make_team, make_ticket
from tests.tickets.reading import again

pytestmark = pytest.mark.django_db
IS_SMS, HIGH_RISK = all_of(CHANNEL_IS_SMS), all_of(CHURN_RISK_HIGH)


def names(contents: list[dict[str, Any]]) -> list[str]:
    return [rule["name"] for rule in contents]


def kinds(**options: Any) -> dict[str, str]:
    return {change.rule["name"]: change.kind for change in changes(draft(**options))}


def test_draft_routes_nothing_until_it_is_published() -> None:
    manager, team = make_agent(role=Role.MANAGER), make_team("Returns")
    create_rule("Texts", IS_SMS, to=To(team=team), by=manager)
    before, after = make_ticket(channel="sms"), make_ticket(channel="sms")

    route_ticket(before.pk, cause="test")
    publish(by=manager)
    route_ticket(after.pk, cause="test")

    assert (again(before).team, again(after).team) == (None, team)


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN, Role.MANAGER])
def test_version_says_who_published_what(role: Role) -> None:
    """R3, I2."""
    by, team = make_agent(role=role), make_team("Returns")
    rule = create_rule("Texts", IS_SMS, to=To(team=team), by=by)

    version = publish(by=by, note="For the autumn")

    assert version is not None
    assert (version.number, version.by, version.note) == (1, by, "For the autumn")
    assert version.rules == [{"id": rule.pk, "name": "Texts", "definition": IS_SMS, "team": team.pk, "view": None, "goes_to": "Returns"}]
    assert publish(by=by) is None


@pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST])
def test_only_managers_publish_order_and_switch(role: Role) -> None:
    """R3."""
    rule, by = make_rule(to=make_team(), when=IS_SMS), make_agent(role=role)
    version = RuleSet.objects.get()

    for act in (
        lambda: publish(by=by),
        lambda: restore(version, by=by),
        lambda: switch_rule(rule, is_active=False, by=by),
        lambda: order_rules([rule.pk], by=by),
        lambda: change_rule(rule, name="Mine", by=by),
        lambda: delete_rule(rule, by=by),
        lambda: discard_changes(rule, by=by),
    ):
        with pytest.raises(NotForYou):
            act()


def test_agents_draft_their_own_and_managers_publish_it() -> None:
    """C2, S3: what an agent drafts is off until a manager switches it on."""
    anna, bob, manager = make_agent("Anna"), make_agent("Bob"), make_agent(role=Role.MANAGER)
    rule = create_rule("Upset", HIGH_RISK, to=To(new_view="Upset"), by=anna)
    change_rule(rule, name="Upset people", by=anna)

    with pytest.raises(NotForYou):
        change_rule(rule, name="Bob's", by=bob)
    assert (publish(by=manager), rule.is_active) == (None, False)

    switch_rule(rule, is_active=True, by=manager)
    publish(by=manager)

    assert names(live_contents()) == ["Upset people"]
    with pytest.raises(NotForYou):
        change_rule(rule, name="Still mine?", by=anna)


def test_view_that_is_only_named_is_made_when_the_rule_is_published() -> None:
    """R11, R13."""
    rule = create_rule("Texts", IS_SMS, to=To(new_view="Watch"), by=None)
    before = SavedView.objects.count()

    publish(by=None)

    rule.refresh_from_db()
    assert (before, rule.view, rule.new_view) == (0, SavedView.objects.get(name="Watch"), "")
    assert live_contents()[0]["view"] == rule.view_id


def test_changes_name_what_is_added_changed_moved_and_removed() -> None:
    team = make_team()
    one, two, three, four = (make_rule(name, to=team, when=IS_SMS) for name in ("One", "Two", "Three", "Four"))
    order_rules([four.pk, one.pk, two.pk, three.pk], by=None)
    change_rule(two, definition=HIGH_RISK, by=None)
    delete_rule(three, by=None)
    create_rule("Five", IS_SMS, to=To(team=team), by=None)

    assert kinds() == {"Four": "moved", "Two": "changed", "Five": "added", "Three": "removed"}
    assert kinds(leave_out=[two.pk, three.pk]) == {"Four": "moved", "Five": "added"}
    assert one.pk in [rule["id"] for rule in draft()]


def test_change_that_is_left_out_waits() -> None:
    team = make_team()
    one, two = make_rule("One", to=team, when=IS_SMS), make_rule("Two", to=team, when=IS_SMS)
    change_rule(one, definition=HIGH_RISK, by=None)
    delete_rule(two, by=None)

    publish(by=None, leave_out=[two.pk])

    assert [(rule["name"], rule["definition"]) for rule in live_contents()] == [("One", HIGH_RISK), ("Two", IS_SMS)]
    assert kinds() == {"Two": "removed"}
    publish(by=None)
    assert (names(live_contents()), Rule.objects.count()) == (["One"], 1)


def test_what_was_not_looked_at_is_not_published() -> None:
    rule = make_rule("One", to=make_team(), when=IS_SMS)
    change_rule(rule, name="Uno", by=None)
    seen = fingerprint(draft())
    change_rule(rule, name="Ett", by=None)

    with pytest.raises(Overtaken):
        publish(by=None, seen=seen)

    assert names(live_contents()) == ["One"]
    publish(by=None, seen=fingerprint(draft()))
    assert names(live_contents()) == ["Ett"]


def test_rule_whose_team_was_deleted_is_not_published_and_breaks_no_routing() -> None:
    """The next rule takes over, and the record says which."""
    gone, team, manager = make_team("Gone"), make_team("Stays"), make_agent(role=Role.MANAGER)
    make_rule("First", to=gone, when=IS_SMS)
    second = make_rule("Second", to=team, when=IS_SMS)
    Team.objects.filter(pk=gone.pk).delete()
    ticket = make_ticket(channel="sms")

    decision = route_ticket(ticket.pk, cause="test")

    assert (again(ticket).team, decision.rule, len(decision.matched_rules)) == (team, second.pk, 2)
    change_rule(second, name="Other", by=manager)
    with pytest.raises(CannotPublish) as refused:
        publish(by=manager)
    assert str(refused.value) == "“First” has no destination: its team or view was deleted, or never chosen."


def test_rule_about_a_segment_that_nobody_enters_is_not_published_and_breaks_no_routing() -> None:
    segment, deleted, team = create_segment("VIP", None, by=None), create_segment("Old", None, by=None), make_team()
    member = {"type": "profile-group-membership", "is_member": True, "group_ids": [str(segment.pk), str(deleted.pk)]}
    make_rule("VIPs", to=team, when=all_of(member))
    change_segment(segment, is_active=False, by=None)
    delete_segment(deleted, by=None)
    ticket = make_ticket()

    decision = route_ticket(ticket.pk, cause="test")

    assert (decision.team, decision.matched_rules) == (None, [])
    create_rule("Texts", IS_SMS, to=To(team=team), by=None)
    with pytest.raises(CannotPublish) as refused:
        publish(by=None)
    assert [obstacle.words for obstacle in refused.value.obstacles] == [
        "“VIPs”: The segment “VIP” is inactive: nobody enters or leaves.",
        "“VIPs”: The segment “Old” was deleted: nobody is in it.",
    ]


def test_going_back_is_one_click_and_a_version_of_its_own() -> None:
    team, other = make_team("Returns"), make_team("Other")
    one, two = make_rule("One", to=team, when=IS_SMS), make_rule("Two", to=team, when=HIGH_RISK)
    first = RuleSet.objects.get(number=2)
    change_rule(one, definition=HIGH_RISK, to=To(team=other), by=None)
    delete_rule(two, by=None)
    three = create_rule("Three", IS_SMS, to=To(team=team), by=None)
    publish(by=None)

    version = restore(first, by=None)

    assert version is not None
    assert (version.number, version.restores, live_contents()) == (4, first, first.rules)
    assert (kinds(), Rule.objects.get(pk=three.pk).is_active) == ({}, False)
    assert restore(first, by=None) is None


def test_going_back_tells_what_it_undoes_of_what_is_not_live() -> None:
    """C2: drafts follow. A change that says what the version says, and what an agent has drafted, are as good as before."""
    team = make_team()
    changed, same, off, moved, going = (make_rule(name, to=team, when=IS_SMS) for name in ("Changed", "Same", "Off", "Moved", "Going"))
    first = RuleSet.objects.latest("number")
    change_rule(same, definition=HIGH_RISK, by=None)
    switch_rule(off, is_active=False, by=None)
    publish(by=None)
    before = undone(first)
    change_rule(same, definition=IS_SMS, by=None)
    change_rule(changed, name="Other", by=None)
    change_rule(off, definition=HIGH_RISK, by=None)
    delete_rule(going, by=None)
    create_rule("New", IS_SMS, to=To(team=team), by=None)
    create_rule("Mine", IS_SMS, to=To(team=team), by=make_agent())
    order_rules([moved.pk], by=None)

    told = {change.rule["name"]: change.kind for change in undone(first)}

    assert (before, told) == ([], {"Other": "changed", "Off": "added", "Moved": "moved", "Going": "removed", "New": "added"})
    restore(first, by=None)
    assert (kinds(), undone(first)) == ({}, [])


def test_going_back_over_what_was_not_looked_at_is_refused() -> None:
    """Another version went live meanwhile. Whoever wants what is live already is not told off."""
    rule = make_rule("One", to=make_team(), when=IS_SMS)
    for name in ("Two", "Three"):
        change_rule(rule, name=name, by=None)
        publish(by=None)
    first, second, _third = RuleSet.objects.order_by("number")
    seen = fingerprint(draft())
    restore(first, by=None, seen=seen)

    with pytest.raises(Overtaken):
        restore(second, by=None, seen=seen)

    assert (names(live_contents()), restore(first, by=None, seen=seen), RuleSet.objects.count()) == (["One"], None, 4)


def test_going_back_to_a_team_that_is_gone_is_refused() -> None:
    team = make_team("Returns")
    rule = make_rule("One", to=team, when=IS_SMS)
    first = RuleSet.objects.get()
    change_rule(rule, to=To(team=make_team("Other")), by=None)
    publish(by=None)
    team.delete()

    with pytest.raises(CannotPublish):
        restore(first, by=None)

    assert live_contents()[0]["goes_to"] == "Other"


def test_going_back_gives_every_rule_its_name_again() -> None:
    """Though they have swapped names since, and a draft has taken one."""
    team = make_team()
    x, y = make_rule("X", to=team, when=IS_SMS), make_rule("Y", to=team, when=HIGH_RISK)
    first = RuleSet.objects.latest("number")
    for rule, name in ((x, "Z"), (y, "X"), (x, "Y")):
        change_rule(rule, name=name, by=None)
    publish(by=None)
    delete_rule(y, by=None)
    publish(by=None)
    create_rule("X", IS_SMS, to=To(team=team), by=None)

    restore(first, by=None)

    assert (live_contents(), kinds()) == (first.rules, {})
    assert sorted(Rule.objects.values_list("name", "is_active")) == [("Copy of X", False), ("X", True), ("Y", True)]


def test_team_with_another_name_changes_no_rule() -> None:
    team = make_team("Returns")
    make_rule("One", to=team, when=IS_SMS)
    team.name = "Refunds"
    team.save()

    assert (kinds(), publish(by=None)) == ({}, None)


def test_obstacles_take_the_same_number_of_queries_however_many(django_assert_num_queries: Any) -> None:
    """The teams and the segments; there are no tests and no views."""
    segment = create_segment("VIP", None, by=None)
    member = {"type": "profile-group-membership", "is_member": True, "group_ids": [str(segment.pk)]}
    for number in range(5):
        create_rule(f"Rule {number}", all_of(member), to=To(team=make_team()), by=None)
    contents = draft()

    with django_assert_num_queries(3):
        found = obstacles(contents)

    assert found == []
