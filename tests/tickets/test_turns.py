"""“Your turn”: who is told, how, and what is taken back."""

from __future__ import annotations

import pytest
from django.core import mail

from agents.models import Agent, Role, Toast
from agents.toasts import dismiss_toasts, waiting_toasts
from helpdesk.outbox.models import Delivery
from helpdesk.tickets.acts.assignment import assign_agent, assign_many, assign_team_many, claim_for
from helpdesk.tickets.acts.bulk import Chosen, undo
from helpdesk.tickets.acts.lifecycle import close, reopen
from helpdesk.tickets.models import Ticket
from tests.factories import make_agent, make_team, make_ticket
from tests.people import Commits
from tests.tickets.reading import again

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida() -> Agent:
    return make_agent("Ida")


@pytest.fixture
def boss() -> Agent:
    return make_agent("Boss", role=Role.MANAGER)


def make(count: int) -> list[Ticket]:
    return [make_ticket() for _ in range(count)]


def chosen(tickets: list[Ticket]) -> Chosen:
    return Chosen([ticket.pk for ticket in tickets])


def told(agent: Agent) -> list[list[int]]:
    """The tickets that each waiting toast of theirs is about."""
    return [toast.about for toast in waiting_toasts(agent)]


def test_b17_assignment_is_a_toast_and_no_mail(ida: Agent, boss: Agent, commits: Commits) -> None:
    """B17: by hand, by the machine, and of many."""
    by_hand, claimed, *many = make(5)

    with commits():
        assign_agent(by_hand, ida, by=boss)
        claim_for(claimed, ida)
        assign_many(chosen(many), ida, by=boss)

    assert told(ida) == [[by_hand.pk], [claimed.pk], [ticket.pk for ticket in many]]
    assert (mail.outbox, Delivery.objects.count()) == ([], 0)


def test_reassigning_takes_the_toast_back(ida: Agent, boss: Agent) -> None:
    """B17: only the one who has it now is told."""
    ticket, other = make(2)
    bob = make_agent("Bob")
    assign_agent(ticket, ida, by=boss)
    assign_agent(other, ida, by=boss)

    assign_agent(again(ticket), bob, by=boss)

    assert (told(ida), told(bob)) == ([[other.pk]], [[ticket.pk]])


def test_toast_that_was_seen_is_history(ida: Agent, boss: Agent) -> None:
    ticket = make_ticket()
    assign_agent(ticket, ida, by=boss)
    dismiss_toasts(ida, Toast.objects.values_list("pk", flat=True))

    assign_agent(again(ticket), None, by=boss)

    assert Toast.objects.count() == 1


def test_returning_many_takes_their_toasts_back(ida: Agent, boss: Agent) -> None:
    """What is told of many tells of the rest."""
    first, second, third = tickets = make(3)
    assign_many(chosen(tickets), ida, by=boss)

    assign_many(chosen([first, third]), None, by=boss)

    assert told(ida) == [[second.pk]]


def test_team_that_takes_many_takes_their_toasts_back(ida: Agent, boss: Agent) -> None:
    tickets = make(2)
    bob = make_agent("Bob")
    assign_many(chosen(tickets), ida, by=boss)

    assign_team_many(chosen(tickets), make_team("Returns", bob), in_turn=[bob], by=boss)

    assert (told(ida), told(bob)) == ([], [[ticket.pk for ticket in tickets]])


def test_undoing_takes_the_toast_back(ida: Agent, boss: Agent) -> None:
    act = assign_many(chosen(make(3)), ida, by=boss).act
    assert act is not None

    undo(act, by=boss)

    assert told(ida) == []


def test_undoing_something_else_leaves_the_toast(ida: Agent, boss: Agent) -> None:
    """Only who has it was told."""
    ticket = make_ticket()
    act = assign_team_many(chosen([ticket]), make_team("Returns"), in_turn=[], by=boss).act
    assert act is not None
    Toast.objects.create(agent=ida, kind=Toast.Kind.ASSIGNED, url="/", about=[ticket.pk])
    Ticket.objects.filter(pk=ticket.pk).update(assignee=ida)

    undo(act, by=boss)

    assert told(ida) == [[ticket.pk]]


def test_ticket_that_comes_back_while_nobody_is_there_takes_the_toast_back(ida: Agent, boss: Agent) -> None:
    """C21."""
    ticket = make_ticket()
    assign_agent(ticket, ida, by=boss)
    close(again(ticket), by=boss)

    reopen(again(ticket), by=None)

    assert (again(ticket).assignee, told(ida)) == (None, [])
