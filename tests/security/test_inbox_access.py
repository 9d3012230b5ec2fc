"""V3, V14, V18: what is not yours is not there, what is not asked for is not taken, and nothing stays in a cache."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from agents.models import Agent, Role, Toast
from agents.toasts import show_toast, waiting_toasts
from helpdesk.customers.segments import create_segment
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.models import Message, Ticket, TicketEvent
from tests.factories import make_agent, make_customer, make_ticket, reply
from tests.inbox.browsing import browser_of

pytestmark = pytest.mark.django_db

REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("get", "/tickets/{ticket}/", {}),
    ("get", "/tickets/{ticket}/why/", {}),
    ("post", "/tickets/{ticket}/messages/", {"kind": "reply", "body": "Hello"}),
    ("post", "/tickets/{ticket}/messages/", {"kind": "note", "body": "Hello"}),
    ("delete", "/tickets/{ticket}/attachments/", {}),
    ("post", "/tickets/{ticket}/assignment/", {"assignee": "", "seen_assignee": ""}),
    ("post", "/tickets/{ticket}/draft/", {"kind": "reply", "body": "Hello"}),
    ("delete", "/tickets/{ticket}/draft/", {}),
    ("post", "/tickets/{ticket}/attachments/", {}),
    ("get", "/tickets/{ticket}/macros/", {}),
    ("post", "/tickets/{ticket}/macros/", {"macro": "1"}),
    ("delete", "/messages/{message}/sending/", {}),
    ("get", "/messages/{message}/delivery/", {}),
    ("post", "/messages/{message}/delivery/", {}),
]
ALL = pytest.mark.parametrize(("method", "address", "data"), REQUESTS)


@pytest.fixture
def message() -> Message:
    ticket = make_ticket("A secret")
    return reply(ticket, "Another secret", by=make_agent("Ada"))


def state() -> list[Any]:
    return [list(Ticket.objects.values()), list(Message.objects.values()), TicketEvent.objects.count()]


def ask(browser: Client, method: str, address: str, data: dict[str, Any], message: Message) -> Any:
    return getattr(browser, method)(address.format(ticket=message.ticket_id, message=message.pk), data)


@ALL
def test_analyst_finds_no_ticket_and_changes_none(method: str, address: str, data: dict[str, Any], message: Message) -> None:
    """A1: 404, the same as for a ticket that there is not."""
    before = state()

    response = ask(browser_of(make_agent(role=Role.ANALYST)), method, address, data, message)

    assert (response.status_code, state()) == (404, before)
    assert "secret" not in response.content.decode()


@ALL
def test_stranger_is_sent_to_sign_in_and_changes_nothing(method: str, address: str, data: dict[str, Any], message: Message, client: Client) -> None:
    before = state()

    response = ask(client, method, address, data, message)

    assert (response.status_code, response["Location"].partition("?")[0], state()) == (302, "/account/login/", before)


@ALL
def test_ticket_that_there_is_not_is_404(method: str, address: str, data: dict[str, Any], message: Message) -> None:
    missing = Message(pk=message.pk + 1000, ticket_id=message.ticket_id + 1000)

    assert ask(browser_of(make_agent()), method, address, data, missing).status_code == 404


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN, Role.MANAGER, Role.AGENT])
def test_whoever_answers_opens_every_ticket(role: Role, message: Message) -> None:
    """A1, A7."""
    assign_agent(message.ticket, make_agent("Bea"), by=make_agent("Cleo"))

    assert browser_of(make_agent(role=role)).get(f"/tickets/{message.ticket_id}/").status_code == 200


def test_deactivated_agent_is_signed_out(message: Message) -> None:
    agent = make_agent()
    browser = browser_of(agent)

    Agent.objects.filter(pk=agent.pk).update(is_active=False)

    assert browser.get(f"/tickets/{message.ticket_id}/").status_code == 302


def test_toast_of_somebody_else_is_not_dismissed() -> None:
    ada, bea = make_agent("Ada"), make_agent("Bea")
    toast = show_toast(ada, Toast.Kind.ASSIGNED, url="/")

    response = browser_of(bea).post("/toasts/dismissal/", {"toast": toast.pk})

    assert (response.status_code, list(waiting_toasts(ada))) == (204, [toast])


@pytest.mark.parametrize("address", ["/tickets/{ticket}/messages/", "/tickets/{ticket}/assignment/", "/acts/", "/toasts/dismissal/"])
def test_what_changes_something_is_no_link(address: str, message: Message) -> None:
    assert ask(browser_of(make_agent()), "get", address, {}, message).status_code == 405


@ALL
def test_forged_form_is_refused(method: str, address: str, data: dict[str, Any], message: Message) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_agent(), backend="allauth.account.auth_backends.AuthenticationBackend")
    before = state()

    response = ask(browser, method, address, data, message)

    assert (response.status_code, state()) == (200 if method == "get" else 403, before)


def test_field_that_no_form_has_changes_nothing() -> None:
    """V14, S15: neither sentiment, nor author, nor who wrote it."""
    ada, bea = make_agent("Ada"), make_agent("Bea")
    ticket = make_ticket()
    extra = {"sentiment_label": "promoter", "sentiment_score": 10, "author": "customer", "agent": bea.pk, "created_at": "2020-01-01", "assignee": bea.pk}

    browser_of(ada).post(f"/tickets/{ticket.pk}/messages/", {"kind": "reply", "body": "Hello", **extra})

    ticket.refresh_from_db()
    written = ticket.messages.last()
    assert written is not None
    assert (written.author, written.agent, ticket.assignee) == ("agent", ada, None)
    assert (ticket.sentiment_label, ticket.sentiment_score) == ("", None)


@pytest.mark.parametrize(
    "address", ["/", "/inbox/all/", "/sidebar/", "/tickets/{ticket}/", "/tickets/{ticket}/why/", "/nowhere/", "/account/login/", "/admin/"]
)
def test_page_with_a_session_is_kept_by_no_cache(address: str, message: Message) -> None:
    """V18: errors and redirects too."""
    response = ask(browser_of(make_agent()), "get", address, {}, message)

    assert response["Cache-Control"] == "private, no-store"


def test_cookie_alone_makes_a_page_private(client: Client) -> None:
    """Also where nobody looked into the session."""
    client.cookies["sessionid"] = "x"

    assert client.get("/nowhere/")["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "address",
    ["/customers/?q=", "/customers/{customer}/?metric=", "/customers/{customer}/merge/?q=", "/segments/{segment}/?q=", "/admin/sources/source/?kind="],
)
def test_null_character_in_an_address_is_refused(address: str) -> None:
    """V9: PostgreSQL can look for none."""
    browser, segment = browser_of(make_agent(role=Role.OWNER)), create_segment("VIP", by=None)

    response = browser.get(address.format(customer=make_customer().pk, segment=segment.pk) + "a%00b")

    assert (response.status_code, response["Cache-Control"]) == (400, "private, no-store")
