"""The review of what would go live, and the versions that were."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from agents.models import Agent, Role
from routing.models import Rule, RuleSet
from routing.publication import publish
from routing.rule_set import live_contents
from routing.rules import To, change_rule, create_rule, delete_rule, order_rules
from tests.factories import CHANNEL_IS_SMS, TAGS_CONTAIN_ORDER, all_of, any_of, make_agent, make_rule, make_team
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


@pytest.fixture
def drafts(cleo: Agent) -> list[Rule]:
    """Two new rules."""
    gold = make_team("Gold", make_agent())
    return [create_rule(name, SMS, to=To(team=gold), by=cleo) for name in ("One", "Two")]


def text(html: str) -> str:
    return " ".join(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", html).split())


def shown(response: Any) -> list[str]:
    """Each change as it is read."""
    return [text(found) for found in re.findall(r'<li class="change".*?</li>', response.content.decode(), re.DOTALL)]


def fields(response: Any, **others: Any) -> dict[str, Any]:
    """What a browser would post of the page."""
    html = response.content.decode()
    hidden = {name: re.findall(rf'name="{name}" value="([^"]*)"', html)[0] for name in ("seen", "ticked")}
    return hidden | {"publish": re.findall(r'name="publish" value="(\d+)" checked', html)} | others


def live() -> list[str]:
    return [rule["name"] for rule in live_contents()]


def test_review_tells_each_change(tab: Client, cleo: Agent) -> None:
    """R3, I2: added, changed, moved, removed; before and after."""
    gold, silver = make_team("Gold", cleo), make_team("Silver", cleo)
    changed, second, third, removed = (make_rule(name, to=gold, when=SMS) for name in ("Changed", "Second", "Third", "Removed"))
    change_rule(changed, name="Other", definition=any_of(CHANNEL_IS_SMS, TAGS_CONTAIN_ORDER), to=To(team=silver), by=cleo)
    delete_rule(removed, by=cleo)
    added = create_rule("Added", SMS, to=To(new_view="Watch"), by=cleo)
    order_rules([changed.pk, added.pk, third.pk, second.pk], by=cleo)

    page = tab.get("/routing/publication/")

    says = "ticket channel equals sms"
    assert shown(page) == [
        f"Other Changed Before Changed {says} → Gold After Other {says} or ticket tags contain Order → Silver",
        f"Added Added It says {says} → Watch",
        "Third Moved Before below Second After below Added",
        f"Removed Removed It said {says} → Gold",
    ]
    assert [text(mark) for mark in re.findall(r"<mark.*?</mark>", page.content.decode())] == ["Changed", "Gold", "Other", "ticket tags contain Order", "Silver"]


def test_publishing_makes_the_next_version(tab: Client, cleo: Agent, drafts: list[Rule]) -> None:
    """R3: with who, and what for."""
    response = tab.post("/routing/publication/", fields(tab.get("/routing/publication/"), note=" For\0 Christmas "))

    version = RuleSet.objects.get()
    assert (response["Location"], live()) == ("/routing/", ["One", "Two"])
    assert (version.number, version.by, version.note) == (1, cleo, "For Christmas")
    assert "Version 1 is live" in tab.get("/routing/").content.decode()


def test_change_without_its_tick_waits(tab: Client, drafts: list[Rule]) -> None:
    looked = tab.post("/routing/publication/", {"publish": drafts[1].pk, "do": "look", "note": "Kept"})

    tab.post("/routing/publication/", fields(looked))

    assert 'value="Kept"' in looked.content.decode()
    assert live() == ["Two"]
    assert shown(tab.get("/routing/publication/")) == ["One Added It says ticket channel equals sms → Gold"]


def test_ticks_that_were_changed_without_scripts_are_shown_before_they_count(tab: Client, drafts: list[Rule]) -> None:
    page = tab.get("/routing/publication/")

    refused = tab.post("/routing/publication/", fields(page) | {"publish": drafts[0].pk})
    nothing = live()
    tab.post("/routing/publication/", fields(refused))

    assert (refused.status_code, "different from what you saw" in refused.content.decode(), nothing) == (409, True, [])
    assert live() == ["One"]


def test_review_of_one_rule_leaves_out_the_others(tab: Client, drafts: list[Rule]) -> None:
    page = tab.get(f"/routing/publication/?rule={drafts[0].pk}")

    assert fields(page)["publish"] == [str(drafts[0].pk)]


def test_what_nobody_has_looked_at_is_not_published(tab: Client, cleo: Agent, drafts: list[Rule]) -> None:
    """The page comes again with what it is now."""
    looked = fields(tab.get("/routing/publication/"))
    change_rule(drafts[0], name="Meanwhile", by=cleo)

    refused = tab.post("/routing/publication/", looked)

    assert (refused.status_code, "Somebody has changed the rules" in refused.content.decode(), live()) == (409, True, [])
    assert shown(refused)[0].startswith("Meanwhile")


def test_what_somebody_drafts_meanwhile_waits(tab: Client, cleo: Agent, drafts: list[Rule]) -> None:
    looked = fields(tab.get("/routing/publication/"))
    create_rule("Meanwhile", SMS, to=To(new_view="Watch"), by=cleo)

    tab.post("/routing/publication/", looked)

    assert live() == ["One", "Two"]


@pytest.mark.parametrize("sent", [{}, {"seen": ""}, {"seen": "x\0", "publish": ["9" * 30, "x"]}])
def test_publishing_unseen_is_refused(tab: Client, drafts: list[Rule], sent: dict[str, Any]) -> None:
    numbers = [str(rule.pk) for rule in drafts]

    response = tab.post("/routing/publication/", {"publish": numbers, "ticked": " ".join(numbers)} | sent)

    assert (response.status_code, live()) == (409, [])


def test_obstacle_stands_in_the_way_with_its_reason(tab: Client, drafts: list[Rule]) -> None:
    """The button says so, and the server too. Left out, the others go live."""
    assert drafts[0].team
    drafts[0].team.delete()
    page = tab.get("/routing/publication/")

    refused = tab.post("/routing/publication/", fields(page))

    html = page.content.decode()
    assert re.findall(r'<button class="button button-primary" type="submit" aria-disabled="true" aria-describedby="(\w+)"', html) == ["obstacles"]
    assert html.count("“One” has no destination") == 1
    assert (refused.status_code, live()) == (422, [])


def test_doubt_does_not_hinder(tab: Client, cleo: Agent) -> None:
    """A11."""
    create_rule("One", SMS, to=To(team=make_team("Empty")), by=cleo)
    page = tab.get("/routing/publication/")

    response = tab.post("/routing/publication/", fields(page))

    assert "Nobody in the team Empty can be given tickets." in page.content.decode()
    assert (response.status_code, live()) == (302, ["One"])


def test_nothing_to_publish_says_so(tab: Client, drafts: list[Rule]) -> None:
    publish(by=None)

    assert "Everything is live. There is nothing to publish." in tab.get("/routing/publication/").content.decode()


def test_order_goes_live_though_the_change_waits(tab: Client, cleo: Agent) -> None:
    rules = [make_rule(name, to=make_team(name, cleo), when=SMS) for name in ("One", "Two")]
    change_rule(rules[1], name="Other", by=cleo)
    order_rules([rules[1].pk], by=cleo)

    looked = tab.post("/routing/publication/", {"do": "look"})
    tab.post("/routing/publication/", fields(looked))

    assert "Its change waits. Its new place goes live" in looked.content.decode()
    assert live() == ["Two", "One"]


def test_htmx_gets_the_review_alone(tab: Client, drafts: list[Rule]) -> None:
    response = tab.post("/routing/publication/", {"do": "look"}, headers={"HX-Request": "true", "HX-Target": "review"})

    assert response.content.decode().startswith('<form class="stack" id="review"')


def test_review_costs_the_same_with_1_and_3(tab: Client, cleo: Agent) -> None:
    gold = make_team("Gold", cleo)
    create_rule("One", SMS, to=To(team=gold), by=cleo)
    tab.get("/routing/publication/")  # the limits of churn risk are read once
    needed = queries(tab, "/routing/publication/")
    for name in ("Two", "Three"):
        create_rule(name, SMS, to=To(team=gold), by=cleo)

    assert queries(tab, "/routing/publication/") == needed


def test_publishing_twice_leads_to_the_rules(tab: Client, drafts: list[Rule]) -> None:
    """What was ticked is live: nothing is left to refuse."""
    looked = fields(tab.get("/routing/publication/"))

    answers = [tab.post("/routing/publication/", looked) for _click in range(2)]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, "/routing/")] * 2
    assert RuleSet.objects.count() == 1


def test_failing_test_leads_to_itself(tab: Client, cleo: Agent) -> None:
    """I4."""
    create_rule("Texts", SMS, to=To(team=make_team("Gold", cleo)), by=cleo)
    test = make_rule_test(team=make_team("Silver", cleo))

    html = tab.get("/routing/publication/").content.decode()

    assert re.findall(r'href="([^"]+)">Open the (test|rule)<', html) == [(f"/routing/tests/{test.pk}/", "test")]


def test_rule_above_another_is_a_quiet_note(tab: Client, cleo: Agent) -> None:
    """I3: that is what order is for."""
    gold, silver = make_team("Gold", cleo), make_team("Silver", cleo)
    create_rule("Texts", SMS, to=To(team=gold), by=cleo)
    create_rule("Orders", all_of(TAGS_CONTAIN_ORDER), to=To(team=silver), by=cleo)

    html = tab.get("/routing/publication/").content.decode()

    notes = re.search(r'<ul class="notes.*?</ul>', html, re.DOTALL)
    assert (notes is not None and "Orders" in notes[0], "Look at this before you publish" in html) == (True, False)
