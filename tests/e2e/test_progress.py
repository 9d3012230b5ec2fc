"""A page about something under way, which is read again every second, in a browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.desk import Desk
from tests.e2e.browsing import sign_in

UNDER_WAY = """
from datetime import timedelta
from django.utils import timezone
from agents.models import Agent
from routing.backtest.models import BackTest
Agent.objects.filter(name="Anna Kowalska").update(role="Manager")
now = timezone.now()
print(BackTest.objects.create(since=now - timedelta(days=7), until=now, rules=[], status="running", total=9, next_at=now + timedelta(days=1)).pk)
"""


def read_again(page: Page) -> None:
    with page.expect_response("**/routing/back-tests/*/"):
        pass
    page.wait_for_timeout(150)


def test_cancel_keeps_the_focus_and_a_slow_press(desk: Desk, page: Page) -> None:
    """The button is read again under the hands of whoever presses it."""
    number = desk.run_python(UNDER_WAY)
    sign_in(page, f"{desk.address}/routing/back-tests/{number}/", "anna@desk.example")
    cancel = page.get_by_role("button", name="Cancel")

    cancel.focus()
    read_again(page)
    expect(cancel).to_be_focused()
    cancel.hover()
    page.mouse.down()
    read_again(page)
    page.mouse.up()

    expect(page.get_by_role("heading", name="This back-test was cancelled")).to_be_visible()
