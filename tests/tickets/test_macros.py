"""Macros: what they are filled with, and what is left as a gap."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents.models import Role
from helpdesk.customers.profiles import track
from helpdesk.tickets.conversation.macros import delete_macro, fill, holes, save_macro
from helpdesk.tickets.conversation.messages import UnfilledMacro, add_note
from helpdesk.tickets.models import Macro, Ticket
from helpdesk.tickets.permissions import NotAllowed
from tests.factories import make_agent, make_customer, make_ticket, reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket() -> Ticket:
    customer = make_customer(
        "Paweł Żak", email="pawel@example.com", properties={"tier": "gold", "sizes": ["S", "M"], "vip": True, "score": 4.5, "deep": {"a": 1}}
    )
    track(customer, "Placed Order", occurred_at=timezone.now(), properties={"OrderId": 1042, "Items": ["Lamp", "Bulb"]})
    return make_ticket(customer=customer, subject="A lamp")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Hi {{ customer.first_name }},", "Hi Paweł,"),
        ("{{customer.last_name}} {{ customer.email }}", "Żak pawel@example.com"),
        ("{{ customer.tier }} {{ customer.sizes }} {{ customer.vip }} {{ customer.score }}", "gold S, M yes 4.5"),
        ("{{ ticket.subject }} by {{ ticket.channel }}", "A lamp by E-mail"),
        ("{{ agent.name }} / {{ agent.first_name }}", "Ida Berg / Ida"),
        ("Order {{ order.OrderId }}: {{ order.Items }}", "Order 1042: Lamp, Bulb"),
        ("{{ customer.phone }} {{ customer.deep }} {{ order.Nothing }}", "{{ customer.phone }} {{ customer.deep }} {{ order.Nothing }}"),
        ("{{ liquid }} {% if %} {customer.name}", "{{ liquid }} {% if %} {customer.name}"),
    ],
)
def test_variables_are_filled_with_what_is_known(written: str, read: str, ticket: Ticket) -> None:
    assert fill(written, ticket, by=make_agent("Ida Berg")) == read


def test_value_is_text_and_no_variable_of_its_own(ticket: Ticket) -> None:
    ticket.customer.properties["tier"] = "{{ agent.name }}\n<b>"

    assert fill("{{ customer.tier }}", ticket, by=make_agent("Ida")) == "{{ agent.name }} <b>"


def test_number_of_the_ticket_is_filled(ticket: Ticket) -> None:
    assert fill("#{{ ticket.number }}", ticket, by=make_agent()) == f"#{ticket.pk}"


def test_order_is_asked_for_once_and_only_where_it_is_named(ticket: Ticket) -> None:
    ticket, ida = Ticket.objects.select_related("customer").get(pk=ticket.pk), make_agent()

    with CaptureQueriesContext(connection) as plain:
        fill("{{ customer.name }} {{ ticket.number }}", ticket, by=ida)
    with CaptureQueriesContext(connection) as ordered:
        fill("{{ order.OrderId }} {{ order.Items }}", ticket, by=ida)

    assert (len(plain), len(ordered)) == (0, 1)


def test_reply_with_a_gap_is_refused_and_names_it(ticket: Ticket) -> None:
    with pytest.raises(UnfilledMacro, match=r"Nothing is known for \{\{ customer.phone \}\}"):
        reply(ticket, "Call {{ customer.phone }} or {{ customer.fax }}", by=make_agent())

    assert ticket.messages.count() == 1


def test_note_may_hold_anything(ticket: Ticket) -> None:
    assert add_note(ticket, "Ask for {{ customer.phone }}", by=make_agent()).text == "Ask for {{ customer.phone }}"


def test_gaps_are_named_once() -> None:
    assert holes("{{ customer.a }} {{ customer.a }} {{ x }} {{order.b}}") == ["{{ customer.a }}", "{{order.b}}"]


@pytest.mark.parametrize("variable", ["{{ costumer.name }}", "{{ ticket.nubmer }}", "{{ name }}", "{{ }}", "{{ agent.password }}"])
def test_macro_with_a_variable_that_nobody_could_fill_is_refused(variable: str) -> None:
    with pytest.raises(ValidationError, match="There is no variable"):
        Macro(name="Hello", body=f"Hi {variable}").full_clean()


def test_two_macros_have_two_names() -> None:
    ada, bea = make_agent(), make_agent()
    Macro.objects.create(name="Hello", body="Hi")
    Macro.objects.create(name="Hello", body="Hi", owner=ada)

    Macro(name="Hello", body="Hi", owner=bea).full_clean()
    for owner, name in product((None, ada), ("Hello", "hELLO")):
        with pytest.raises(ValidationError, match="macro of this name"):
            Macro(name=name, body="Hi", owner=owner).full_clean()


def test_names_are_one_in_any_case_of_any_alphabet() -> None:
    macro = Macro.objects.create(name="Öppet köp", body="Hi")

    macro.full_clean()
    with pytest.raises(ValidationError, match="macro of this name"):
        Macro(name="ÖPPET KÖP", body="Hi").full_clean()


@pytest.mark.parametrize(("role", "owned", "allowed"), [("Agent", True, True), ("Agent", False, False), ("Manager", False, True), ("Analyst", True, False)])
def test_macro_is_kept_by_its_owner_and_a_shared_one_by_managers(role: str, owned: bool, allowed: bool) -> None:
    agent = make_agent(role=Role(role))
    macro = Macro(name="Hello", body="Hi", owner=agent if owned else None)

    if allowed:
        save_macro(macro, by=agent)
        delete_macro(macro, by=agent)
        return
    with pytest.raises(NotAllowed):
        save_macro(macro, by=agent)


def test_macro_of_somebody_else_is_nobodys_to_change() -> None:
    macro = Macro.objects.create(name="Hello", body="Hi", owner=make_agent())

    with pytest.raises(NotAllowed):
        delete_macro(macro, by=make_agent(role=Role.ADMIN))


def test_macros_are_seen_by_whom_they_are_for() -> None:
    """V3."""
    ada, bea = make_agent(), make_agent()
    for name, owner in {"Shared": None, "Ada’s": ada, "Bea’s": bea}.items():
        Macro.objects.create(name=name, body="Hi", owner=owner)

    def names(agent: Any) -> set[str]:
        return set(Macro.objects.usable_by(agent).values_list("name", flat=True))

    assert (names(ada), names(make_agent(role=Role.ANALYST))) == ({"Shared", "Ada’s"}, set())
