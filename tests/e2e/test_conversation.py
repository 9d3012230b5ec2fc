"""A conversation in real browsers: draft, file, macro, mention, undo, and what the customer gets."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk import Desk, running
from tests.e2e.browsing import PASSWORD, sign_in

SET_UP = f"""
from agents.models import Agent
from helpdesk.intake import InboundMessage, Sender, receive_message
from helpdesk.tickets.models import Macro
for name in ("Anna Kowalska", "Bea Nowak"):
    Agent.objects.create_user(name.split()[0].lower() + "@desk.example", {PASSWORD!r}, name=name)
Macro.objects.create(name="Greeting", category="Basics", body="Hi {{{{ customer.first_name }}}}, call {{{{ customer.phone }}}}?")
mail = {{"channel": "email", "inbox": "support@desk.example", "external_id": "<1@x>", "conversation_id": "<1@x>", "raw": b"raw"}}
sender = Sender(email="rowan@example.com", name="Rowan Whitfield")
print(receive_message(InboundMessage(**mail, subject="A lamp", text="Where is it?", sender=sender)).ticket)
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with running(tmp_path, "serve", UNDO_SEND_SECONDS="6", EMAIL_URL=f"filemail:///{tmp_path / 'outgoing'}") as desk:
        yield desk


@pytest.fixture
def ticket(desk: Desk) -> str:
    return f"{desk.address}/tickets/{desk.run_python(SET_UP)}/"


def test_reply_is_written_with_a_macro_and_a_file_taken_back_and_sent(desk: Desk, ticket: str, page: Page, browser: Browser, tmp_path: Path) -> None:
    sign_in(page, ticket, "anna@desk.example")
    text = page.get_by_label("Your message", exact=True)
    text.press_sequentially("/gree")
    expect(page.locator("#picker").get_by_role("option", name="Greeting")).to_be_visible()
    text.press("Enter")
    expect(text).to_have_value("Hi Rowan, call {{ customer.phone }}?")
    text.press_sequentially("me")  # the gap was selected
    page.locator("input[type=file]").set_input_files({"name": "żółć.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"})
    expect(page.get_by_role("link", name="żółć.pdf")).to_be_visible()
    expect(page.locator("#composer-status")).to_have_text("Draft saved")
    page.reload()
    expect(text).to_have_value("Hi Rowan, call me?")

    text.press("Control+Enter")
    page.get_by_role("button", name="Undo").click()
    expect(text).to_have_value("Hi Rowan, call me?")
    assert list(tmp_path.glob("outgoing/*")) == []
    text.press("Control+Enter")
    expect(page.locator("#conversation").get_by_text("Sent", exact=True)).to_be_visible()

    mails = [message_from_bytes(file.read_bytes(), policy=default) for file in tmp_path.glob("outgoing/*")]
    assert [[part.get_filename() for part in mail.iter_attachments()] for mail in mails] == [["żółć.pdf"]]


def test_two_people_at_one_ticket_see_each_other(desk: Desk, ticket: str, page: Page, browser: Browser) -> None:
    sign_in(page, ticket, "anna@desk.example")
    other = browser.new_context().new_page()
    sign_in(other, f"{desk.address}/inbox/all/", "bea@desk.example")
    note = page.get_by_label("Your message", exact=True)

    page.get_by_role("radiogroup", name="Kind of message").get_by_text("Note").click()
    note.press_sequentially("Can @now")
    expect(page.locator("#picker").get_by_role("option", name="Bea Nowak")).to_be_visible()
    other.goto(ticket)  # while Anna thinks: she does not type again
    expect(other.locator("#typing")).to_have_text("Anna Kowalska is replying")
    note.press("Enter")
    note.press_sequentially("look?")
    note.press("Control+Enter")

    expect(other.locator("#toasts")).to_contain_text("Anna Kowalska mentioned you: A lamp")
    expect(other.locator(".mention")).to_have_text("@Bea Nowak")
    other.close()
