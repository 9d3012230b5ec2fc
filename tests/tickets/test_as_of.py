"""Rows asked as of an instant that each has: one query gives the answer of somebody who looks each row up, slowly, on each database."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Model, OuterRef, Q, QuerySet
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from helpdesk.conditions.grammar import Condition, Definition, TicketCondition, parse_definition
from helpdesk.customers.asking.matching import AboutCustomer, joined
from helpdesk.customers.asking.moments import AsOf
from helpdesk.customers.facts import churn_risk, stored_name
from helpdesk.customers.models import Customer, Event, Membership, PropertyValue
from helpdesk.customers.values import columns, value_at
from helpdesk.tickets.facts import ticket_value
from helpdesk.tickets.matching import about_ticket, body, entries, some_text, ticket_columns
from helpdesk.tickets.models import Message, Ticket
from tests.conditions.asking import compile_all
from tests.conditions.builders import about_them, definition, done, existence, in_the_last, number, some, text
from tests.conditions.builders import about_ticket as about
from tests.conditions.population import Desk, Person, cases
from tests.conditions.strategies import MOMENT
from tests.factories import make_ticket
from tests.tickets.test_matching import AT_ONCE, CASES, desk  # noqa: F401 # pytest looks for fixtures here

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@dataclass
class Then:
    """A `Subject`: a ticket and its customer as of a moment, looked up bit by bit."""

    ticket_row: Ticket
    now: datetime

    def profile(self, name: str) -> Any:
        if name in ("churn_risk", "$churn_risk"):
            return churn_risk(self.fact("churn_probability"))
        return self.fact(stored_name(name))

    def fact(self, name: str) -> Any:
        return value_at(self.ticket_row.customer, name, self.now)

    def ticket(self, name: str) -> Any:
        if name == "body":
            written = self.ticket_row.messages.filter(author="customer", created_at__lte=self.now)
            return "\n".join(message.text for message in written)
        return ticket_value(self.ticket_row, name)

    def events(self, metric: str) -> Iterable[Event]:
        return [event for event in self.ticket_row.customer.events.filter(metric=metric) if event.received_at <= self.now]

    def groups(self) -> Collection[str]:
        memberships = self.ticket_row.customer.memberships.all()
        return {str(each.segment_id) for each in memberships if each.since <= self.now and (each.until is None or self.now < each.until)}


def asked[Row: Model](rows: QuerySet[Row], wanted: Definition, known: Any, *, customer: str, at: str) -> QuerySet[Row]:
    """Those that match as of the moment in their column `at`."""
    about_customer, moment = AboutCustomer(customer, AsOf(at)), AsOf(at)

    def holds(condition: Condition, *, is_alone: bool) -> Q:
        return about_ticket(condition, known, moment) if isinstance(condition, TicketCondition) else about_customer.holds(condition, is_alone=is_alone)

    return rows.filter(joined(wanted, holds))


def tickets_asked(wanted: Definition) -> QuerySet[Ticket]:
    """As of when they were written."""
    known = ticket_columns() | {"body": body("pk", created_at__lte=OuterRef("created_at"))}
    return asked(Ticket.objects.all(), wanted, known, customer="customer_id", at="created_at")


Life = tuple[datetime, datetime, int]  # since, until, and who lived it


@st.composite
def histories(draw: st.DrawFn) -> tuple[datetime, list[Person], list[Any], list[list[Life]], list[datetime]]:
    """A population, what is asked, of each person what held once, and when their events were told: on the moments of tickets, or near."""
    now, everybody, definitions = draw(cases(AT_ONCE))
    moments = [now, *(ticket["created"] for person in everybody for ticket in person["tickets"])]
    away = [timedelta(days=-1), -MOMENT, timedelta(0), MOMENT, timedelta(days=1)]
    near = st.builds(lambda moment, off: moment + off, st.sampled_from(moments), st.sampled_from(away))
    lives = st.lists(st.tuples(near, near, st.integers(0, len(everybody) - 1)), max_size=3)
    return now, everybody, definitions, [draw(lives) for _ in everybody], [draw(near) for person in everybody for _ in person["events"]]


def store_past(everybody: list[Person], lives: list[list[Life]], told: list[datetime]) -> None:
    """Lives overlap, and end before they begin, as late facts, merges and clocks that disagree can leave them."""
    customers = {each.external_id: each for each in Customer.objects.all()}
    for person, mine in zip(everybody, lives, strict=True):
        customer = customers[person["own"]["external_id"]]
        for since, until, who in mine:
            stretch = {"customer": customer, "since": since, "until": until}
            facts = {f"${name}": value for name, value in everybody[who]["own"].items() if value} | everybody[who]["properties"]
            PropertyValue.objects.bulk_create(PropertyValue(**stretch, name=name, value=value, **columns(value)) for name, value in facts.items())
            Membership.objects.bulk_create(Membership(**stretch, segment_id=number) for number in everybody[who]["segments"])
    for event, at in zip(Event.objects.filter(customer__merged_into=None).order_by("pk"), told, strict=True):
        Event.objects.filter(pk=event.pk).update(received_at=at)


@settings(max_examples=max(1, CASES // AT_ONCE), phases=set(Phase) - {Phase.explain}, suppress_health_check=list(HealthCheck))
@given(histories())
def test_one_query_gives_the_answer_of_looking_up_each_row(desk: Desk, population: Any) -> None:  # noqa: F811 # the fixture
    """I1."""
    now, everybody, data, lives, told = population
    definitions = [parse_definition(each) for each in data]
    with transaction.atomic():
        desk.store(everybody, now)
        store_past(everybody, lives, told)

        found = [set(tickets_asked(each).values_list("pk", flat=True)) for each in definitions]

        matches = compile_all(definitions)
        expected = {ticket.pk: matches(Then(ticket, ticket.created_at), ticket.created_at) for ticket in Ticket.objects.all()}
        transaction.set_rollback(True)
    for i, each in enumerate(found):
        assert each == {pk for pk, answers in expected.items() if answers[i]}, data[i]


def test_row_may_lead_to_its_customer_and_ticket(django_assert_num_queries: Any) -> None:
    """I1. Here a message, as of when it was written or its ticket was."""
    ticket = make_ticket("First")
    first = ticket.messages.get()
    ticket.customer.events.create(metric="Placed Order", occurred_at=first.created_at, received_at=first.created_at + HOUR)
    second = Message.objects.create(ticket=ticket, author="customer", text="Second", created_at=first.created_at + HOUR)
    ordered, channel = done("Placed Order", when=in_the_last(2, "hour")), about("channel", text("equals", "email"))
    wanted = parse_definition(definition([ordered], [channel], [about_them("email", existence("is-set"))]))

    with django_assert_num_queries(2):
        by_message = list(asked(Message.objects.all(), wanted, ticket_columns("ticket__"), customer="ticket__customer_id", at="created_at"))
        by_ticket = list(asked(Message.objects.all(), wanted, ticket_columns("ticket__"), customer="ticket__customer_id", at="ticket__created_at"))

    assert (by_message, by_ticket) == ([second], [])


@pytest.mark.parametrize(
    ("condition", "kept", "expected"),
    [
        (about("tags", some("contains", "b")), "\x1fa\x1fb\x1f", True),
        (about("tags", some("length-equals", 2)), "\x1fa\x1fb\x1f", True),
        (about("tags", some("length-equals", 0)), "\x1f", True),
        (about("tags", some("length-equals", 0)), "", True),
        (about("tags", existence("is-set")), "\x1f", False),
        (about("team", text("equals", "Returns")), "Returns", True),
        (about("team", text("equals", "")), "", False),
        (about("status", text("equals", "closed")), "closed", True),
        (about("status", text("equals", "closed")), "open", False),
        (about("sentiment_score", number("equals", 3)), "", False),
    ],
)
def test_caller_may_say_where_what_is_known_stands(condition: Any, kept: str, expected: bool) -> None:
    """I1, R10. Here in the subject."""
    ticket = make_ticket(subject="")
    Ticket.objects.filter(pk=ticket.pk).update(subject=kept)
    own = {"tags": entries("subject"), "team": some_text("subject"), "status": {"open": Q(subject="open"), "closed": Q(subject="closed")}}

    found = asked(Ticket.objects.all(), parse_definition(definition([condition])), ticket_columns() | own, customer="customer_id", at="created_at")

    assert found.exists() is expected
