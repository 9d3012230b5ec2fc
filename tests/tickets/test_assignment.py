"""Who has a ticket: by hand, and by claim."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Agent, Role, Toast
from helpdesk.tickets.acts.assignment import AlreadyTaken, assign_agent, assign_if_still, assign_team, claim_for
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.conversation.messages import add_customer_message
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.permissions import NotAllowed
from routing.models import Ledger, LedgerEntry
from tests.factories import make_agent, make_team, make_ticket
from tests.people import at_once
from tests.tickets.reading import again, history

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida() -> Agent:
    return make_agent("Ida")


@pytest.fixture
def ticket() -> Ticket:
    return make_ticket()


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN, Role.MANAGER, Role.AGENT])
def test_roles_that_answer_assign(ticket: Ticket, ida: Agent, role: Role) -> None:
    """A1, A5: to oneself or to another."""
    boss = make_agent("Boss", role=role)

    assign_agent(ticket, ida, by=boss)
    to_another = again(ticket).assignee
    assign_agent(ticket, boss, by=boss)

    assert (to_another, again(ticket).assignee) == (ida, boss)


@pytest.mark.parametrize("who", [{"role": Role.ANALYST}, {"is_active": False}])
def test_whoever_does_not_answer_assigns_nothing_and_is_assigned_nothing(ticket: Ticket, ida: Agent, who: dict[str, Any]) -> None:
    """A1."""
    other = make_agent("Other", **who)

    for act in (lambda: assign_agent(ticket, ida, by=other), lambda: assign_agent(ticket, other, by=ida), lambda: assign_team(ticket, make_team(), by=other)):
        with pytest.raises(NotAllowed):
            act()

    assert (again(ticket).assignee, again(ticket).team, history(ticket)) == (None, None, [])


def test_assigning_is_written_down_and_told(ticket: Ticket, ida: Agent) -> None:
    """A26, B17: a toast for whom it concerns, and for nobody else."""
    boss = make_agent("Boss", role=Role.MANAGER)

    assign_agent(ticket, ida, by=boss)

    assert history(ticket) == [("assigned", boss, {"agent": ida.pk, "name": "Ida"})]
    assert ticket.assignee == ida
    toast = Toast.objects.get()
    assert (toast.agent, toast.kind, toast.url) == (ida, "assigned", ticket.get_absolute_url())
    assert toast.words["en"] == {"title": f"Your turn: {ticket.subject}", "detail": f"{ticket.customer} · E-mail"}


def test_who_takes_a_ticket_needs_no_toast(ticket: Ticket, ida: Agent) -> None:
    assign_agent(ticket, ida, by=ida)

    assert Toast.objects.exists() is False


def test_reassigning_replaces(ticket: Ticket, ida: Agent) -> None:
    """A29."""
    bob = make_agent("Bob")
    assign_agent(ticket, ida, by=ida)

    assign_agent(again(ticket), bob, by=ida)

    assert again(ticket).assignee == bob
    assert [(kind, data["name"]) for kind, _, data in history(ticket)] == [("assigned", "Ida"), ("assigned", "Bob")]


def test_no_assignee_returns_it(ticket: Ticket, ida: Agent) -> None:
    """A30."""
    assign_agent(ticket, ida, by=ida)

    assign_agent(ticket, None, by=ida)

    assert (again(ticket).assignee, ticket.assignee) == (None, None)
    assert history(ticket)[-1] == ("unassigned", ida, {})
    assert list(Ticket.objects.all().unassigned()) == [ticket]


def test_what_is_so_already_changes_nothing(ticket: Ticket, ida: Agent) -> None:
    team = make_team()
    assign_agent(ticket, ida, by=ida)
    assign_team(ticket, team, by=ida)
    rows = history(ticket)

    assign_agent(again(ticket), ida, by=make_agent())
    assign_team(again(ticket), team, by=ida)
    assign_agent(other := make_ticket(), None, by=ida)
    assign_team(other, None, by=ida)

    assert (history(ticket), history(other), Toast.objects.count()) == (rows, [], 0)


def test_by_hand_leaves_the_rotation_alone(ticket: Ticket, ida: Agent) -> None:
    """A20."""
    assign_agent(ticket, ida, by=ida)

    assert again(ticket).assigned_automatically is False
    assert (Ledger.objects.exists(), LedgerEntry.objects.exists()) == (False, False)


def test_by_hand_ends_an_automatic_assignment(ticket: Ticket, ida: Agent) -> None:
    """C8: what a person gave them does not fill an agent's capacity."""
    claim_for(ticket, ida)
    bob = make_agent("Bob")

    assign_agent(ticket, bob, by=ida)

    assert again(ticket).assigned_automatically is False


