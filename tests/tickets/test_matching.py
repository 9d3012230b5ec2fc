"""Two evaluators and a reference that shares no code with them give one answer, on each database."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings

from helpdesk.conditions.evaluate import Subject, evaluate
from helpdesk.conditions.grammar import TICKET_FIELDS, Definition, parse_definition
from helpdesk.customers.asking.context import asked_by, load_contexts
from helpdesk.customers.asking.matching import matching
from helpdesk.customers.models import Customer
from helpdesk.tickets.facts import ticket_value
from helpdesk.tickets.matching import matching_tickets
from helpdesk.tickets.models import Ticket
from routing.matching import load_context
from tests.conditions import reference
from tests.conditions.asking import compile_all
from tests.conditions.builders import about_them, about_ticket, definition, existence, text
from tests.conditions.population import Desk, Person, cases
from tests.factories import make_agent, make_inbound, make_ticket, reply

pytestmark = pytest.mark.django_db
AT_ONCE = 20  # definitions asked of each population
CASES = max(settings.default.max_examples, 2_000 if os.environ.get("REQUIRE_ALL") == "1" else 0)  # where nothing may be left out, as in CI


@pytest.fixture
def desk() -> Desk:
    return Desk()


@settings(max_examples=max(1, CASES // AT_ONCE), phases=set(Phase) - {Phase.explain}, suppress_health_check=list(HealthCheck))
@given(cases(AT_ONCE))
def test_every_way_of_asking_gives_the_answer_of_the_reference(desk: Desk, population: tuple[datetime, list[Person], list[Any]]) -> None:
    """A case is one definition asked of one population, about each of its customers and about each of their tickets. An example
    holds AT_ONCE cases: CI asks 2,000 in all, the profile `thorough` 50,000.

    Bounds of windows, time zones, days when clocks change, leap days, missing values, wrong types, unicode, empty lists, nulls.
    """
    now, everybody, asked = population
    with transaction.atomic():
        desk.store(everybody, now)
        definitions = [parse_definition(data) for data in asked]

        found_customers, found_tickets = ask_about_customers(definitions, now), ask_about_tickets(definitions, now)

        transaction.set_rollback(True)
    customers = {person["own"]["external_id"]: (person, None) for person in everybody}
    tickets = {f"{name}-{i}": (person, ticket) for name, (person, _) in customers.items() for i, ticket in enumerate(person["tickets"])}
    for data, about_customers, about_tickets in zip(asked, found_customers, found_tickets, strict=True):
        assert about_customers == dict.fromkeys(about_customers, expected(data, customers, now))
        assert about_tickets == dict.fromkeys(about_tickets, expected(data, tickets, now))


def expected(data: Any, those: dict[str, tuple[Person, Any]], now: datetime) -> set[str]:
    return {name for name, (person, ticket) in those.items() if reference.matches(data, person, ticket, now)}


def ask_about_customers(definitions: list[Definition], now: datetime) -> list[dict[str, set[str]]]:
    contexts = load_contexts(list(Customer.objects.filter(merged_into=None)), asked_by(definitions), now)
    subjects = {str(context.customer.external_id): context for context in contexts}
    return in_memory(definitions, subjects.items(), [set(matching(each, now).values_list("external_id", flat=True)) for each in definitions])


def ask_about_tickets(definitions: list[Definition], now: datetime) -> list[dict[str, set[str]]]:
    rows = Ticket.objects.select_related("customer", "team", "assignee").prefetch_related("tags")
    subjects = {ticket.thread_key: load_context(ticket, asked_by(definitions), now) for ticket in rows}
    return in_memory(definitions, subjects.items(), [set(matching_tickets(each, now).values_list("thread_key", flat=True)) for each in definitions])


def in_memory(definitions: list[Definition], subjects: Iterable[tuple[str, Subject]], in_sql: list[Any]) -> list[dict[str, set[str]]]:
    """Beside what SQL found: what was found by asking one by one, keeping what is seen, and quickly."""
    matches = compile_all(definitions)
    quickly = {name: matches(subject, subject.now) for name, subject in subjects}
    slowly = {name: [evaluate(each, subject)[0] for each in definitions] for name, subject in subjects}
    return [
        {"in SQL": sql} | {way: {name for name, answers in found.items() if answers[i]} for way, found in (("quickly", quickly), ("slowly", slowly))}
        for i, sql in enumerate(in_sql)
    ]


def test_body_is_what_the_customer_wrote_in_order(django_assert_num_queries: Any) -> None:
    """R10. Messages of the team and of the machine are not asked."""
    sender = make_inbound().sender
    ticket = make_ticket("First", sender=sender, conversation_id="one")
    reply(ticket, "Reply", by=make_agent("Ida"))
    make_ticket("Second", sender=sender, conversation_id="one")
    make_ticket("Second", sender=sender, conversation_id="two")
    parsed = parse_definition(definition([about_ticket("body", text("equals", "First\nSecond"))], [about_them("email", existence("is-set"))]))

    with django_assert_num_queries(1):
        found = list(matching_tickets(parsed, timezone.now()))

    assert found == [ticket]


@pytest.mark.parametrize("name", TICKET_FIELDS)
def test_every_field_of_the_grammar_can_be_asked(name: str) -> None:
    """R10."""
    ticket = make_ticket()
    parsed = parse_definition(definition([about_ticket(name, existence("is-set"))]))

    found = list(matching_tickets(parsed, timezone.now()))

    assert found == ([ticket] if ticket_value(ticket, name) else [])
