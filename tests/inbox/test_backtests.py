"""The pages of back-tests (I1)."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django_ox.testing import run_tasks

from agents.models import Agent, Role, Team
from routing.backtest.models import BackTest
from routing.backtest.runs import start
from routing.publication import publish
from routing.router import route_ticket
from routing.rules import To, create_rule, delete_rule, switch_rule
from tests.factories import CHANNEL_IS_SMS, TAGS_CONTAIN_ORDER, all_of, make_agent, make_rule, make_team, make_ticket
from tests.inbox.browsing import browser_of, queries

pytestmark = pytest.mark.django_db
SMS = all_of(CHANNEL_IS_SMS)


@pytest.fixture
def cleo() -> Agent:
    return make_agent("Cleo", role=Role.MANAGER)


@pytest.fixture
def tab(cleo: Agent) -> Client:
    return browser_of(cleo)


def a_test(tickets: int = 1) -> BackTest:
    """Of a draft that sends text messages to a team."""
    for _ in range(tickets):
        route_ticket(make_ticket(subject="Var är mitt paket?", channel="sms").pk, cause="created")
    create_rule(f"Texts {BackTest.objects.count()}", SMS, to=To(team=make_team()), by=None)
    test = start(by=None, days=30)
    run_tasks()
    test.refresh_from_db()
    return test


def test_page_says_what_would_have_moved_from_where_to_where(tab: Client) -> None:
    test = a_test(tickets=2)

    page = tab.get(f"/routing/back-tests/{test.pk}/").content.decode()

    assert "2 of 2 tickets would have gone elsewhere" in page
    assert "it gave the recorded decision for 2 of 2 tickets" in page
    assert page.count("Var är mitt paket?") == 2


def test_manager_starts_one_of_7_30_or_90_days(tab: Client) -> None:
    """Anything else is 30."""
    for days in ("7", "90", "12345678901234567890", "\0"):
        tab.post("/routing/back-tests/", {"days": days})
        BackTest.objects.update(status="done")

    assert [test.days for test in BackTest.objects.order_by("pk")] == [7, 90, 30, 30]


def test_one_under_way_shows_how_far_it_is_and_can_be_cancelled(tab: Client) -> None:
    test = start(by=None, days=30)

    page = tab.get(f"/routing/back-tests/{test.pk}/", headers={"HX-Request": "true", "HX-Target": "back-test"}).content.decode()
    tab.post(f"/routing/back-tests/{test.pk}/cancellation/")

    test.refresh_from_db()
    assert ("<progress" in page, "<html" in page, test.status) == (True, False, "cancelled")
    assert re.findall(r"<(?:a|button)(?![^>]* id=)[^>]*>", page) == []  # the focus is found again by it


def test_agents_read_and_start_nothing() -> None:
    """R3, V3."""
    test, agent, analyst = a_test(), browser_of(make_agent()), browser_of(make_agent(role=Role.ANALYST))
    address = f"/routing/back-tests/{test.pk}/"

    assert [agent.get(address).status_code, agent.post("/routing/back-tests/", {"days": "7"}).status_code] == [200, 403]
    assert [agent.post(f"{address}cancellation/").status_code, analyst.get(address).status_code] == [403, 404]
    assert BackTest.objects.count() == 1


def test_page_costs_the_same_with_1_and_3_moves(tab: Client) -> None:
    first, second = a_test(), a_test(tickets=2)

    assert queries(tab, f"/routing/back-tests/{second.pk}/") == queries(tab, f"/routing/back-tests/{first.pk}/")


@pytest.mark.parametrize("address", ["/routing/back-tests/999999999999999999/", "/routing/back-tests/99999999999999999999999999/"])
def test_one_that_is_not_there_is_404(tab: Client, address: str) -> None:
    assert tab.get(address).status_code == 404


def test_rule_that_is_off_is_tested_again_with_other_days(tab: Client, cleo: Agent) -> None:
    rule = create_rule("Idea", SMS, to=To(new_view="Watch"), by=cleo)
    switch_rule(rule, is_active=False, by=cleo)
    test = start(by=None, days=30, also=[rule.pk])

    html = tab.get(f"/routing/back-tests/{test.pk}/").content.decode()
    sent = re.findall(r'<input type="hidden" name="rule" value="(\d+)">', html)
    tab.post("/routing/back-tests/", {"days": "7", "rule": sent})

    assert [[each["name"] for each in test.rules] for test in BackTest.objects.all()] == [["Idea"]] * 2


def test_one_back_test_of_a_person_at_a_time(tab: Client, cleo: Agent) -> None:
    start(by=cleo, days=7)
    start(by=make_agent(role=Role.MANAGER), days=7)

    response = tab.post("/routing/back-tests/", {"days": "30"})

    assert (response.status_code, "A back-test of yours is still running. Wait for it, or cancel it." in response.content.decode()) == (409, True)
    assert BackTest.objects.count() == 2


def test_long_name_of_a_team_stays_left_of_its_bars(tab: Client) -> None:
    test = a_test(tickets=1)
    Team.objects.update(name="W" * 80)

    html = tab.get(f"/routing/back-tests/{test.pk}/").content.decode()

    assert f'<svg width="138" height="40"><title>{"W" * 80}</title>' in html


def test_rule_that_was_deleted_versions_ago_keeps_its_name(tab: Client) -> None:
    gone = make_rule("Long gone", to=make_team("Returns"), when=SMS)
    route_ticket(make_ticket(channel="sms").pk, cause="created")
    delete_rule(gone, by=None)
    publish(by=None)
    for name in ("Then", "Now"):
        make_rule(name, to=make_team(), when=all_of(TAGS_CONTAIN_ORDER))
    test = start(by=None, days=7)
    run_tasks()

    html = tab.get(f"/routing/back-tests/{test.pk}/").content.decode()

    rows = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in re.findall(r'<tr><th scope="row">.*?</tr>', html)]
    assert "Long gone Goes Returns 1 then 0 with the draft" in rows


def test_narrow_table_says_what_each_number_is(tab: Client) -> None:
    """Its heads are not shown there."""
    html = tab.get(f"/routing/back-tests/{a_test(tickets=1).pk}/").content.decode()

    table = html.partition("Rule by rule")[2].partition("</table>")[0]
    assert re.findall(r'<td class="number">\d+<span class="only-narrow"> ([^<]+)</span>', table) == ["then", "with the draft"]
