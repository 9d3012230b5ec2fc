"""A manager builds the rules of the help pages by hand and publishes them; customers write by real channels; the manager reads why."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.desk import Desk, running
from tests.e2e.browsing import PASSWORD, sign_in

SET_UP = f"""
import json
from agents.models import Agent, Team
from helpdesk.api.models import ApiKey
Agent.objects.create_user("olga@desk.example", None, name="Olga Owner", role="Owner")
cleo = Agent.objects.create_user("cleo@desk.example", {PASSWORD!r}, name="Cleo Berg", role="Manager")
for name in ("Retention specialists", "Team A", "Senior agents"):
    Team.objects.create(name=name).members.add(Agent.objects.create_user(f"{{name[:4]}}@desk.example", None, name=f"Of {{name}}"))
print(json.dumps(ApiKey.make("gateway", cleo)[1]))
"""
UPSET = "I am really disappointed. This is unacceptable, I want my money back, and nobody answers me."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with running(tmp_path, "serve", "receive_smtp") as desk:
        yield desk


@pytest.fixture
def key(desk: Desk) -> str:
    key: str = desk.run_python(SET_UP)
    return key


@pytest.fixture
def cleo(desk: Desk, key: str, page: Page) -> Page:
    """Cleo's browser, at the rules: Helpdesk > Routing (R6)."""
    sign_in(page, desk.address, "cleo@desk.example")
    page.get_by_role("link", name="Routing").click()
    return page


@contextmanager
def reshaped(page: Page) -> Iterator[None]:
    """As a person waits until the sentence has its new fields."""
    with page.expect_response("**/routing/builder/"):
        yield
    expect(page.locator("#builder.htmx-request, #builder.htmx-settling, #builder.htmx-added")).to_have_count(0)
    page.wait_for_timeout(150)


def condition(page: Page, group: int, kind: str) -> Locator:
    """The first condition of that group, which is added if it is not there; of one of the three families (R7)."""
    if group > 1:
        with reshaped(page):
            page.get_by_role("button", name="AND", exact=True).click()
    found = page.get_by_role("group", name=f"Group {group}")
    if found.get_by_label("Kind of condition").locator("option:checked").inner_text() != kind:
        with reshaped(page):
            found.get_by_label("Kind of condition").select_option(kind)
    return found


def churn_risk_is_high(page: Page) -> None:
    """R14: Properties about someone > Churn Risk > equals High."""
    about = condition(page, 1, "Properties about someone")
    with reshaped(page):
        about.get_by_label("Property").fill("churn_risk")
        about.get_by_label("Property").press("Tab")
    about.locator("select[name$=value]").select_option("High")


def placed_order_in_2_hours(page: Page) -> None:
    """R15: What someone has done > Placed Order > at least once > in the last 2 hours."""
    done = condition(page, 1, "What someone has done")
    with reshaped(page):
        done.get_by_label("Event").fill("Placed Order")
        done.get_by_label("Event").press("Tab")
    expect(done.get_by_label("How often")).to_have_value("once")
    in_the_last(page, done, "2", "hours")


def in_the_last(page: Page, done: Locator, number: str, unit: str) -> None:
    with reshaped(page):
        done.get_by_label("When").select_option("in the last")
    done.get_by_label("Number").last.fill(number)
    done.get_by_label("Unit").select_option(unit)


def sms_tagged_order(page: Page) -> None:
    """R10: ticket_channel = sms AND ticket_tags contains Order."""
    condition(page, 1, "Ticket properties").locator("select[name$=value]").select_option("SMS")
    tags = condition(page, 2, "Ticket properties")
    with reshaped(page):
        tags.get_by_label("Property of the ticket").select_option("Tags")
    tags.get_by_label("Value").fill("Order")


def upset_and_bought_much(page: Page) -> None:
    """S12: Sentiment with Recent order value."""
    mood = condition(page, 1, "Ticket properties")
    with reshaped(page):
        mood.get_by_label("Property of the ticket").select_option("Sentiment")
    with reshaped(page):
        mood.get_by_label("Comparison").select_option("is one of")
    for label in ("urgent", "negative"):
        with reshaped(page):
            mood.get_by_label("Add: Value").fill(label)
            mood.get_by_label("Add: Value").press("Tab")
        expect(mood.get_by_role("button", name=f"Remove {label.capitalize()}")).to_be_visible()
    orders = condition(page, 2, "What someone has done")
    with reshaped(page):
        orders.get_by_label("Event").fill("Placed Order")
        orders.get_by_label("Event").press("Tab")
    with reshaped(page):
        orders.get_by_label("How often").select_option("with a total value of at least")
    orders.get_by_label("Number").first.fill("100")
    in_the_last(page, orders, "30", "days")


def to_team(page: Page, team: str) -> None:
    page.get_by_label("Assign to team").check()
    page.get_by_label("Team", exact=True).select_option(label=f"{team} (nobody online)")


def to_new_view(page: Page, view: str) -> None:
    page.get_by_label("Save as view").check()
    page.get_by_label("Name of the new view").fill(view)


def publish(page: Page, name: str, says: str) -> None:
    """The sentence says it before it is published; afterwards the list says that it is live."""
    page.get_by_label("Name", exact=True).fill(name)
    expect(page.locator("#sentence")).to_contain_text(says)
    page.get_by_role("button", name="Publish…").click()
    expect(page.get_by_label(name)).to_be_checked()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("listitem").filter(has_text=name)).to_contain_text("Live")


