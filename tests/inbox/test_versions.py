"""The versions of the rules, and going back to one (I2)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from agents.models import Agent, Role
from routing.models import RuleSet
from routing.publication import publish
from routing.rule_set import live_contents
from routing.rules import To, change_rule, create_rule, delete_rule
from tests.factories import CHANNEL_IS_SMS, all_of, make_agent, make_rule, make_team
from tests.inbox.browsing import browser_of, queries
from tests.routing.examples import make_rule_test

pytestmark = pytest.mark.django_db
SMS = all_of(CHANNEL_IS_SMS)


@pytest.fixture
def cleo() -> Agent:
    return make_agent("Cleo Manager", role=Role.MANAGER)


@pytest.fixture
def tab(cleo: Agent) -> Client:
    return browser_of(cleo)


def text(html: str) -> str:
    return " ".join(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", html).split())


def go_back(tab: Client) -> Any:
    """To version 1, as a browser does."""
    seen = re.findall(r'name="seen" value="(\w+)"', tab.get("/routing/versions/1/").content.decode())
    return tab.post("/routing/versions/1/restoration/", {"seen": seen})


def rows(response: Any) -> list[str]:
    return [text(row) for row in re.findall(r'<tr><th scope="row">.*?</tr>', response.content.decode(), re.DOTALL)]


def test_versions_are_listed_newest_first(tab: Client, cleo: Agent) -> None:
    rule = make_rule("One", to=make_team("Gold"), when=SMS)
    create_rule("Two", SMS, to=To(team=rule.team), by=cleo)
    publish(by=cleo, note="A second")

    told = [re.sub(r"Today \d\d:\d\d", "Today", row) for row in rows(tab.get("/routing/versions/"))]

    assert told == ["Version 2 Live Today Cleo Manager 2 rules A second", "Version 1 Today 1 rules"]


def test_older_versions_are_a_page_away(tab: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.inbox.views.publication.PAGE", 1)
    for name in ("One", "Two"):
        make_rule(name, to=make_team(), when=SMS)

    first, second = tab.get("/routing/versions/"), tab.get("/routing/versions/?before=2")

    assert [rows(page)[0].split()[1] for page in (first, second)] == ["2", "1"]
    assert ('href="?before=2"' in first.content.decode(), "Older versions" in second.content.decode()) == (True, False)


def test_version_tells_its_rules_and_what_was_new(tab: Client, cleo: Agent) -> None:
    rule = make_rule("One", to=make_team("Gold"), when=SMS)
    change_rule(rule, name="Uno", by=cleo)
    publish(by=cleo)

    html = tab.get("/routing/versions/2/").content.decode()

    assert [text(found) for found in re.findall(r'<li class="rule-line">.*?</li>', html, re.DOTALL)] == ["1 Uno ticket channel equals sms → Team Gold"]
    assert [text(found) for found in re.findall(r'<li class="change">.*?</li>', html, re.DOTALL)] == [
        "Uno Changed Before One ticket channel equals sms → Gold After Uno ticket channel equals sms → Gold"
    ]


def test_one_click_goes_back(tab: Client, cleo: Agent) -> None:
    """A new version with the rules of the old one."""
    rule = make_rule("One", to=make_team(), when=SMS)
    delete_rule(rule, by=cleo)
    publish(by=cleo)

    shown = tab.get("/routing/versions/1/").content.decode()
    response = go_back(tab)

    latest = RuleSet.objects.first()
    assert latest
    assert ("Go back to this version" in shown, response["Location"]) == (True, "/routing/")
    assert ([each["name"] for each in live_contents()], latest.number, latest.by) == (["One"], 3, cleo)


def test_version_that_goes_back_says_so_in_each_readers_words(tab: Client, cleo: Agent) -> None:
    rule = make_rule("One", to=make_team(), when=SMS)
    delete_rule(rule, by=cleo)
    publish(by=cleo)
    go_back(tab)

    pages = [tab.get(address).content.decode() for address in ("/routing/versions/", "/routing/versions/3/")]

    assert [text(page).count("Back to version 1") for page in pages] == [1, 1]
    assert RuleSet.objects.latest("number").note == ""  # not the words of whoever pressed


def test_version_says_what_going_back_undoes(tab: Client, cleo: Agent) -> None:
    """C2: and nothing where nothing is lost."""
    gold = make_team("Gold", cleo)
    one, _same = (make_rule(name, to=gold, when=SMS) for name in ("One", "Two"))
    quiet = tab.get("/routing/versions/1/").content.decode()
    change_rule(one, name="Uno", by=cleo)
    create_rule("Three", SMS, to=To(team=gold), by=make_agent("Mia", role=Role.MANAGER))

    html = tab.get("/routing/versions/1/").content.decode()

    banner = re.search(r'<div class="banner[^>]*id="undone".*?</div>', html, re.DOTALL)
    assert ('id="undone"' in quiet, 'aria-describedby="undone"' in html) == (False, True)
    words = "Uno : what it says now is lost. Three (drafted by Mia): it is switched off, and stays as a draft."
    assert banner is not None
    assert text(banner[0]) == f"Going back undoes what is not live yet {words}"


@pytest.mark.parametrize("seen", ["", "x\0", None])
def test_going_back_unseen_is_refused(tab: Client, cleo: Agent, seen: str | None) -> None:
    """Another version went live since the page was made; the page comes again with what it is now."""
    rule = make_rule("One", to=make_team(), when=SMS)
    change_rule(rule, name="Uno", by=cleo)
    publish(by=cleo)
    looked = re.findall(r'name="seen" value="(\w+)"', tab.get("/routing/versions/1/").content.decode())
    change_rule(rule, name="Ett", by=cleo)
    publish(by=cleo)

    refused = tab.post("/routing/versions/1/restoration/", {"seen": looked if seen is None else seen})

    assert (refused.status_code, "Somebody has changed the rules since you looked." in refused.content.decode()) == (409, True)
    assert ([each["name"] for each in live_contents()], go_back(tab)["Location"]) == (["Ett"], "/routing/")


def test_version_whose_team_is_gone_says_why_it_cannot_be_live(tab: Client, cleo: Agent) -> None:
    rule = make_rule("One", to=make_team("Gold"), when=SMS)
    assert rule.team
    delete_rule(rule, by=cleo)
    publish(by=cleo)
    rule.team.delete()

    shown, refused = tab.get("/routing/versions/1/"), go_back(tab)

    assert [page.status_code for page in (shown, refused)] == [200, 409]
    assert ["“One” has no destination" in page.content.decode() for page in (shown, refused)] == [True, True]
    assert live_contents() == []


def test_live_version_offers_no_way_back(tab: Client) -> None:
    make_rule("One", to=make_team(), when=SMS)

    html = tab.get("/routing/versions/1/").content.decode()
    tab.post("/routing/versions/1/restoration/")

    assert ("Go back to this version" in html, RuleSet.objects.count()) == (False, 1)


@pytest.mark.parametrize(
    "address", ["/routing/versions/9/", f"/routing/versions/{'9' * 30}/", "/routing/versions/?before=x", f"/routing/versions/?before={'9' * 30}"]
)
def test_version_that_there_is_not_is_404(tab: Client, address: str) -> None:
    assert tab.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/routing/versions/", "/routing/versions/1/"])
def test_versions_cost_the_same_with_1_and_3(tab: Client, cleo: Agent, address: str) -> None:
    gold = make_team("Gold", cleo)
    make_rule("One", to=gold, when=SMS)
    make_rule("Two", to=gold, when=SMS)
    needed = queries(tab, address)
    for name in ("Three", "Four"):
        create_rule(name, SMS, to=To(team=gold), by=cleo)
        publish(by=cleo)

    assert queries(tab, address) == needed


def test_failing_test_does_not_hold_up_going_back(tab: Client, cleo: Agent) -> None:
    """I4: going back is the way out; the page says what fails."""
    rule = make_rule("Texts", to=make_team("Gold"), when=SMS)
    silver = make_team("Silver")
    change_rule(rule, to=To(team=silver), by=cleo)
    publish(by=cleo)
    make_rule_test("A text", team=silver)

    shown = tab.get("/routing/versions/1/").content.decode()
    response = go_back(tab)

    assert ("The test “A text” fails" in shown, "You can go back all the same" in shown, 'aria-disabled="true"' in shown) == (True, True, False)
    assert (response["Location"], live_contents()[0]["goes_to"]) == ("/routing/", "Gold")
