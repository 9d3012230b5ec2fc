"""Tickets are read; what changes goes through the verbs, and is in the history with the person's name."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from agents.models import Agent, Role
from helpdesk.customers.models import Customer
from helpdesk.tickets.acts.assignment import assign_agent, assign_team
from helpdesk.tickets.acts.lifecycle import close, set_sentiment
from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.models import Ticket
from tests.admin.conftest import list_of, page_of, press, run_action, said
from tests.factories import make_agent, make_customer, make_team, make_ticket, reply

pytestmark = pytest.mark.django_db

MODEL = "tickets_ticket"


def history(ticket: Ticket) -> list[tuple[str, Agent | None]]:
    """What people did, without what came before: (kind, by)."""
    return [(event.kind, event.by) for event in ticket.history.all() if event.kind not in ("created", "customer_wrote", "scored", "routed")]


def found(client: Client, **query: str) -> list[int]:
    return [ticket.pk for ticket in client.get(list_of(MODEL), query).context["cl"].result_list]


def test_tickets_are_assigned(as_manager: Client, manager: Agent) -> None:
    """A25, A26: the verb writes the history and tells the person."""
    ida = make_agent("Ida")
    tickets = [make_ticket(), make_ticket()]

    response = run_action(as_manager, MODEL, "assign", *tickets, agent=ida.pk)

    assert [Ticket.objects.get(pk=ticket.pk).assignee for ticket in tickets] == [ida, ida]
    assert [history(ticket) for ticket in tickets] == [[("assigned", manager)]] * 2
    assert ida.toasts.count() == 2
    assert said(response) == ["2 tickets assigned to Ida."]


def test_what_was_not_assigned_is_said(as_manager: Client, manager: Agent) -> None:
    ida = make_agent("Ida")
    taken, free = make_ticket(subject="First"), make_ticket()
    assign_agent(taken, ida, by=ida)

    response = run_action(as_manager, MODEL, "assign", taken, free, agent=ida.pk)

    assert said(response) == ["1 ticket assigned to Ida.", f"#{taken.pk} First: Ida has it already."]
    assert history(taken) == [("assigned", ida)]


def test_assigning_to_nobody_in_particular_changes_nothing(as_manager: Client) -> None:
    """A forgotten choice is not “No assignee”."""
    ticket = make_ticket()
    assign_agent(ticket, ida := make_agent("Ida"), by=ida)

    response = run_action(as_manager, MODEL, "assign", ticket)

    assert Ticket.objects.get(pk=ticket.pk).assignee == ida
    assert said(response) == ["Choose who gets the tickets. Nothing was changed."]


@pytest.mark.parametrize("person", [{"role": Role.ANALYST}, {"is_active": False}])
def test_tickets_go_only_to_people_who_answer(as_manager: Client, person: dict[str, Any]) -> None:
    ticket = make_ticket()

    run_action(as_manager, MODEL, "assign", ticket, agent=make_agent("Ana", **person).pk)

    assert Ticket.objects.get(pk=ticket.pk).assignee is None
    assert history(ticket) == []


def test_tickets_are_taken_back(as_manager: Client, manager: Agent) -> None:
    """A30."""
    held, free = make_ticket(), make_ticket(subject="Free")
    assign_agent(held, ida := make_agent("Ida"), by=ida)

    response = run_action(as_manager, MODEL, "unassign", held, free)

    assert Ticket.objects.get(pk=held.pk).assignee is None
    assert history(held)[-1] == ("unassigned", manager)
    assert said(response) == ["1 ticket has no assignee now.", f"#{free.pk} Free: Nobody has it."]


def test_tickets_are_given_to_a_team_and_taken_from_it(as_manager: Client, manager: Agent) -> None:
    """R12."""
    team, ticket = make_team("Returns"), make_ticket()

    given = run_action(as_manager, MODEL, "give_to_team", ticket, team=team.pk)
    taken = run_action(as_manager, MODEL, "take_from_team", ticket)

    assert history(ticket) == [("team_set", manager), ("team_cleared", manager)]
    assert [said(given), said(taken)] == [["1 ticket given to Returns."], ["1 ticket is in no team now."]]


def test_tickets_are_closed_and_reopened(as_manager: Client, manager: Agent) -> None:
    ticket = make_ticket()

    closed = run_action(as_manager, MODEL, "close_tickets", ticket)
    reopened = run_action(as_manager, MODEL, "reopen_tickets", ticket)

    assert history(ticket) == [("closed", manager), ("reopened", manager)]
    assert [said(closed), said(reopened)] == [["1 ticket closed."], ["1 ticket reopened."]]


def test_reopening_says_why_it_cannot(as_manager: Client, manager: Agent) -> None:
    """The verb's own sentence."""
    ticket = make_ticket(conversation_id="same", customer=make_customer(email="greta@example.com"))
    close(ticket, by=manager)
    make_ticket(conversation_id="same", customer=ticket.customer)

    response = run_action(as_manager, MODEL, "reopen_tickets", ticket)

    assert said(response) == [f"{ticket}: The customer has written again since: that conversation has an open ticket of its own."]


