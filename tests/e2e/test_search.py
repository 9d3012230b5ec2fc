"""By keyboard alone: the palette opens, finds by a folded word, opens the ticket, and the ticket is worked on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.desk import Desk
from tests.e2e.browsing import PASSWORD, sign_in

SET_UP = f"""
import json
from agents.models import Agent
from helpdesk.intake import InboundMessage, Sender, receive_message
Agent.objects.create_user("olga@desk.example", None, name="Olga Owner", role="Owner")
Agent.objects.create_user("anna@desk.example", {PASSWORD!r}, name="Anna Kowalska")
def write(number, subject, text, name):
    sender = Sender(email=f"{{number}}@example.com", name=name)
    fields = dict(channel="email", inbox="support@desk.example", external_id=number, conversation_id=number, raw=b"raw")
    return receive_message(InboundMessage(sender=sender, subject=subject, text=text, **fields)).ticket
numbers = [write("1", "Zmiana adresu", "Proszę wysłać do Łodzi, ulica Piękna", "Żaneta Wójcik"), write("2", "Where is it?", "Hello", "Rowan")]
print(json.dumps(numbers))
"""


@pytest.fixture(scope="module")
def numbers(served: Desk) -> list[int]:
    """Of two tickets, for all of them: they look, and the last one acts."""
    found: list[int] = served.begin_anew(SET_UP)
    return found


@pytest.fixture
def anna(served: Desk, numbers: list[int], page: Page) -> Page:
    sign_in(page, served.address, "anna@desk.example")
    expect(page.locator(".ticket")).to_have_count(2)
    page.wait_for_load_state()  # scripts have run then
    return page


def chosen(page: Page) -> str:
    """The option that a screen reader is told of."""
    said: str = page.evaluate("document.getElementById(document.querySelector('#palette-input').getAttribute('aria-activedescendant'))?.innerText ?? ''")
    return said


def test_palette_goes_where_the_side_bar_leads_and_gives_focus_back(anna: Page) -> None:
    anna.locator(".ticket-link").first.focus()
    anna.keyboard.press("Control+k")
    expect(anna.get_by_role("combobox", name="Search or run a command")).to_be_focused()
    anna.keyboard.press("Escape")
    expect(anna.locator("#palette")).to_be_hidden()
    expect(anna.locator(".ticket-link").first).to_be_focused()
    anna.keyboard.press("/")
    anna.keyboard.type("unass")
    expect(anna.get_by_role("option", name="Unassigned")).to_have_attribute("aria-selected", "true")
    anna.keyboard.press("Enter")

    anna.wait_for_url("**/inbox/unassigned/")


def test_keys_move_the_focus_through_the_list_and_the_panes(anna: Page) -> None:
    """Design: J and K move real focus; F6 goes from pane to pane."""
    links = anna.locator(".ticket-link")
    anna.keyboard.press("j")
    expect(links.first).to_be_focused()
    anna.keyboard.press("j")
    expect(links.nth(1)).to_be_focused()
    anna.keyboard.press("k")
    anna.keyboard.press("Enter")
    expect(anna.locator("#ticket")).to_be_visible()
    anna.keyboard.press("n")
    expect(anna.locator(".composer textarea")).to_be_focused()
    anna.keyboard.press("F6")
    expect(anna.locator(".overview :focus")).to_have_count(1)
    anna.keyboard.press("Shift+F6")
    expect(anna.locator(".composer textarea")).to_be_focused()


def test_header_leads_to_the_search_page_without_scripts(anna: Page, served: Desk) -> None:
    """Every control is a link or a form that works without scripts."""
    assert anna.context.browser is not None
    context = anna.context.browser.new_context(java_script_enabled=False, storage_state=anna.context.storage_state())
    plain = context.new_page()
    plain.goto(served.address)
    plain.get_by_role("link", name="Search or run a command").click()
    plain.get_by_role("searchbox").fill("piekna")
    plain.get_by_role("button", name="Search").click()

    expect(plain.locator(".hit mark")).to_have_text("Piękna")
    context.close()


def test_ticket_is_found_opened_and_closed_by_keyboard(anna: Page, numbers: list[int]) -> None:
    """Part 4: search and shortcuts."""
    anna.keyboard.press("Control+k")
    expect(anna.get_by_role("combobox", name="Search or run a command")).to_be_focused()
    anna.keyboard.type("lodzi piekn")
    expect(anna.get_by_role("option", name="Zmiana adresu")).to_be_visible()
    expect(anna.get_by_role("option", name="Zmiana adresu")).to_have_attribute("aria-selected", "true")
    assert "Zmiana adresu" in chosen(anna)
    anna.keyboard.press("Enter")
    expect(anna.locator("#ticket")).to_have_attribute("data-number", str(numbers[0]))

    anna.keyboard.press("r")
    anna.keyboard.type("Już wysłane")
    anna.keyboard.press("Control+Enter")
    expect(anna.locator(".message", has_text="Już wysłane")).to_be_visible()
    anna.keyboard.press("Escape")
    anna.keyboard.press("Control+k")
    anna.keyboard.type("clo")
    expect(anna.get_by_role("option", name="Close", exact=False).first).to_have_attribute("aria-selected", "true")
    anna.evaluate("document.querySelector('#talk-top').replaceWith(document.querySelector('#talk-top').cloneNode(true))")  # as a frame may do meanwhile
    anna.evaluate("htmx.process(document.querySelector('#talk-top'))")
    anna.keyboard.press("Enter")
    expect(anna.get_by_role("button", name="Reopen")).to_be_visible()
