"""A list takes as many queries for one row as for many; and no long one is counted."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agents.models import Agent
from helpdesk.api.models import ApiKey
from helpdesk.customers.models import Segment
from helpdesk.intake import quarantine
from helpdesk.tickets.acts.assignment import assign_agent, assign_team
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.models import SavedView, Ticket, ViewEntry
from routing.models import LedgerEntry
from routing.router import route_ticket
from tests.admin.conftest import list_of, page_of
from tests.factories import CHANNEL_IS_SMS, all_of, make_agent, make_customer, make_rule, make_team, make_ticket, reply

pytestmark = pytest.mark.django_db


def make_one_of_everything(number: int) -> None:
    """Rows that differ in everything that a list could look up one by one."""
    agent = make_agent(f"Person {number}", online=True)
    team = make_team(f"Team {number}", agent)
    view = SavedView.objects.create(name=f"View {number}")
    make_rule(to=team, when=all_of(CHANNEL_IS_SMS))
    make_rule(to=view, when=all_of(CHANNEL_IS_SMS))
    ticket = make_ticket(customer=make_customer(f"Customer {number}"))
    route_ticket(ticket.pk, cause="test")
    assign_team(ticket, team, by=agent)
    assign_agent(ticket, agent, by=agent)
    add_tag(ticket, f"Tag {number}", by=agent)
    ViewEntry.objects.create(view=view, ticket=ticket)
    reply(ticket, "Hello", by=agent)
    quarantine(channel="email", inbox="support@desk.example", external_id=f"q{number}", raw=b"raw", reason="Unreadable")
    Segment.objects.create(name=f"Segment {number}").memberships.create(customer=ticket.customer)
    LedgerEntry.objects.get_or_create(agent=agent)
    ApiKey.make(f"Key {number}", agent)


def queries(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


LISTS = [
    *("tickets_ticket", "tickets_savedview", "tickets_tag", "tickets_inbound", "customers_customer", "routing_ruleset"),
    *("routing_routingdecision", "routing_ledgerentry", "agents_agent", "agents_team", "outbox_delivery", "api_apikey", "django_ox_oxtask"),
]


@pytest.mark.parametrize("model", LISTS)
def test_list_asks_as_much_for_three_rows_as_for_one(model: str, as_owner: Client) -> None:
    make_one_of_everything(1)
    as_owner.get(list_of(model))  # what is looked up once and kept, such as content types
    one = len(queries(as_owner, list_of(model)))

    make_one_of_everything(2)
    make_one_of_everything(3)

    assert len(queries(as_owner, list_of(model))) == one


@pytest.mark.parametrize("model", ["tickets_ticket", "tickets_inbound", "customers_customer", "routing_routingdecision", "outbox_delivery", "django_ox_oxtask"])
def test_long_list_is_not_counted(model: str, as_owner: Client) -> None:
    make_one_of_everything(1)

    assert [sql for sql in queries(as_owner, list_of(model)) if "COUNT(" in sql] == []


def test_list_of_received_messages_leaves_the_raw_bytes_alone(as_owner: Client) -> None:
    """Twenty-five megabytes a row are no list."""
    make_one_of_everything(1)

    assert [sql for sql in queries(as_owner, list_of("tickets_inbound")) if '"tickets_inbound"."raw"' in sql] == []


def test_ticket_asks_as_much_for_many_messages_as_for_few(as_owner: Client) -> None:
    first, *others = (make_agent() for _ in range(4))
    ticket = make_ticket()
    talk(ticket, first)
    as_owner.get(page_of("tickets_ticket", ticket))
    few = len(queries(as_owner, page_of("tickets_ticket", ticket)))

    for agent in others:
        talk(ticket, agent)

    assert len(queries(as_owner, page_of("tickets_ticket", ticket))) == few


def talk(ticket: Ticket, agent: Agent) -> None:
    reply(ticket, "Hello", by=agent)
    add_note(ticket, "Note", by=agent)
