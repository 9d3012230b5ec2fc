"""From a customer's message to an agent's toast: a real server, a real mail, a real browser."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.desk import Desk, running
from tests.e2e.browsing import PASSWORD, sign_in

SET_UP = f"""
import json
from agents.models import Agent, Team
from helpdesk.api.models import ApiKey
from helpdesk.customers.profiles import identify
from routing.publication import publish
from routing.rules import To, create_rule
anna = Agent.objects.create_user("anna@desk.example", {PASSWORD!r}, name="Anna Kowalska")
robot = Agent.objects.create_user("robot@desk.example", None, name="Gateway", role="Owner")
team = Team.objects.create(name="Retention specialists")
team.members.add(anna)
churn = {{"type": "profile-property", "property": "churn_risk", "filter": {{"type": "string", "operator": "equals", "value": "High"}}}}
create_rule("Churn defence", {{"condition_groups": [{{"conditions": [churn]}}]}}, to=To(team=team), by=None)
publish(by=None)
identify(email="rowan@example.com", name="Rowan Whitfield", properties={{"churn_probability": 0.9}})
print(json.dumps(ApiKey.make("gateway", robot)[1]))
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with running(tmp_path, "serve", "receive_smtp") as desk:
        yield desk


@pytest.fixture
def key(desk: Desk) -> str:
    key: str = desk.run_python(SET_UP)
    return key


@pytest.fixture
def anna(desk: Desk, key: str, page: Page) -> Page:
    """Anna's browser: signed in through the form, Online by her own switch, looking at her inbox."""
    sign_in(page, desk.address, "anna@desk.example")
    page.get_by_role("link", name="My inbox").click()
    expect(page.get_by_text("You have no open tickets")).to_be_visible()
    page.get_by_role("switch").click()
    expect(page.get_by_role("switch")).to_have_attribute("aria-checked", "true")
    page.evaluate("window.sameDocument = true")  # a reload would forget it
    return page


def send_mail(desk: Desk) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Rowan Whitfield <rowan@example.com>", "support@desk.example"
    mail["Subject"], mail["Message-ID"] = "Zmiana adresu zamówienia 1042", "<1042@mail.example.com>"
    mail.set_content("I am really disappointed, nobody answers me.")
    with smtplib.SMTP("127.0.0.1", desk.smtp_port) as server:
        assert server.send_message(mail) == {}


def post_message(desk: Desk, key: str) -> None:
    body = {"external_id": "1", "subject": "Zmiana adresu zamówienia 1042", "text": "Hello?", "sender": {"email": "rowan@example.com"}}
    status, answer = desk.post("/api/v1/messages/", key, body)
    assert (status, answer["status"]) == (201, "created")


def sees_row_toast_and_why(page: Page) -> None:
    """The row, the count and the toast arrive without a reload; the ticket page says the team and why."""
    expect(page.locator("[data-list] .ticket", has_text="Zmiana adresu zamówienia 1042")).to_be_visible()
    toast = page.get_by_role("status").filter(has_text="Your turn: Zmiana adresu zamówienia 1042")
    expect(toast).to_be_visible()
    assert page.evaluate("window.sameDocument")
    toast.get_by_role("link", name="Open").click()
    overview = page.get_by_role("complementary", name="Overview")
    expect(overview.get_by_label("Team")).to_have_value("1")
    expect(overview).to_contain_text("Churn defence")
    expect(overview).to_contain_text("Retention specialists")


def test_mail_over_smtp_becomes_row_toast_and_reason(desk: Desk, anna: Page) -> None:
    """R5, R12, R14, B17, I2: a mail, delivered over SMTP, in the assignee's open page."""
    send_mail(desk)

    sees_row_toast_and_why(anna)


def test_message_over_http_becomes_row_toast_and_reason(desk: Desk, key: str, anna: Page) -> None:
    """The same over HTTP."""
    post_message(desk, key)

    sees_row_toast_and_why(anna)