def test_take_of_what_somebody_else_took_is_refused(ticket: Ticket, ida: Agent) -> None:
    """A23: whoever looked at the ticket before learns who has it now."""
    bob = make_agent("Bob")
    assign_if_still(ticket, bob, seen=None, by=bob)

    with pytest.raises(AlreadyTaken) as refused:
        assign_if_still(ticket, ida, seen=None, by=ida)

    assert (refused.value.assignee, str(refused.value)) == (bob, "Bob took this a moment ago.")
    assert again(ticket).assignee == bob
    assert len(history(ticket)) == 1


def test_take_of_what_was_returned_is_refused(ticket: Ticket, ida: Agent) -> None:
    """A23: also the other way round."""
    with pytest.raises(AlreadyTaken, match="returned to the queue") as refused:
        assign_if_still(ticket, ida, seen=make_agent("Bob"), by=ida)

    assert (refused.value.assignee, again(ticket).assignee) == (None, None)


def test_take_of_what_is_as_it_was_seen_succeeds(ticket: Ticket, ida: Agent) -> None:
    """A23, A29."""
    bob = make_agent("Bob")

    assign_if_still(ticket, bob, seen=None, by=ida)
    assign_if_still(ticket, ida, seen=bob, by=ida)

    assert again(ticket).assignee == ida
    assign_if_still(ticket, None, seen=ida, by=ida)
    assert again(ticket).assignee is None


def test_claim_takes_only_what_is_open_awake_and_unowned(ticket: Ticket, ida: Agent) -> None:
    bob = make_agent("Bob")
    closed, asleep = make_ticket(), make_ticket()
    close(closed, by=bob)
    Ticket.objects.filter(pk=asleep.pk).update(snoozed_until=timezone.now() + timedelta(hours=1))

    claims = [claim_for(ticket, ida), claim_for(again(ticket), bob), claim_for(again(closed), bob), claim_for(again(asleep), bob)]

    assert claims == [True, False, False, False]
    assert (again(ticket).assignee, again(ticket).assigned_automatically, again(closed).assignee) == (ida, True, None)
    assert history(ticket) == [("assigned", None, {"agent": ida.pk, "name": "Ida"})]
    assert Toast.objects.get().agent == ida


def test_team_takes_it_out_of_unassigned(ticket: Ticket, ida: Agent) -> None:
    """R12, C3."""
    team = make_team("Returns")

    assign_team(ticket, team, by=ida)

    assert (again(ticket).team, ticket.team) == (team, team)
    assert list(Ticket.objects.all().unassigned()) == []
    assign_team(ticket, None, by=None)
    assert (again(ticket).team, ticket.team) == (None, None)
    assert history(ticket) == [("team_set", ida, {"team": team.pk, "name": "Returns"}), ("team_cleared", None, {})]


def test_team_leaves_the_assignee_where_they_are(ticket: Ticket, ida: Agent) -> None:
    assign_agent(ticket, ida, by=ida)

    assign_team(ticket, make_team(), by=ida)

    assert again(ticket).assignee == ida


def test_assignee_is_told_when_the_customer_writes_again(ticket: Ticket, ida: Agent) -> None:
    """B17."""
    assign_agent(ticket, ida, by=ida)

    add_customer_message(ticket, "Any\nnews?", at=ticket.last_message_at)

    assert list(Toast.objects.values_list("agent", "kind", "words__en__detail")) == [(ida.pk, "replied", "Any news?")]


@pytest.mark.django_db(transaction=True)
def test_two_who_take_it_at_once_get_one_owner() -> None:
    """A23."""
    people = [make_agent("Ada"), make_agent("Bob")]

    for _ in range(5):
        ticket = make_ticket()

        def take(agent: Agent, ticket: Ticket = ticket) -> Agent | None:
            try:
                assign_if_still(ticket, agent, seen=None, by=agent)
            except AlreadyTaken as taken:
                return taken.assignee
            return agent

        owners = at_once(*[lambda agent=agent: take(agent) for agent in people])

        assert set(owners) == {again(ticket).assignee}
        assert len(history(ticket)) == 1


@pytest.mark.django_db(transaction=True)
def test_claim_and_hand_at_once_leave_one_owner() -> None:
    ada, bob = make_agent("Ada"), make_agent("Bob")
    ticket = make_ticket()

    claimed, _ = at_once(lambda: claim_for(again(ticket), ada), lambda: assign_agent(again(ticket), bob, by=bob))

    assert again(ticket).assignee == bob
    assert [(kind, data["name"]) for kind, _, data in history(ticket)] == [("assigned", "Ada")] * claimed + [("assigned", "Bob")]
