"""A manager builds a segment by hand: a real server, a real browser, the real job that fills it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.desk import Desk
from tests.e2e.browsing import PASSWORD, sign_in

SET_UP = f"""
import json
from agents.models import Agent
from helpdesk.customers.profiles import identify, track
Agent.objects.create_user("olga@desk.example", None, name="Olga Owner", role="Owner")
Agent.objects.create_user("cleo@desk.example", {PASSWORD!r}, name="Cleo Berg", role="Manager")
amelie = identify(email="amelie@example.com", name="Amélie Roux", country="France")
paul = identify(email="paul@example.com", name="Paul Roux", country="France")
olle = identify(email="olle@example.com", name="Olle Lind", country="Sweden")
track(amelie, "Placed Order", external_id="1")
track(olle, "Placed Order", external_id="2")
print(json.dumps(amelie.pk))
"""


@pytest.fixture
def desk(served: Desk) -> Desk:
    return served


@pytest.fixture
def amelie(desk: Desk) -> int:
    number: int = desk.begin_anew(SET_UP)
    return number


@pytest.fixture
def cleo(desk: Desk, amelie: int, page: Page) -> Page:
    """Cleo's browser, at an empty segment."""
    sign_in(page, desk.address, "cleo@desk.example")
    page.get_by_role("link", name="Segments").click()
    page.get_by_role("link", name="New segment").click()
    return page


def placed_order_in_2_hours(page: Page) -> None:
    """R8, R15."""
    first = page.get_by_role("group", name="Condition 1")
    first.get_by_label("Event").fill("Placed Order")
    first.get_by_label("When").select_option("in the last")
    first.get_by_label("Number").fill("2")
    first.get_by_label("Unit").select_option("hours")


def country_is_france(page: Page) -> None:
    """R9."""
    page.get_by_role("button", name="AND", exact=True).click()
    second = page.get_by_role("group", name="Group 2")
    expect(second.get_by_label("Kind of condition")).to_be_focused()
    second.get_by_label("Kind of condition").select_option("Properties about someone")
    second.get_by_label("Property").fill("$country")
    second.get_by_label("Property").press("Tab")
    second.get_by_label("Value").fill("France")


def test_segment_that_is_built_by_hand_gets_its_member(desk: Desk, cleo: Page, amelie: int) -> None:
    """The number follows what is built, without a reload; the profile shows the segment once it is saved."""
    figure = cleo.locator("#effect .figure")

    cleo.get_by_label("Name", exact=True).fill("Fresh from France")
    placed_order_in_2_hours(cleo)
    expect(figure).to_have_text("2")
    country_is_france(cleo)
    expect(figure).to_have_text("1")
    expect(cleo.locator("#sentence")).to_contain_text("Placed Order at least once in the last 2 hours and country equals France")
    cleo.get_by_role("button", name="Save").click()
    expect(cleo.get_by_role("heading", name="Fresh from France")).to_be_visible()
    desk.wait_for(lambda: desk.run_python("import json; from helpdesk.customers.models import Membership; print(json.dumps(Membership.objects.count()))") == 1)
    cleo.goto(f"{desk.address}/customers/{amelie}/")

    expect(cleo.get_by_role("region", name="Segments")).to_contain_text("Fresh from France")


def test_swapped_builder_keeps_what_was_typed_meanwhile(cleo: Page) -> None:
    """An answer that comes late takes nothing away: neither words nor the place of the caret."""
    cleo.route("**/segments/builder/", lambda route: (cleo.wait_for_timeout(400), route.continue_()))
    condition = cleo.get_by_role("group", name="Condition 1")
    condition.get_by_label("When").select_option("in the last")
    condition.get_by_label("Event").fill("Placed Or")
    expect(condition.get_by_label("Number")).to_be_visible()

    expect(condition.get_by_label("Event")).to_have_value("Placed Or")
    expect(condition.get_by_label("Event")).to_be_focused()


def test_choice_made_before_the_scripts_came_is_answered(cleo: Page) -> None:
    cleo.route("**/*.js", lambda route: (cleo.wait_for_timeout(700), route.continue_()))
    cleo.goto(cleo.url, wait_until="commit")
    condition = cleo.get_by_role("group", name="Condition 1")
    condition.get_by_label("When").select_option("in the last")

    assert cleo.evaluate("window.htmx === undefined")
    expect(condition.get_by_label("Number")).to_be_visible()
