"""What stays at hand while one works: what is typed in two tabs, a menu whose row goes away, the next row after an act, what an undo brings back."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.desk import Desk
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
def desk(served: Desk) -> Desk:
    """Newest first: Fourth, Third, Second, First."""
    served.begin_anew(SET_UP)
    return served


def has_scripts(page: Page) -> None:
    """Before that every button works too, as a form does."""
    expect(page.locator(".menu-anchor")).to_be_attached()


def slowly(route: Route) -> None:
    time.sleep(0.5)
    route.continue_()


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


def test_focus_stays_on_its_row_when_the_list_is_read_again(desk: Desk, page: Page, browser: Browser) -> None:
    """What somebody else does to another ticket moves nobody; where their row leaves, the one at its place is at hand."""
    sign_in(page, f"{desk.address}/inbox/all/?sort=waiting", "anna@desk.example")
    other = browser.new_context().new_page()
    sign_in(other, f"{desk.address}/tickets/4/", "bea@desk.example")
    focused = page.locator(".ticket-link:focus")
    for each in (page, other):
        has_scripts(each)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(focused).to_have_text("Second")

    other.keyboard.press("e")
    expect(page.locator(".ticket")).to_have_count(3)
    expect(focused).to_have_text("Second")
    other.goto(f"{desk.address}/tickets/2/")
    has_scripts(other)
    other.keyboard.press("e")
    expect(page.locator(".ticket")).to_have_count(2)
    expect(focused).to_have_text("Third")
    other.close()


def test_new_tickets_of_a_narrowed_list_are_those_that_it_does_not_show(desk: Desk, page: Page, browser: Browser) -> None:
    """Under the pointer nothing moves; what somebody does to a ticket that stands there is no new ticket."""
    other = browser.new_context().new_page()
    sign_in(other, f"{desk.address}/tickets/4/", "bea@desk.example")
    has_scripts(other)
    other.keyboard.press("e")
    expect(other.get_by_role("button", name="Reopen")).to_be_visible()
    sign_in(page, f"{desk.address}/inbox/all/?sort=waiting", "anna@desk.example")
    has_scripts(page)
    page.locator("#ticket_1").hover()

    other.goto(f"{desk.address}/tickets/2/")
    other.locator("#priority").select_option("urgent")
    expect(page.locator("#ticket_2 .priority")).to_be_visible()
    page.wait_for_timeout(3000)  # by then it would have been counted
    expect(page.locator("#new-tickets")).to_be_hidden()
    other.goto(f"{desk.address}/tickets/4/")
    has_scripts(other)
    other.keyboard.press("e")

    expect(page.locator("#new-tickets")).to_have_text("1 new ticket")
    page.locator("#new-tickets").click()
    expect(page.locator(".ticket")).to_have_count(4)
    expect(page.locator("#new-tickets")).to_be_hidden()
    other.close()


def test_undo_brings_back_the_tickets_and_the_focus_however_slow_the_server_is(desk: Desk, page: Page) -> None:
    """Also under the pointer, where nothing else that arrives moves the rows."""
    sign_in(page, f"{desk.address}/tickets/4/", "anna@desk.example")
    has_scripts(page)
    page.route("**/undoing/", slowly)
    said, rows = page.locator("#toasts").get_by_text("as before"), page.locator(".ticket")

    page.keyboard.press("e")
    expect(rows).to_have_count(3)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(said).to_have_text("1 ticket is as before")
    expect(page.locator("h1:focus")).to_have_text("Fourth")
    page.keyboard.press("u")  # of the ticket in front of one, not of a row
    expect(page.locator("#toasts").get_by_text("marked unread")).to_have_text("1 ticket marked unread")

    page.goto(f"{desk.address}/inbox/all/")
    has_scripts(page)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.locator("#bulk").get_by_role("button", name="More actions").click()
    page.locator("#menu").get_by_role("button", name="Close", exact=True).click()
    expect(rows).to_have_count(2)
    page.locator("#ticket_1").hover()
    page.keyboard.press("Control+z")
    expect(said).to_have_text("2 tickets are as before")
    expect(rows).to_have_count(4)
    expect(page.locator(".ticket-link:focus")).to_have_text(re.compile("Fourth|Third"))


def test_act_is_told_once_though_somebody_changes_the_ticket_before_the_answer(desk: Desk, page: Page, browser: Browser) -> None:
    """The second half of a double click asks for nothing."""
    sign_in(page, f"{desk.address}/tickets/4/", "anna@desk.example")
    other = browser.new_context().new_page()
    sign_in(other, f"{desk.address}/tickets/4/", "bea@desk.example")
    has_scripts(page)
    has_scripts(other)

    def meanwhile(route: Route) -> None:
        other.locator("#priority").select_option("urgent")
        expect(page.locator("#conversation").get_by_text("set the priority")).to_be_visible()
        route.continue_()

    page.route("**/acts/", meanwhile)
    page.get_by_role("button", name="Close").dblclick()

    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    expect(page.locator("#toasts [data-title]")).to_have_text(["1 ticket closed"])
    other.close()


def test_way_back_on_a_phone_leads_to_the_row_in_the_list_as_it_was(desk: Desk, browser: Browser) -> None:
    """Filters and order stay through a reply; and what can be touched there can be seen."""
    phone = browser.new_context(has_touch=True, is_mobile=True)
    page = phone.new_page()
    sign_in(page, f"{desk.address}/inbox/all/?channel=email&sort=waiting", "anna@desk.example")
    page.set_viewport_size({"width": 390, "height": 800})
    focused = page.locator(".ticket-link:focus")
    page.locator(".ticket-link", has_text="Third").tap()
    has_scripts(page)
    page.get_by_label("Your message", exact=True).fill("Thank you")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#conversation").get_by_text("Thank you")).to_be_visible()

    page.get_by_role("link", name="Back to the list").tap()
    expect(page).to_have_url(f"{desk.address}/inbox/all/?channel=email&sort=waiting#ticket_3")
    expect(focused).to_have_text("Third")
    expect(page.locator("#ticket_2 .ticket-menu")).to_have_css("opacity", "1")
    page.locator(".ticket-link", has_text="Second").tap()
    expect(page.get_by_role("heading", name="Second")).to_be_visible()
    page.go_back()
    expect(focused).to_have_text("Second")
    phone.close()


def test_menu_opens_at_what_its_key_asks_for_and_keys_wait_for_it(desk: Desk, page: Page) -> None:
    """T and then a tag that begins with an E closes nothing; afterwards the rows have the focus again."""
    sign_in(page, f"{desk.address}/inbox/all/", "anna@desk.example")
    has_scripts(page)
    page.route("**/actions/**", slowly)
    tag = page.get_by_role("combobox", name="Add a tag")
    for key in "jxjxz":
        page.keyboard.press(key)
    expect(page.locator("#menu").get_by_role("button", name="Later today")).to_be_focused()
    page.keyboard.press("Escape")

    page.keyboard.press("t")
    page.keyboard.press("e")
    page.keyboard.press("x")
    expect(tag).to_be_focused()
    tag.fill("Exchange")
    tag.press("Enter")
    expect(page.locator("#toasts [data-title]")).to_have_text("2 tickets tagged")

    expect(page.locator(".ticket:focus-within .ticket-link")).to_have_text("Third")
    expect(page.locator(".ticket")).to_have_count(4)


def test_draft_is_said_in_its_row_and_saved_when_the_server_is_back(desk: Desk, page: Page) -> None:
    sign_in(page, f"{desk.address}/tickets/3/", "anna@desk.example")
    has_scripts(page)
    status, said = page.locator("#composer-status"), page.locator(".ticket-draft:visible")
    desk.kill("serve")
    page.get_by_label("Your message", exact=True).fill("Dear Paweł")
    expect(status).to_contain_text("could not be saved")
    expect(said).to_have_count(0)
    desk.start("serve")

    expect(status).to_have_text("Draft saved")
    expect(page.locator("#ticket_3 .ticket-draft")).to_be_visible()
    expect(said).to_have_text("Draft")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#conversation").get_by_text("Dear Paweł")).to_be_visible()
    expect(said).to_have_count(0)
    page.locator(".message-undo").get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Your message", exact=True)).to_be_focused()
    expect(said).to_have_text("Draft")


def test_reason_of_a_refused_file_stays_when_the_next_one_arrives(desk: Desk, page: Page) -> None:
    sign_in(page, f"{desk.address}/tickets/3/", "anna@desk.example")
    has_scripts(page)
    files = [{"name": name, "mimeType": "text/plain", "buffer": content} for name, content in (("empty.txt", b""), ("cat.txt", b"Cat"))]

    page.locator("input[type=file]").set_input_files(files)

    expect(page.get_by_role("link", name="cat.txt")).to_be_visible()
    expect(page.locator("#files [role=alert]")).to_have_text("“empty.txt” is empty.")
