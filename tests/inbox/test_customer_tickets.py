"""How many tickets a customer has: the same number wherever it stands, and the rows behind it (A28)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from agents.models import Agent
from helpdesk.inbox.customers import profiles
from helpdesk.inbox.customers.lines import customer_list
from helpdesk.tickets.acts.bulk import Chosen
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.acts.snoozing import snooze_many
from helpdesk.tickets.acts.spam import mark_spam
from helpdesk.tickets.models import Ticket
from tests.factories import make_customer, make_ticket
from tests.inbox.browsing import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def tab(ada: Agent) -> Client:
    return browser_of(ada)


def rows(tab: Client, address: str) -> tuple[str, list[int], str]:
    """What the head of the list says, the tickets below it, and where the older ones are."""
    page = tab.get(address).content.decode()
    section = re.search(r'id="tickets-title">.*?</section>', page, re.DOTALL)
    assert section is not None
    older = re.search(r'href="([^"]*above=[^"#]*)', section[0])
    said = re.search(r'<span class="meta push">(.*?)</span>', section[0])
    return said[1] if said else "", [int(number) for number in re.findall(r"/tickets/(\d+)/", section[0])], older[1] if older else ""


def test_spam_counts_apart_wherever_tickets_are_counted(tab: Client, ada: Agent) -> None:
    customer = make_customer()
    genuine, spam, asleep, closed = (make_ticket(customer=customer, conversation_id=str(number)) for number in range(4))
    mark_spam(Chosen([spam.pk]), by=ada)
    snooze_many(Chosen([asleep.pk]), timezone.now() + timedelta(days=1), by=ada)
    close(closed, by=ada)

    page = tab.get(f"/customers/{customer.pk}/").content.decode()
    overview = tab.get(f"/tickets/{genuine.pk}/").content.decode()

    assert rows(tab, f"/customers/{customer.pk}/")[:2] == ("3 · 1 spam", [closed.pk, asleep.pk, spam.pk, genuine.pk])
    assert re.findall(r'<span class="pill">(Open|Closed|Spam|Snoozed)</span>', page) == ["Closed", "Snoozed", "Spam", "Open"]
    assert [line.tickets for line in customer_list(ada).lines] == [3]
    assert f'/customers/{customer.pk}/#tickets-title">3 from ' in overview


def test_every_ticket_of_a_customer_is_reached(tab: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where several began at the same instant."""
    monkeypatch.setattr(profiles, "TICKETS", 2)
    customer = make_customer()
    tickets = [make_ticket(customer=customer, conversation_id=str(number)) for number in range(5)]
    Ticket.objects.update(created_at=timezone.now())
    address, found, said = f"/customers/{customer.pk}/", [], set()

    while address:
        count, some, older = rows(tab, address)
        found, address = [*found, *some], f"/customers/{customer.pk}/{older}" if older else ""
        said.add(count)

    assert (found, said) == ([ticket.pk for ticket in reversed(tickets)], {"5"})


def test_older_tickets_of_nowhere_are_not_there(tab: Client) -> None:
    customer = make_customer()

    assert tab.get(f"/customers/{customer.pk}/?above=x").status_code == 404
