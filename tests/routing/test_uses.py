"""What rules hold on to: teams, views and segments that one of them names."""

from __future__ import annotations

from typing import Any

import pytest

from agents.models import Agent, Role, Team
from agents.people import NotForYou
from helpdesk.customers.models import Segment
from helpdesk.customers.segments import SegmentError, create_segment
from helpdesk.tickets.models import SavedView, Tag
from routing.publication import publish
from routing.rule_tests.writing import change_test
from routing.rules import To, change_rule, create_rule, delete_rule
from routing.uses import delete_segment, rules_about, rules_to, why_kept, why_name_is_kept
from tests.factories import CHANNEL_IS_SMS, TAGS_CONTAIN_ORDER, all_of, make_agent, make_rule, make_team
from tests.inbox.browsing import browser_of
from tests.routing.examples import make_rule_test

pytestmark = pytest.mark.django_db
SMS = all_of(CHANNEL_IS_SMS)


def asking(segment: Segment) -> dict[str, Any]:
    return all_of({"type": "profile-group-membership", "is_member": True, "group_ids": [str(segment.pk)]})


@pytest.mark.parametrize("kind", [Team, SavedView])
def test_destination_of_a_live_rule_is_kept_whatever_its_draft_says(kind: type[Team | SavedView]) -> None:
    """R4: it routes there until the rules are published again."""
    old, new = kind.objects.create(name="Old"), kind.objects.create(name="New")
    rule = make_rule("Texts", to=old, when=SMS)

    change_rule(rule, by=None, name="All texts", to=To(team=new) if isinstance(new, Team) else To(view=new))
    drafted = [why_kept(old), why_kept(new)]
    publish(by=None)

    assert drafted == [
        "Old cannot be deleted: tickets are sent here by “Texts”. Change or delete that first.",
        "New cannot be deleted: tickets are sent here by “All texts”. Change or delete that first.",
    ]
    assert why_kept(old) == ""


def test_destination_of_a_deleted_rule_is_kept_as_long_as_it_is_live() -> None:
    view = SavedView.objects.create(name="Fraud")
    rule = make_rule("Texts", to=view, when=SMS)

    delete_rule(rule, by=None)
    before = rules_to(view)
    publish(by=None)

    assert (before, rules_to(view)) == ({rule.pk: "Texts"}, {})


def test_view_that_a_rule_test_expects_is_kept() -> None:
    """I4: the test would go on as if it had never wanted it."""
    view = SavedView.objects.create(name="Fraud")
    test = make_rule_test("A text", views=[view])

    before = why_kept(view)
    change_test(test, by=None, name="A text", example={"ticket": {}}, at=test.at)

    assert before == "Fraud cannot be deleted: the rule test “A text” expects it. Change or delete that first."
    assert why_kept(view) == ""


def test_view_of_a_live_rule_is_not_deleted_in_the_admin() -> None:
    old, new = SavedView.objects.create(name="Old"), SavedView.objects.create(name="New")
    change_rule(make_rule("Texts", to=old, when=SMS), by=None, to=To(view=new))

    browser_of(make_agent(role=Role.MANAGER)).post(f"/admin/tickets/savedview/{old.pk}/delete/", {"post": "yes"})

    assert SavedView.objects.filter(pk=old.pk).exists()


def test_segment_that_a_live_rule_asks_about_is_not_deleted() -> None:
    """Its draft has let go of it already."""
    vip = create_segment("VIP", by=None)
    rule = make_rule("VIP first", to=make_team(), when=asking(vip))

    change_rule(rule, by=None, definition=SMS)
    with pytest.raises(SegmentError) as refusal:
        delete_segment(vip, by=None)
    publish(by=None)
    delete_segment(vip, by=None)

    assert str(refusal.value) == "“VIP” cannot be deleted: “VIP first” asks about it. Change or delete that first."
    assert Segment.objects.count() == 0


def test_segment_that_a_draft_asks_about_is_not_deleted() -> None:
    vip, other = create_segment("VIP", by=None), create_segment("Other", by=None)
    rule = create_rule("VIP first", asking(vip), to=To(new_view="Watch"), by=make_agent())

    assert (rules_about(vip), rules_about(other)) == ({rule.pk: "VIP first"}, {})


def test_segment_is_deleted_by_those_who_manage() -> None:
    with pytest.raises(NotForYou):
        delete_segment(create_segment("VIP", by=None), by=make_agent())


def test_segment_of_a_rule_is_not_deleted_on_its_page() -> None:
    mia: Agent = make_agent("Mia", role=Role.MANAGER)
    vip = create_segment("VIP", by=mia)
    make_rule("VIP first", to=make_team(), when=asking(vip))
    tab, reason = browser_of(mia), "“VIP” cannot be deleted: “VIP first” asks about it. Change or delete that first."

    asked, posted = (call(f"/segments/{vip.pk}/deletion/") for call in (tab.get, tab.post))

    assert [(page.status_code, reason in page.content.decode(), "Delete segment" in page.content.decode()) for page in (asked, posted)] == [
        (200, True, False),
        (409, True, False),
    ]
    assert Segment.objects.count() == 1


