"""A reply that our own signed token proved (V10), and the ticket that comes back (C21)."""

from __future__ import annotations

import pytest

from agents.models import Toast
from helpdesk.intake import Sender
from helpdesk.tickets.acts.assignment import assign_agent, assign_team
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.models import Inbound, Ticket
from routing.shifts import go_offline
from tests.factories import make_agent, make_team, make_ticket, receive
from tests.tickets.reading import again, history

pytestmark = pytest.mark.django_db
ADA = Sender(email="ada@example.com")


def test_reply_joins_its_ticket_whatever_thread_the_mail_is_in() -> None:
    ticket = make_ticket(sender=ADA, conversation_id="one")

    reply = receive(sender=Sender(email="Ada@Example.com"), conversation_id="two", reply_to_ticket=ticket.pk)

    assert (reply.status, reply.ticket) == ("appended", ticket.pk)


def test_reply_from_another_address_does_not_join() -> None:
    """V10: a token that was passed on opens nobody's conversation."""
    ticket = make_ticket(sender=ADA, conversation_id="one")

    forged = receive(sender=Sender(email="eve@example.com"), conversation_id="one", reply_to_ticket=ticket.pk)

    assert (forged.status, forged.ticket != ticket.pk) == ("created", True)
    assert ticket.messages.count() == 1
    assert Ticket.objects.get(pk=forged.ticket).customer.email == "eve@example.com"


def test_reply_from_another_address_does_not_reopen() -> None:
    """V10."""
    ticket = make_ticket(sender=ADA)
    close(ticket, by=make_agent())

    receive(sender=Sender(email="eve@example.com"), reply_to_ticket=ticket.pk)

    assert again(ticket).is_open is False


def test_reply_to_a_ticket_that_is_not_there_opens_one() -> None:
    assert receive(reply_to_ticket=4711).status == "created"


def test_reply_to_a_closed_ticket_reopens_it() -> None:
    """S16, C21: and has it scored and routed, by what was written now."""
    ticket = make_ticket(sender=ADA)
    Inbound.objects.update(status="done", needs_routing=False)
    close(ticket, by=make_agent())

    reply = receive("Not solved", sender=ADA, reply_to_ticket=ticket.pk, tags=("web-form",))

    row = again(ticket)
    assert (reply.status, reply.ticket, row.is_open, row.preview) == ("appended", ticket.pk, True, "Not solved")
    assert row.tags.count() == 0  # those of a message are for the ticket that it opens
    assert row.waiting_since is not None
    assert [kind for kind, _, _ in history(ticket)] == ["closed", "reopened"]
    assert Inbound.objects.filter(status="pending", needs_routing=True).get().message_id == reply.message


@pytest.mark.parametrize("is_online", [True, False])
def test_returning_ticket_never_goes_to_somebody_who_is_offline(is_online: bool) -> None:
    """C21: it returns to its team; who is Online keeps it, and is told."""
    bob, team, ticket = make_agent("Bob", online=True), make_team(), make_ticket(sender=ADA)
    assign_agent(ticket, bob, by=bob)
    assign_team(ticket, team, by=bob)
    close(ticket, by=bob)
    if not is_online:
        go_offline(bob)

    receive(sender=ADA, reply_to_ticket=ticket.pk)

    assert (again(ticket).assignee, again(ticket).team) == (bob if is_online else None, team)
    assert Toast.objects.filter(agent=bob, kind="replied").exists() is is_online


def test_reply_to_a_closed_ticket_whose_thread_goes_on_joins_the_open_one() -> None:
    """One open ticket for each thread: the customer's words are not split."""
    old = make_ticket(sender=ADA, conversation_id="one")
    close(old, by=make_agent())
    new = make_ticket(sender=ADA, conversation_id="one")

    reply = receive(sender=ADA, reply_to_ticket=old.pk)

    assert (reply.status, reply.ticket, again(old).is_open) == ("appended", new.pk, False)
