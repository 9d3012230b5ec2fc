"""What stays at hand while one works: what is typed in two tabs, a menu whose row goes away, the next row after an act."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk import Desk, running
from tests.e2e.browsing import PASSWORD, sign_in

SET_UP = f"""
from agents.models import Agent
from tests.factories import make_ticket
for name in ("Anna Kowalska", "Bea Nowak"):
    Agent.objects.create_user(name.split()[0].lower() + "@desk.example", {PASSWORD!r}, name=name)
for subject in ("First", "Second", "Third", "Fourth"):
    number = make_ticket(subject=subject).pk
print(number)
"""


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Newest first: Fourth, Third, Second, First."""
    with running(tmp_path_factory.mktemp("desk"), "serve", UNDO_SEND_SECONDS="30") as desk:
        desk.run_python(SET_UP)
        yield desk


def has_scripts(page: Page) -> None:
    """Before that every button works too, as a form does."""
    expect(page.locator(".menu-anchor")).to_be_attached()


def test_two_tabs_and_another_device_lose_nothing_that_is_typed(desk: Desk, page: Page, browser: Browser) -> None:
    sign_in(page, f"{desk.address}/tickets/1/", "anna@desk.example")
    tab, device = page.context.new_page(), browser.new_context().new_page()
    sign_in(device, f"{desk.address}/tickets/1/", "anna@desk.example")
    has_scripts(page)
    tab.goto(f"{desk.address}/tickets/1/")
    here, there, elsewhere = (each.get_by_label("Your message", exact=True) for each in (page, tab, device))
    for each in (tab, device):
        has_scripts(each)

    here.fill("Dear Paweł")
    expect(there).to_have_value("Dear Paweł")
    elsewhere.fill("On a train")
    expect(device.locator("#composer-status")).to_contain_text("Both texts are here now.")
    expect(elsewhere).to_have_value("On a train\n\nDear Paweł")
    there.fill("Dear Paweł, tomorrow")
    expect(there).to_have_value("Dear Paweł, tomorrow\n\nOn a train\n\nDear Paweł")
    expect(here).to_have_value("Dear Paweł, tomorrow\n\nOn a train\n\nDear Paweł")
    here.fill("Tomorrow")
    here.press("Control+Enter")

    expect(page.locator("#conversation").get_by_text("Tomorrow")).to_be_visible()
    expect(there).to_have_value("")
    device.close()


def test_menu_stays_when_somebody_takes_the_ticket_and_the_act_says_so(desk: Desk, page: Page, browser: Browser) -> None:
    """A23."""
    sign_in(page, f"{desk.address}/inbox/unassigned/", "anna@desk.example")
    other = browser.new_context().new_page()
    sign_in(other, f"{desk.address}/tickets/3/", "bea@desk.example")
    has_scripts(page)
    page.locator("#ticket_3").hover()
    page.get_by_role("link", name="Actions for #3").click()
    page.locator("#menu summary", has_text="Assign").click()
    take = page.locator("#menu").get_by_role("button", name="Assign to me")
    before = take.bounding_box()

    has_scripts(other)
    other.get_by_role("button", name="Assign to me").click()
    expect(page.locator("#ticket_3")).to_have_count(0)
    after = take.bounding_box()
    take.click()

    assert before == after
    expect(page.get_by_role("alert")).to_contain_text("Already taken by Bea Nowak: #3.")
    other.close()


def test_next_row_is_at_hand_after_closing_snoozing_and_sending(desk: Desk, page: Page) -> None:
    sign_in(page, f"{desk.address}/tickets/4/", "anna@desk.example")
    has_scripts(page)
    focused, undo = page.locator(".ticket-link:focus"), page.locator("#toasts").get_by_role("button", name="Undo")

    page.get_by_role("button", name="Close").click()
    expect(focused).to_have_text("Third")
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    page.keyboard.press("e")
    expect(focused).to_have_text("Second")
    expect(page.locator(".ticket")).to_have_count(2)
    undo.first.click()
    expect(page.locator(".ticket-link").first).to_have_text("Third")

    page.locator("#ticket_2 .ticket-link").focus()
    page.keyboard.press("z")
    page.locator("#menu").get_by_role("button", name="Tomorrow").press("Enter")
    expect(focused).to_have_text("First")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="First")).to_be_visible()
    page.get_by_label("Your message", exact=True).fill("Done")
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator("#conversation").get_by_text("Sending, then closing")).to_be_visible()
    expect(focused).to_have_text("Third")