def asked_of_ticket(name: str, kind: str, operator: str, value: Any) -> dict[str, Any]:
    return all_of({"type": "ticket-property", "property": name, "filter": {"type": kind, "operator": operator, "value": value}})


def in_team(operator: str, value: Any) -> dict[str, Any]:
    return asked_of_ticket("team", "string", operator, value)


def test_team_is_not_renamed_under_conditions_that_name_it() -> None:
    """Rules live and drafted, and views. Others' own views are not named (V3)."""
    team, ada = make_team("Returns"), make_agent("Ada")
    rule = make_rule("Late", to=make_team("Late"), when=in_team("equals", "Returns"))
    make_rule("Others", to=make_team("Others"), when=in_team("not-equals", "Shipping"))
    SavedView.objects.create(name="Ours", definition=in_team("in", ["Returns"]))
    SavedView.objects.create(name="Hers", definition=in_team("in", ["Returns"]), owner=ada)

    refused = why_name_is_kept(team, "Refunds")

    assert refused == (
        "Conditions ask for “Returns” and would answer otherwise for “Refunds”: rule “Late”, view “Ours”, a view of Ada. Let them ask for both names first."
    )
    assert why_name_is_kept(team, "Returns") == ""
    change_rule(rule, by=None, definition=in_team("in", ["Returns", "Refunds"]))
    assert "rule “Late”" in why_name_is_kept(team, "Refunds")  # it is live as it was
    publish(by=None)
    assert "rule “Late”" not in why_name_is_kept(team, "Refunds")


def test_renaming_a_team_says_what_stands_in_the_way() -> None:
    team, browser = make_team("Returns", make_agent()), browser_of(make_agent(role=Role.ADMIN))
    make_rule("Late", to=make_team("Late"), when=in_team("equals", "Returns"))
    form = {"description": "", "members": [], "matching-TOTAL_FORMS": "0", "matching-INITIAL_FORMS": "0"}

    refused = browser.post(f"/admin/agents/team/{team.pk}/change/", form | {"name": "Refunds"})
    kept = browser.post(f"/admin/agents/team/{team.pk}/change/", form | {"name": "Returns", "description": "All that comes back"})

    assert "would answer otherwise for “Refunds”: rule “Late”." in refused.content.decode()
    assert (kept.status_code, Team.objects.get(pk=team.pk).name) == (302, "Returns")


def test_person_is_not_renamed_under_conditions_that_name_them() -> None:
    """Nor to a name that they ask for already."""
    ada, browser = make_agent("Ada"), browser_of(make_agent("Olga", role=Role.OWNER))
    make_rule("Hers", to=make_team("Late"), when=asked_of_ticket("assignee", "string", "equals", "Ada"))
    SavedView.objects.create(name="Not Eva's", definition=asked_of_ticket("assignee", "string", "not-equals", "Eva"))
    form = {"email": ada.email, "role": ada.role, "is_active": "on"}

    refused = browser.post(f"/admin/agents/agent/{ada.pk}/change/", form | {"name": "Eva"})
    kept = browser.post(f"/admin/agents/agent/{ada.pk}/change/", form | {"name": "Ada", "email": "eva@desk.example"})

    problem = "Conditions ask for “Ada” and would answer otherwise for “Eva”: rule “Hers”, view “Not Eva's”. Let them ask for both names first."
    assert refused.context["adminform"].form.errors["name"] == [problem]
    assert (kept.status_code, Agent.objects.get(pk=ada.pk).name, Agent.objects.get(pk=ada.pk).email) == (302, "Ada", "eva@desk.example")


@pytest.mark.parametrize(
    ("operator", "value", "is_kept"),
    [
        ("contains", "Order", True),
        ("contains-any", ["Order", "Orders"], False),
        ("contains-all", ["Order", "VIP"], True),
        ("not-contains-all", ["Order", "VIP"], True),
        ("contains-substring", "Ord", False),
        ("length-greater-than", 0, False),
    ],
)
def test_tag_is_not_renamed_under_conditions_that_name_it(operator: str, value: Any, *, is_kept: bool) -> None:
    make_rule("Late", to=make_team("Late"), when=asked_of_ticket("tags", "list", operator, value))

    refused = why_name_is_kept(Tag.objects.create(name="Order"), "Orders")

    assert ("rule “Late”" in refused) is is_kept


def test_tag_keeps_its_name_in_the_admin_while_a_rule_asks_for_it() -> None:
    order, browser = Tag.objects.create(name="Order"), browser_of(make_agent("Mia", role=Role.MANAGER))
    make_rule("Late", to=make_team("Late"), when=all_of(TAGS_CONTAIN_ORDER))

    refused = browser.post(f"/admin/tickets/tag/{order.pk}/change/", {"name": "Orders"})
    twin = browser.post("/admin/tickets/tag/add/", {"name": " ORDER\n"})

    problems = [page.context["adminform"].form.errors["name"] for page in (refused, twin)]
    asked = "Conditions ask for “Order” and would answer otherwise for “Orders”: rule “Late”. Let them ask for both names first."
    assert problems == [[asked], ["There is a tag “Order” already."]]
