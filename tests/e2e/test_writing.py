"""What one writes: lost in no tab, on no device, by no file that is refused, and not while the server is away."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.desk import Desk
from tests.e2e.browsing import has_scripts, sign_in


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