def test_page_of_a_ticket_has_the_button_that_makes_sense(as_manager: Client, manager: Agent) -> None:
    ticket = make_ticket()

    before = as_manager.get(page_of(MODEL, ticket)).context["offered"]
    press(as_manager, MODEL, "close_tickets", ticket)
    after = as_manager.get(page_of(MODEL, ticket)).context["offered"]

    assert [before, after] == [[("close_tickets", "Close ticket")], [("reopen_tickets", "Reopen ticket")]]
    assert history(ticket) == [("closed", manager)]


@pytest.mark.parametrize(
    "fields",
    [{"sentiment_label": "promoter", "sentiment_score": "10"}, {"subject": "Other"}, {"assignee": "1"}, {"closed_at_0": "2026-01-01", "closed_at_1": "10:00"}],
    ids=lambda fields: next(iter(fields)),
)
def test_nothing_of_a_ticket_is_a_form(as_owner: Client, fields: dict[str, str]) -> None:
    """S15: sentiment is not editable, V14: nor is anything else."""
    ticket = make_ticket()
    set_sentiment(ticket, score=1, label="negative", model="test", quotes=[])
    before = Ticket.objects.filter(pk=ticket.pk).values().get()

    response = as_owner.post(page_of(MODEL, ticket), fields)

    assert response.status_code == 403
    assert Ticket.objects.filter(pk=ticket.pk).values().get() == before


@pytest.mark.parametrize("path", ["add/", "{pk}/delete/"])
def test_tickets_are_neither_added_nor_deleted(as_owner: Client, path: str) -> None:
    assert as_owner.get(list_of(MODEL) + path.format(pk=make_ticket().pk)).status_code == 403


def test_no_action_touches_sentiment() -> None:
    """S15."""
    ticket_admin = admin.site._registry[Ticket]

    assert [action.__name__ for action in ticket_admin.actions] == ["assign", "unassign", "give_to_team", "take_from_team", "close_tickets", "reopen_tickets"]


def test_search_finds_by_number_subject_and_customer(as_manager: Client) -> None:
    greta = make_ticket(subject="Lamp", customer=make_customer("Greta Holm", email="greta@shop.example"))
    make_ticket(subject="Chair")

    assert [found(as_manager, q=text) for text in (str(greta.pk), f"#{greta.pk}", "lamp", "greta", "shop.example", "sofa")] == [[greta.pk]] * 5 + [[]]


def test_filters(as_manager: Client, manager: Agent) -> None:
    mail, sms, done = make_ticket(), make_ticket(channel="sms"), make_ticket()
    team = make_team("Returns")
    assign_agent(mail, manager, by=manager)
    assign_team(mail, team, by=manager)
    set_sentiment(sms, score=1, label="urgent", model="test", quotes=[])
    close(done, by=manager)

    assert found(as_manager) == [done.pk, sms.pk, mail.pk]
    assert found(as_manager, status="open") == [sms.pk, mail.pk]
    assert found(as_manager, status="unassigned") == [sms.pk]
    assert found(as_manager, status="closed") == [done.pk]
    assert found(as_manager, channel__exact="sms") == [sms.pk]
    assert found(as_manager, sentiment_label__exact="urgent") == [sms.pk]
    assert found(as_manager, team__id__exact=str(team.pk)) == [mail.pk]
    assert found(as_manager, assignee__id__exact=str(manager.pk)) == [mail.pk]


def test_page_shows_what_was_said_and_done(as_manager: Client, manager: Agent) -> None:
    ticket = make_ticket("Where is it?")
    reply(ticket, "On its way.", by=manager)
    add_note(ticket, "Be kind.", by=manager)

    context = as_manager.get(page_of(MODEL, ticket)).context

    assert [message.text for message in context["said"]] == ["Be kind.", "On its way.", "Where is it?"]
    assert [what for what, _event in context["done"]] == ["noted", "replied", "customer wrote", "created"]


def test_names_and_words_are_escaped(as_manager: Client, manager: Agent) -> None:
    """V2."""
    evil = "<img src=x onerror=alert(1)>"
    ticket = make_ticket(evil, subject=evil, customer=make_customer(evil))
    Agent.objects.filter(pk=manager.pk).update(name=evil)
    assign_agent(ticket, Agent.objects.get(pk=manager.pk), by=manager)
    assign_team(ticket, make_team(evil), by=manager)

    pages = [as_manager.get(address) for address in (list_of(MODEL), page_of(MODEL, ticket), page_of("customers_customer", Customer.objects.get()))]

    assert [evil in page.text for page in pages] == [False, False, False]
    assert ["&lt;img src=x" in page.text for page in pages] == [True, True, True]
