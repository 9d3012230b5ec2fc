"""What is done to tickets: whose it is, and that what people type stays text (V2, V3, V14)."""

from __future__ import annotations

import pytest
from django.test import Client

from agents.models import Agent, Role
from helpdesk.tickets.acts.bulk import Chosen
from helpdesk.tickets.acts.lifecycle import close_many
from helpdesk.tickets.acts.merging import merge_tickets
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.models import TicketMerge
from tests.factories import make_agent, make_team, make_ticket
from tests.inbox.browsing import browser_of
from tests.tickets.reading import again

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def ada() -> Agent:
    return make_agent("Ada Lind")


def test_names_in_the_menu_are_text(ada: Agent) -> None:
    """V2: of people, teams and tags."""
    make_agent("Eve", role=Role.AGENT)
    Agent.objects.filter(name="Eve").update(name=SCRIPT)
    make_team(SCRIPT)
    ticket = make_ticket(subject=SCRIPT)
    add_tag(ticket, SCRIPT, by=ada)

    for address in (f"/actions/?ticket={ticket.pk}", f"/tickets/{ticket.pk}/", f"/tickets/{ticket.pk}/split/", f"/tickets/{ticket.pk}/merge/"):
        assert browser_of(ada).get(address).content.decode().count("<script>alert") == 0


def test_somebody_elses_act_cannot_be_undone(ada: Agent) -> None:
    """V3: 404 without a hint."""
    ticket = make_ticket()
    act = close_many(Chosen([ticket.pk]), by=make_agent("Bea")).act
    assert act is not None

    answers = [browser_of(ada).post(f"/acts/{number}/undoing/").status_code for number in (act.pk, 777777)]

    assert (answers, again(ticket).is_open) == ([404, 404], False)


def test_analyst_undoes_no_merge(ada: Agent) -> None:
    """V3."""
    merge = merge_tickets(kept := make_ticket(), make_ticket(customer=kept.customer), by=ada)

    answer = browser_of(make_agent("Ana", role=Role.ANALYST)).post(f"/tickets/merges/{merge.pk}/undoing/")

    assert (answer.status_code, TicketMerge.objects.filter(undone_at=None).count()) == (404, 1)


@pytest.mark.parametrize("address", ["/acts/", "/acts/1/undoing/", "/tickets/merges/1/undoing/"])
def test_acts_are_posted_only(address: str, ada: Agent) -> None:
    assert browser_of(ada).get(address).status_code == 405


@pytest.mark.parametrize("address", ["/actions/?ticket=1", "/tickets/1/merge/", "/tickets/1/split/"])
def test_nobody_gets_in_without_signing_in(address: str, client: Client) -> None:
    answer = client.get(address)

    assert (answer.status_code, answer["Location"].startswith("/account/login/")) == (302, True)
