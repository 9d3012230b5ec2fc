"""Macros: offered in the composer, and the page where people keep their own."""

from __future__ import annotations

import re

import pytest

from agents.models import Agent
from helpdesk.customers.models import KnownName
from helpdesk.tickets.conversation.drafts import save_draft
from helpdesk.tickets.models import Macro, Ticket
from tests.factories import make_customer, make_ticket
from tests.inbox.browsing import browser_of, composer, queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket() -> Ticket:
    return make_ticket("Where is it?", customer=make_customer("Paweł Żak", email="pawel@example.com"))


def test_macros_are_offered_as_they_would_read(ticket: Ticket, ada: Agent, bea: Agent) -> None:
    Macro.objects.create(name="Greeting", category="Basics", body="Hi {{ customer.first_name }}")
    Macro.objects.create(name="Call", body="On {{ customer.phone }}?", owner=ada)
    Macro.objects.create(name="Secret", body="No", owner=bea)

    page = browser_of(ada).get(f"/tickets/{ticket.pk}/macros/?pick").content.decode()

    assert re.findall(r'data-text="(.*?)"', page) == ["On {{ customer.phone }}?", "Hi Paweł"]
    assert re.findall(r">(\d gaps?)<", page) == ["1 gap"]


@pytest.mark.parametrize(("q", "found"), [("greet", ["Hi Paweł"]), ("bas hi", ["Hi Paweł"]), ("nothing", []), ("%", []), ("\x01", [])])
def test_macros_are_found_by_their_words(q: str, found: list[str], ticket: Ticket, ada: Agent) -> None:
    Macro.objects.create(name="Greeting", category="Basics", body="Hi {{ customer.first_name }}")

    page = browser_of(ada).get(f"/tickets/{ticket.pk}/macros/", {"q": q, "pick": ""}).content.decode()

    assert re.findall(r'data-text="(.*?)"', page) == found


def test_macro_is_used_without_scripts(ticket: Ticket, ada: Agent) -> None:
    macro = Macro.objects.create(name="Greeting", body="Hi {{ customer.first_name }}")
    save_draft(ticket, "First", is_internal=False, seen="", by=ada)

    response = browser_of(ada).post(f"/tickets/{ticket.pk}/macros/", {"macro": macro.pk}, follow=True)

    assert composer(response)["body"] == "First\n\nHi Paweł"


@pytest.mark.parametrize("number", ["", "x", "0", "9" * 40])
def test_macro_that_there_is_not_is_404(number: str, ticket: Ticket, ada: Agent) -> None:
    assert browser_of(ada).post(f"/tickets/{ticket.pk}/macros/", {"macro": number}).status_code == 404


def test_list_of_macros_takes_as_many_queries_for_many(ticket: Ticket, ada: Agent) -> None:
    browser, address = browser_of(ada), f"/tickets/{ticket.pk}/macros/?pick"
    Macro.objects.create(name="One", body="{{ customer.name }}")
    few = queries(browser, address)
    Macro.objects.bulk_create([Macro(name=f"M{number}", body="{{ customer.name }}") for number in range(20)])

    assert queries(browser, address) == few


def test_own_macro_is_made_changed_and_deleted(ada: Agent) -> None:
    browser = browser_of(ada)

    browser.post("/macros/", {"name": "Bye", "category": "", "body": "Best,\n{{ agent.first_name }}"})
    macro = Macro.objects.get()
    browser.post(f"/macros/{macro.pk}/", {"name": "Bye now", "category": "Ends", "body": "Best"})
    changed = Macro.objects.get()
    deleted = browser.post(f"/macros/{macro.pk}/", {"_method": "DELETE"})

    assert (macro.owner, changed.name, changed.category, changed.body) == (ada, "Bye now", "Ends", "Best")
    assert (deleted.status_code, Macro.objects.exists()) == (302, False)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "Bye", "body": "Again"}, "You have a macro of this name already."),
        ({"name": "New", "body": "{{ costumer.name }}"}, "There is no variable {{ costumer.name }}."),
        ({"name": "New", "body": "a\0b"}, "Null characters are not allowed."),
        ({"name": "", "body": "x"}, "This field is required."),
    ],
)
def test_macro_that_cannot_be_kept_is_said_and_nothing_typed_is_lost(fields: dict[str, str], sentence: str, ada: Agent) -> None:
    Macro.objects.create(name="Bye", body="Best", owner=ada)

    response = browser_of(ada).post("/macros/", fields)

    assert (response.status_code, Macro.objects.count()) == (422, 1)
    assert sentence in response.content.decode()


def test_macro_with_a_property_that_nobody_has_is_kept_only_on_purpose(ticket: Ticket, ada: Agent) -> None:
    """The gap is named beside what there is, and nothing typed is lost."""
    KnownName.objects.create(of=KnownName.Of.PROFILE, name="tier")
    KnownName.objects.create(of=KnownName.Of.EVENT, metric="Placed Order", name="OrderId")
    browser, fields = browser_of(ada), {"name": "New", "body": "{{ customer.teir }} {{ customer.tier }} {{ order.OrderId }} {{ agent.name }}"}

    refused = browser.post("/macros/", fields)
    kept = browser.post("/macros/", fields | {"anyway": "on"})

    assert (refused.status_code, kept.status_code, Macro.objects.get().body) == (422, 302, fields["body"])
    page = refused.content.decode()
    assert "No customer has filled {{ customer.teir }} so far. Known are: {{ customer.name }}, {{ customer.first_name }}" in page
    assert "{{ customer.tier }}, {{ order.OrderId }}. If it is right" in page
    assert fields["body"] in page


def test_macro_of_another_is_not_there(ada: Agent, bea: Agent) -> None:
    """V3."""
    macro = Macro.objects.create(name="Bye", body="Best", owner=bea)
    shared = Macro.objects.create(name="Shared", body="Best")

    statuses = [browser_of(ada).post(f"/macros/{row.pk}/", {"name": "Mine", "body": "x"}).status_code for row in (macro, shared)]

    assert (statuses, Macro.objects.filter(name="Mine").exists()) == ([404, 404], False)
