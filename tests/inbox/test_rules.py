"""The list of rules: their order, what is live of them, and what is done to one as a whole."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from agents.models import Agent, Role
from routing.models import Rule
from routing.publication import draft, publish
from routing.rules import To, change_rule, create_rule, delete_rule, switch_rule
from tests.factories import CHANNEL_IS_SMS, CHURN_RISK_HIGH, all_of, make_agent, make_rule, make_team
from tests.inbox.browsing import browser_of, queries

pytestmark = pytest.mark.django_db
SMS = all_of(CHANNEL_IS_SMS)


@pytest.fixture
def cleo() -> Agent:
    return make_agent("Cleo Manager", role=Role.MANAGER)


@pytest.fixture
def tab(cleo: Agent) -> Client:
    return browser_of(cleo)


def drafted(name: str, by: Agent | None = None) -> Rule:
    return create_rule(name, SMS, to=To(new_view="Watch"), by=by)


def lines(response: Any) -> list[str]:
    """Each rule as it is read: number, name, state, what it says, where it goes."""
    found = re.findall(r'<span class="rule-number">.*?<div class="rule-actions">', response.content.decode(), re.DOTALL)
    return [" ".join(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", line).split()) for line in found]


def order() -> list[str]:
    return list(Rule.objects.values_list("name", flat=True))


def test_rules_are_listed_in_their_order_with_what_they_say_and_how_they_stand(tab: Client, cleo: Agent) -> None:
    """R6: one page tells what routes now and what will."""
    gold = make_team("Gold", make_agent("Ida"))
    make_rule("One", to=gold, when=SMS)
    two, three, four, _five = (make_rule(name, to=gold, when=SMS) for name in ("Two", "Three", "Four", "Five"))
    change_rule(two, definition=all_of(CHURN_RISK_HIGH), by=cleo)
    delete_rule(three, by=cleo)
    switch_rule(four, is_active=False, by=cleo)
    drafted("Six", cleo)
    drafted("Seven", make_agent("Ada"))

    shown = tab.get("/routing/")

    says = "ticket channel equals sms"
    assert lines(shown) == [
        f"1 One Live {says} → Team Gold",
        "2 Two Changed, not live yet churn risk equals High → Team Gold",
        f"– Three Goes when published {says} → Team Gold",
        f"– Four Goes when published {says} → Team Gold",
        f"3 Five Live {says} → Team Gold It matches the same tickets as rule 1, One, and sends them to the same place.",
        f"4 Six Draft, not live {says} → View Watch",
        f"– Seven Off drafted by Ada {says} → View Watch",
    ]
    assert "4 changes are not live yet" in shown.content.decode()


def test_rule_whose_team_is_gone_says_so(tab: Client) -> None:
    team = make_team("Gold")
    make_rule("One", to=team, when=SMS)
    team.delete()

    shown = tab.get("/routing/")

    assert lines(shown)[0].endswith("→ nowhere: its team or view is gone")


def test_rules_that_nobody_wrote_are_asked_for(tab: Client) -> None:
    html = tab.get("/routing/").content.decode()

    assert ("No rules yet" in html, re.findall(r'name="key" value="([\w-]+)"', html)) == (True, ["churn-defence", "urgent-modifications"])


@pytest.mark.parametrize(("key", "name"), [("churn-defence", "Churn defence"), ("urgent-modifications", "Urgent order mod")])
def test_ready_made_rule_is_one_click_away(tab: Client, key: str, name: str) -> None:
    """R14, R15: the click leads to the draft, and is not offered again."""
    make_team("Retention specialists")

    response = tab.post("/routing/examples/", {"key": key})

    rule = Rule.objects.get(name=name)
    assert response["Location"] == f"/routing/{rule.pk}/"
    assert f'value="{key}"' not in tab.get("/routing/").content.decode()


def test_ready_made_rule_without_its_team_says_what_to_do() -> None:
    """R4: to people who cannot make one."""
    response = browser_of(make_agent()).post("/routing/examples/", {"key": "churn-defence"})

    assert (response.status_code, "Make the team “Retention specialists” first" in response.content.decode()) == (409, True)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"up": 2}, ["Two", "One", "Three"]),
        ({"down": 2}, ["One", "Three", "Two"]),
        ({"up": 1}, ["One", "Two", "Three"]),
        ({"down": 3}, ["One", "Two", "Three"]),
        ({"rule": [3, 1, 2]}, ["Three", "One", "Two"]),
        ({"rule": [3, 3, 99, "x", "9" * 30]}, ["Three", "One", "Two"]),
        ({"up": "9" * 30}, ["One", "Two", "Three"]),
    ],
)
def test_rules_are_ordered_by_button_and_by_hand(tab: Client, sent: dict[str, Any], expected: list[str]) -> None:
    """What the order names and is not there stays out of it."""
    rules = {number: drafted(name).pk for number, name in enumerate(("One", "Two", "Three"), 1)}
    named = {name: [rules.get(each, each) for each in value] if isinstance(value, list) else rules.get(value, value) for name, value in sent.items()}

    response = tab.post("/routing/order/", named)

    assert (response.status_code, order()) == (302, expected)


def test_focus_stays_on_the_button_that_moved_a_rule(tab: Client) -> None:
    """By keyboard, without scripts: pressed again, it moves on."""
    drafted("One")
    two = drafted("Two")

    shown = tab.post("/routing/order/", {"up": two.pk}, follow=True).content.decode()

    assert re.findall(r'<button[^>]* id="([\w-]+)"[^>]* autofocus>', shown) == [f"up-{two.pk}"]


def test_htmx_gets_the_list_alone(tab: Client) -> None:
    two = [drafted(name) for name in ("One", "Two")][1]

    response = tab.post("/routing/order/", {"up": two.pk}, headers={"HX-Request": "true", "HX-Target": "rules"}, follow=True)

    assert response.content.decode().startswith('<div class="stack" id="rules">')
    assert [line.split()[1] for line in lines(response)] == ["Two", "One"]


def test_rule_is_switched_off_and_on(tab: Client) -> None:
    rule = make_rule("One", to=make_team(), when=SMS)

    tab.post(f"/routing/{rule.pk}/activity/", {"active": "off"})
    off = draft()
    tab.post(f"/routing/{rule.pk}/activity/", {"active": "on"})

    assert (off, [each["name"] for each in draft()]) == ([], ["One"])


def test_copy_leads_to_its_own_page(tab: Client) -> None:
    rule = make_rule("One", to=make_team(), when=SMS)

    response = tab.post(f"/routing/{rule.pk}/copies/")

    copy = Rule.objects.get(name="Copy of One")
    assert (response["Location"], copy.is_active, copy.definition) == (f"/routing/{copy.pk}/", False, SMS)


def test_live_rule_goes_when_published_and_can_be_kept(tab: Client) -> None:
    rule = make_rule("One", to=make_team(), when=SMS)

    asked = tab.get(f"/routing/{rule.pk}/deletion/").content.decode()
    tab.post(f"/routing/{rule.pk}/deletion/")
    goes = lines(tab.get("/routing/"))[0]
    tab.post(f"/routing/{rule.pk}/discarding/")

    assert "It routes until the rules are published" in asked
    assert ("Goes when published" in goes, "One Live" in lines(tab.get("/routing/"))[0]) == (True, True)


def test_draft_is_deleted_at_once(tab: Client) -> None:
    rule = drafted("One")

    asked = tab.get(f"/routing/{rule.pk}/deletion/").content.decode()
    tab.post(f"/routing/{rule.pk}/deletion/")

    assert ("it is gone at once" in asked, order()) == (True, [])


def test_draft_that_never_was_live_has_nothing_to_go_back_to(tab: Client) -> None:
    response = tab.post(f"/routing/{drafted('One').pk}/discarding/")

    assert (response.status_code, "“One” was never published" in response.content.decode()) == (409, True)


def test_list_of_rules_costs_the_same_with_1_and_3(tab: Client, cleo: Agent) -> None:
    gold = make_team("Gold", cleo)
    drafted("One")
    make_rule("Two", to=gold, when=SMS)
    tab.get("/routing/")  # the limits of churn risk are read once
    needed = queries(tab, "/routing/")
    for name in ("Three", "Four"):
        make_rule(name, to=gold, when=SMS)
        change_rule(drafted(f"{name} of Ada", make_agent()), name=f"{name} of nobody", by=cleo)

    assert queries(tab, "/routing/") == needed


@pytest.mark.parametrize("action", ["activity", "copies", "deletion", "discarding"])
def test_what_is_done_to_a_rule_that_was_deleted_is_said(tab: Client, action: str) -> None:
    response = tab.post(f"/routing/99/{action}/")

    assert (response.status_code, "This rule is not there any more: somebody has deleted it." in response.content.decode()) == (409, True)


def test_deletion_of_a_rule_that_was_live_once_says_so(tab: Client, cleo: Agent) -> None:
    rule = make_rule("One", to=make_team(), when=SMS)
    switch_rule(rule, is_active=False, by=cleo)
    publish(by=cleo)

    asked = tab.get(f"/routing/{rule.pk}/deletion/").content.decode()

    assert ("Older versions keep it." in asked, "never published" in asked) == (True, False)
