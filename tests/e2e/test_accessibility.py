"""Every page of the desk, looked at by axe: no violation of WCAG 2.2 AA, wide and narrow, light and dark."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

from tests.desk import Desk
from tests.e2e.browsing import PASSWORD, sign_in

SET_UP = f"""
import json
from agents.models import Agent, Team
from helpdesk.customers.profiles import identify, track
from helpdesk.intake import process_message
from helpdesk.tickets.acts.assignment import assign_agent, assign_team
from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.acts.lifecycle import set_sentiment
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.models import SavedView, Ticket
from helpdesk.tickets.lists.saved_views import create_view
from routing.publication import publish
from routing.rules import To, create_rule
from tests.factories import CHANNEL_IS_SMS, CHURN_RISK_HIGH, all_of, make_ticket
anna = Agent.objects.create_user("anna@desk.example", {PASSWORD!r}, name="Anna Kowalska", role="Owner")
team = Team.objects.create(name="Retention specialists")
team.members.add(anna)
create_rule("Churn defence", all_of(CHURN_RISK_HIGH), to=To(team=team), by=None)
create_rule("Texts", all_of(CHANNEL_IS_SMS), to=To(view=SavedView.objects.create(name="Texts")), by=None)
publish(by=None)
rowan = identify(email="rowan@example.com", name="Rowan Whitfield", properties={{"churn_probability": 0.9}}, country="Sweden")
track(rowan, "Placed Order", external_id="1", value=120)
ticket = make_ticket("I fly out on Saturday, it really has to go to the hotel", customer=rowan, subject="Zmiana adresu zamówienia 1042")
make_ticket("Gdzie jest moja paczka?", channel="sms", subject="Gdzie jest moja paczka?")
set_sentiment(ticket, score=3, label="urgent", quotes=["it really has to"], model="test")
add_tag(ticket, "Shipping", by=anna)
assign_team(ticket, team, by=anna)
assign_agent(ticket, anna, by=anna)
add_note(ticket, "Called the carrier.", by=anna)
create_view("Upset", all_of(CHANNEL_IS_SMS), by=anna)
print(json.dumps([ticket.pk, rowan.pk]))
"""
WIDTHS: dict[str, ViewportSize] = {"wide": {"width": 1440, "height": 900}, "narrow": {"width": 390, "height": 844}}


@pytest.fixture(scope="module")
def desk(served: Desk) -> tuple[Desk, list[int]]:
    """With the numbers of a ticket and of its customer. Looked at by all, changed by nobody."""
    return served, served.begin_anew(SET_UP)


def pages(ticket: int, customer: int) -> dict[str, str]:
    """Of each, the address, and what is pressed before it is looked at."""
    return {
        **dict.fromkeys(["/inbox/all/", "/inbox/mine/", "/inbox/unassigned/", "/inbox/all/?sentiment=urgent&sort=upset", "/inbox/all/?q=nothing"], ""),
        "/inbox/all/?status=any": "[popovertarget=filters]",
        **dict.fromkeys([f"/tickets/{ticket}/?in=mine", f"/tickets/{ticket}/why/", "/views/new/?from=all%3Fchannel%3Dsms", "/preferences/"], ""),
        **dict.fromkeys(["/routing/", "/routing/new/", "/routing/publication/", "/routing/versions/", "/routing/back-tests/", "/routing/tests/"], ""),
        **dict.fromkeys(
            ["/customers/", f"/customers/{customer}/", "/segments/", "/segments/new/", "/imports/", "/search/?q=paczka", "/fairness/", "/reports/", "/macros/"],
            "",
        ),
    }


def violations(page: Page, axe: Axe) -> list[str]:
    found = axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).response["violations"]
    return [f"{each['id']}: {node['html'][:160]} | {node['failureSummary'][:200]}" for each in found for node in each["nodes"]]


def is_awake(page: Page, axe: Axe) -> bool:
    """It complains of a picture without words: silence means that there is nothing to say."""
    page.evaluate("document.body.append(document.createElement('img'))")
    return any(told.startswith("image-alt") for told in violations(page, axe))


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_have_no_violations(desk: tuple[Desk, list[int]], browser: Browser, width: str) -> None:
    there, numbers = desk
    page = browser.new_page(bypass_csp=True, reduced_motion="reduce")
    sign_in(page, there.address, "anna@desk.example")
    page.set_viewport_size(WIDTHS[width])
    axe, found = Axe(), {}
    assert is_awake(page, axe)

    for address, pressed in pages(*numbers).items():
        response = page.goto(there.address + address)
        assert (address, response.status if response else 0) == (address, 200)
        if pressed:
            page.click(pressed)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # a literal
            page.evaluate("Promise.allSettled(document.getAnimations().map((each) => each.finished))")  # colours change little by little
            found[address, scheme] = violations(page, axe)

    assert {where: told for where, told in found.items() if told} == {}
    page.close()
