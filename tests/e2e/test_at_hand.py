"""What stays at hand while one works: a menu whose row goes away, the next row after an act, what an undo brings back."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, Route, expect

from tests.desk import Desk
from tests.e2e.browsing import has_scripts, sign_in, slowly

PRESS_ONCE_A_TICKET_IS_THERE = """key => document.addEventListener("htmx:afterSwap", ({ detail }) => detail.target.id === "ticket" && queueMicrotask(() => {
    const title = document.querySelector("#ticket h1");
    title.focus();
    title.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
}))"""


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


def test_what_has_just_arrived_acts_as_all_else_does(desk: Desk, page: Page) -> None:
    """Not as a plain form, which would lead away from the list."""
    sign_in(page, f"{desk.address}/tickets/4/", "anna@desk.example")
    has_scripts(page)
    page.evaluate(PRESS_ONCE_A_TICKET_IS_THERE, "u")

    page.locator(".ticket-link", has_text="Third").click()

    expect(page.locator("#toasts [data-title]")).to_have_text("1 ticket marked unread")
    expect(page.get_by_role("heading", name="Third")).to_be_visible()


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
