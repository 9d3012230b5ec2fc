"""V1, V2: what a customer writes is text, wherever it is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agents.models import Agent, Toast
from agents.toasts import show_toast, toast_frame
from helpdesk.customers.profiles import track
from helpdesk.tickets.acts.assignment import assign_agent, assign_team
from helpdesk.tickets.acts.lifecycle import set_sentiment
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.live import ticket_frame
from helpdesk.tickets.models import SavedView, Ticket, ViewEntry
from routing.router import route_ticket
from tests.factories import CHANNEL_IS_SMS, all_of, make_agent, make_customer, make_rule, make_team, make_ticket
from tests.inbox.browsing import browser_of

pytestmark = pytest.mark.django_db

EVIL = """<script>alert(1)</script><img src=x onerror=alert(1)>"'</title></textarea></template>"""
TAGS = ("<script>alert", "<img", "</title></textarea>", "</textarea></template>", "onerror=alert(1)>")
PAGES = ["/inbox/all/", "/tickets/{}/", "/tickets/{}/?in=mine", "/tickets/{}/why/", "/sidebar/?in=all"]


@pytest.fixture
def agent() -> Agent:
    return make_agent("Ada", online=True)


@pytest.fixture
def ticket(agent: Agent) -> Ticket:
    """Everything about it that somebody outside or inside can write is hostile."""
    customer = make_customer(EVIL, email="rowan@example.com", country=EVIL[:100], city=EVIL[:100], properties={EVIL: EVIL, "Orders": EVIL})
    colleague = Agent.objects.create_user("evil@desk.example", None, name=EVIL[:120])
    team = make_team(EVIL[:80], agent, colleague)
    view = SavedView.objects.create(name=EVIL[:80], icon='"><img src=x>')
    make_rule(EVIL[:120], to=team, when=all_of(CHANNEL_IS_SMS))
    ticket = make_ticket(EVIL, customer=customer, subject=EVIL, channel="sms")
    ViewEntry.objects.create(view=view, ticket=ticket)
    track(customer, EVIL[:120], properties={"item": EVIL})
    route_ticket(ticket.pk, cause="message 1")
    set_sentiment(ticket, score=2, label="urgent", quotes=[EVIL])
    add_tag(ticket, EVIL[:60], by=agent)
    assign_team(ticket, team, by=colleague)
    assign_agent(ticket, colleague, by=agent)
    assign_agent(ticket, agent, by=colleague)
    add_note(ticket, EVIL, by=colleague)
    return ticket


def harmful(html: str) -> list[str]:
    return [tag for tag in TAGS if tag in html]


@pytest.mark.parametrize("address", PAGES)
def test_page_shows_hostile_text_as_text(address: str, agent: Agent, ticket: Ticket) -> None:
    response = browser_of(agent).get(address.format(ticket.pk))

    page = response.content.decode()
    assert response.status_code == 200
    assert "&lt;script&gt;" in page
    assert harmful(page) == []


@pytest.mark.parametrize("target", ["ticket", "conversation"])
def test_part_shows_hostile_text_as_text(target: str, agent: Agent, ticket: Ticket) -> None:
    page = browser_of(agent).get(f"/tickets/{ticket.pk}/", headers={"HX-Request": "true", "HX-Target": target}).content.decode()

    assert "&lt;script&gt;" in page
    assert harmful(page) == []


def test_row_of_a_frame_shows_hostile_text_as_text(ticket: Ticket) -> None:
    frame = ticket_frame(ticket.pk)

    assert frame is not None
    assert "&lt;script&gt;" in frame["words"]["en"]["row"]
    assert harmful(frame["words"]["en"]["row"]) == []


def test_toast_carries_text_and_no_html(agent: Agent, ticket: Ticket) -> None:
    """A toast is data: the page puts it in as text, and a style test forbids every other way."""
    toast = show_toast(agent, Toast.Kind.ASSIGNED, lambda: (ticket.subject, str(ticket.customer)), url=ticket.get_absolute_url())

    frame = toast_frame(toast)

    assert (frame["words"]["en"]["title"], frame["url"]) == (ticket.subject, f"/tickets/{ticket.pk}/")
    assert set(json.loads(json.dumps(frame))) == {"kind", "id", "toast_kind", "count", "at", "url", "words"}


def test_refused_message_comes_back_as_text(agent: Agent, ticket: Ticket) -> None:
    page = browser_of(agent).post(f"/tickets/{ticket.pk}/messages/", {"kind": EVIL, "body": EVIL}).content.decode()

    assert harmful(page) == []


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x"])
def test_only_web_addresses_become_links(address: str, agent: Agent) -> None:
    ticket = make_ticket(f"See {address} and https://example.com/a")

    page = browser_of(agent).get(f"/tickets/{ticket.pk}/").content.decode()

    assert 'href="https://example.com/a" rel="noopener noreferrer nofollow"' in page
    assert f'href="{address[:5]}' not in page


def test_pages_allow_no_foreign_or_inline_code(agent: Agent) -> None:
    """V1: a hole in the escaping would still run nothing."""
    browser = browser_of(agent)

    policies: set[Any] = {browser.get(address)["Content-Security-Policy"] for address in ("/inbox/all/", "/nowhere/")}

    assert len(policies) == 1
    policy = policies.pop()
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
