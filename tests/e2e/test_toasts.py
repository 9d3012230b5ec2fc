"""Toasts in real browsers: grouped, kept over a reconnect, taken back, heard and seen outside the page (B17)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.desk import Desk
from tests.e2e.browsing import PASSWORD, sign_in

SET_UP = f"""
import json
from agents.models import Agent
from helpdesk.api.models import ApiKey
from helpdesk.intake import InboundMessage, Sender, receive_message
Agent.objects.create_user("anna@desk.example", {PASSWORD!r}, name="Anna Kowalska")
Agent.objects.create_user("bea@desk.example", {PASSWORD!r}, name="Bea Nowak", language="pl")
Agent.objects.create_user("stig@desk.example", {PASSWORD!r}, name="Stig Ek", language="sv")
robot = Agent.objects.create_user("robot@desk.example", None, name="Gateway", role="Owner")
for number in range(9):
    mail = {{"channel": "email", "inbox": "support@desk.example", "external_id": f"<{{number}}@x>", "conversation_id": f"<{{number}}@x>", "raw": b"raw"}}
    receive_message(InboundMessage(**mail, subject=f"Lamp {{number}}", text="Where is it?", sender=Sender(email="rowan@example.com")))
print(json.dumps(ApiKey.make("gateway", robot)[1]))
"""
# A page that nobody looks at, with a loudspeaker and notices that write down what they were asked for.
AWAY = """
window.heard = []; window.noticed = [];
Object.defineProperty(document, "hidden", { get: () => sessionStorage.getItem("away") === "yes" });
class Silent { currentTime = 0; destination = {}; close() {} }
class Tone { connect(to) { return to; } start() { window.heard.push("tone"); } }
class Volume extends Tone { gain = { setValueAtTime() {}, exponentialRampToValueAtTime() {} }; }
class Notice extends EventTarget {
  static permission = "granted"; static requestPermission = async () => "granted";
  constructor(title, { tag }) { super(); window.noticed.push([title, tag]); }
  close() {}
}
Object.assign(window, { AudioContext: Silent, OscillatorNode: Tone, GainNode: Volume, Notification: Notice });
"""


@pytest.fixture
def desk(served: Desk) -> Desk:
    return served


@pytest.fixture
def key(desk: Desk) -> str:
    key: str = desk.begin_anew(SET_UP)
    return key


def give(desk: Desk, key: str, *tickets: int, to: str = "1") -> None:
    """Anna is the first person of the desk."""
    status, answer = desk.post("/api/v1/tickets/acts/", key, {"act": "assign", "value": to, "tickets": list(tickets)})
    assert (status, answer["changed"]) == (200, len(tickets))


def toasts(page: Page) -> Locator:
    return page.locator("#toasts .toast:not(.is-leaving)")


def open_inbox(page: Page, desk: Desk) -> None:
    sign_in(page, f"{desk.address}/inbox/all/", "anna@desk.example")
    expect(page.locator(".ticket-link")).to_have_count(9)


def test_b17_five_within_a_minute_are_one_toast(desk: Desk, key: str, page: Page) -> None:
    """B17: on an open page, and alike on one that comes later; dismissed once, they are gone."""
    open_inbox(page, desk)
    for ticket in range(1, 6):
        give(desk, key, ticket)
    give(desk, key, 6, 7)

    expect(toasts(page)).to_have_text(["7 tickets are yours Open"], use_inner_text=True)
    page.reload()
    expect(toasts(page)).to_have_text(["7 tickets are yours Open"], use_inner_text=True)
    give(desk, key, 1, 2, to="")
    expect(toasts(page)).to_have_text(["5 tickets are yours Open"], use_inner_text=True)

    toasts(page).get_by_role("link", name="Open").click()
    expect(page.get_by_role("heading", name="My inbox")).to_be_visible()
    page.reload()
    expect(page.locator("body[data-latest]")).to_be_visible()
    expect(toasts(page)).to_have_count(0)


def test_four_are_four_with_one_folded_away(desk: Desk, key: str, page: Page) -> None:
    """Three at most are shown."""
    open_inbox(page, desk)
    for ticket in range(1, 5):
        give(desk, key, ticket)

    expect(page.locator(".toasts-more")).to_have_text("1 more")
    expect(toasts(page).and_(page.locator(":visible"))).to_have_count(3)


def test_whoever_looks_elsewhere_hears_and_sees_it_once(desk: Desk, key: str, page: Page) -> None:
    """As they chose in this browser, and on one of its tabs."""
    page.context.add_init_script(AWAY)
    sign_in(page, f"{desk.address}/preferences/", "anna@desk.example")
    for name in ("A sound when a ticket becomes yours or somebody mentions you", "Notices outside the page"):
        page.get_by_role("checkbox", name=name).check()
    page.evaluate("sessionStorage.setItem('away', 'yes')")
    page.goto(f"{desk.address}/inbox/all/")
    other = page.context.new_page()
    other.goto(f"{desk.address}/inbox/all/")
    other.evaluate("sessionStorage.setItem('away', 'yes')")
    expect(other.locator(".ticket-link")).to_have_count(9)

    give(desk, key, 1)
    for tab in (page, other):
        expect(toasts(tab)).to_have_count(1)
    page.wait_for_timeout(1500)

    assert page.evaluate("heard") + other.evaluate("heard") == ["tone"]
    assert page.evaluate("noticed") + other.evaluate("noticed") == [["Your turn: Lamp 0", "toast_1"]]


def test_two_readers_see_the_same_new_ticket_each_in_their_language(desk: Desk, key: str, page: Page, browser: Browser) -> None:
    """The row and the toast, as they arrive."""
    polish = browser.new_context().new_page()
    for tab, name in ((page, "stig"), (polish, "bea")):
        sign_in(tab, f"{desk.address}/inbox/all/", f"{name}@desk.example")
        expect(tab.locator(".ticket-link")).to_have_count(9)
        tab.evaluate("window.sameDocument = true")

    desk.post("/api/v1/messages/", key, {"external_id": "1", "subject": "A new lamp", "text": "Hello?", "sender": {"email": "rowan@example.com"}})
    rows = [tab.locator(".ticket", has_text="A new lamp") for tab in (page, polish)]
    expect(rows[0]).to_contain_text("Väntar på svar")
    expect(rows[1]).to_contain_text("Czeka na odpowiedź")
    give(desk, key, 1, to="3")
    give(desk, key, 2, to="2")

    expect(toasts(page)).to_contain_text("Din tur: Lamp 0")
    expect(toasts(polish)).to_contain_text("Twoja kolej: Lamp 1")
    assert (page.evaluate("sameDocument"), polish.evaluate("sameDocument")) == (True, True)
    polish.context.close()