def build(page: Page) -> None:
    page.get_by_role("link", name="Add rule").click()
    churn_risk_is_high(page)
    to_team(page, "Retention specialists")
    publish(page, "Churn defence", "churn risk equals High")
    page.get_by_role("link", name="Add rule").click()
    placed_order_in_2_hours(page)
    to_new_view(page, "Urgent modifications")
    publish(page, "Urgent order mod", "Placed Order at least once in the last 2 hours")
    page.get_by_role("link", name="Add rule").click()
    sms_tagged_order(page)
    to_team(page, "Team A")
    publish(page, "Texts about orders", "ticket channel equals sms and ticket tags contain Order")
    page.get_by_role("link", name="Add rule").click()
    upset_and_bought_much(page)
    to_team(page, "Senior agents")
    publish(page, "Upset and worth it", "sentiment is urgent or negative")


def mail(desk: Desk, sender: str, text: str = "Hello, a question about sizes.") -> int:
    """By SMTP. The number of its ticket, once it was routed."""
    message = EmailMessage()
    message["From"], message["To"] = f"{sender}@example.com", "support@desk.example"
    message["Subject"], message["Message-ID"] = f"From {sender}", f"<{sender}@mail.example.com>"
    message.set_content(text)
    with smtplib.SMTP("127.0.0.1", desk.smtp_port) as server:
        assert server.send_message(message) == {}
    number: int = desk.run_python(f"import json; from helpdesk.tickets.models import Ticket; print(json.dumps(Ticket.objects.get(subject='From {sender}').pk))")
    return number


def text_message(desk: Desk, key: str, sender: str, tag: str) -> int:
    body = {"channel": "sms", "inbox": "+46101234567", "external_id": sender, "text": "Hi", "tags": [tag], "sender": {"phone": sender}}
    status, answer = desk.post("/api/v1/messages/", key, body)
    assert (status, answer["status"]) == (201, "created")
    return int(answer["ticket"])


def told(desk: Desk, key: str, customer: str, *, order: float | None = None, **properties: Any) -> None:
    """What the shop knows of a customer, and an order of a moment ago, over HTTP."""
    status, _answer = desk.post("/api/v1/customers/", key, {"email": f"{customer}@example.com", "properties": properties})
    assert status in (200, 201)
    if order is not None:
        body = {"customer": {"email": f"{customer}@example.com"}, "metric": "Placed Order", "external_id": f"order-{customer}", "value": order}
        status, _answer = desk.post("/api/v1/events/", key, body)
        assert status == 201


def why(page: Page, desk: Desk, ticket: int) -> Page:
    """The page that says why; a decision may take a moment."""
    page.goto(f"{desk.address}/tickets/{ticket}/why/")
    for _attempt in range(60):
        if page.get_by_text("rules read").count():
            return page
        page.wait_for_timeout(500)
        page.reload()
    return page


def verdict(page: Page, rule: str) -> Locator:
    return page.locator(".verdict").filter(has_text=rule)


def test_rules_of_the_help_pages_are_built_by_hand_and_say_why(desk: Desk, cleo: Page, key: str) -> None:
    """R6–R15, S12, I2: the matching customer and the nearly matching one, each by a real channel, each with its why."""
    build(cleo)
    told(desk, key, "risky", churn_probability=0.9)
    told(desk, key, "loyal", churn_probability=0.6)
    told(desk, key, "buyer", order=20)
    told(desk, key, "visitor")
    told(desk, key, "furious", order=250)
    told(desk, key, "grumpy", order=20)

    page = why(cleo, desk, mail(desk, "risky"))
    expect(page.locator(".sentence")).to_contain_text("Rule 1, Churn defence, gave this ticket to Retention specialists.")
    expect(verdict(page, "Churn defence")).to_contain_text("First match: Retention specialists")
    page = why(cleo, desk, mail(desk, "loyal"))
    expect(page.locator(".sentence")).to_contain_text("No rule matched.")
    verdict(page, "Churn defence").locator("summary").click()
    expect(verdict(page, "Churn defence").get_by_role("row").nth(1)).to_contain_text("churn risk equals High Medium false", use_inner_text=True)

    page = why(cleo, desk, mail(desk, "buyer"))
    expect(page.locator(".sentence")).to_contain_text("Rule 2, Urgent order mod, put it into a view; no rule named a team.")
    expect(verdict(page, "Urgent order mod")).to_contain_text("Saved to Urgent modifications")
    verdict(page, "Urgent order mod").locator("summary").click()
    expect(verdict(page, "Urgent order mod")).to_contain_text("True until")
    page = why(cleo, desk, mail(desk, "visitor"))
    expect(verdict(page, "Urgent order mod")).to_contain_text("Did not match")

    page = why(cleo, desk, text_message(desk, key, "+46701234567", "Order"))
    expect(page.locator(".sentence")).to_contain_text("Rule 3, Texts about orders, gave this ticket to Team A.")
    page = why(cleo, desk, text_message(desk, key, "+46701234568", "Size"))
    expect(page.locator(".sentence")).to_contain_text("No rule matched.")
    verdict(page, "Texts about orders").locator("summary").click()
    expect(verdict(page, "Texts about orders").get_by_role("row").nth(1)).to_contain_text("true")
    expect(verdict(page, "Texts about orders").get_by_role("row").nth(2)).to_contain_text("false")

    page = why(cleo, desk, mail(desk, "furious", UPSET))
    expect(page.locator(".sentence")).to_contain_text("Rule 4, Upset and worth it, gave this ticket to Senior agents.")
    page = why(cleo, desk, mail(desk, "grumpy", UPSET))
    expect(verdict(page, "Upset and worth it")).to_contain_text("Did not match")

    cleo.goto(f"{desk.address}/")
    cleo.get_by_role("link", name="Urgent modifications").click()
    expect(cleo.locator("[data-list] .ticket")).to_have_count(3)
    expect(cleo.locator("[data-list] .ticket", has_text="From buyer")).to_contain_text("true until")
