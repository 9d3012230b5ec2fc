"""Messages that arrive in the same moment, over connections of their own."""

from __future__ import annotations

import pytest

from helpdesk.intake import Receipt, Sender, process_message, quarantine, receive_message
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.models import Inbound, Message, Ticket
from routing.models import RoutingDecision
from tests.factories import make_agent, make_inbound, make_ticket, receive
from tests.people import at_once
from tests.tickets.reading import again

pytestmark = pytest.mark.django_db(transaction=True)
ADA = Sender(email="ada@example.com")


def statuses(receipts: list[Receipt]) -> list[str]:
    return sorted(receipt.status for receipt in receipts)


def test_same_message_four_times_is_one_ticket() -> None:
    for _ in range(3):
        inbound = make_inbound()

        receipts = at_once(*[lambda inbound=inbound: receive_message(inbound)] * 4)

        assert statuses(receipts) == ["created", "duplicate", "duplicate", "duplicate"]
        assert len({(receipt.ticket, receipt.message) for receipt in receipts}) == 1
    assert (Ticket.objects.count(), Message.objects.count()) == (3, 3)


def test_four_messages_of_a_new_conversation_share_one_ticket() -> None:
    """By somebody whom nobody knew before."""
    for number in range(3):
        sender = Sender(email=f"ada{number}@example.com")
        inbounds = [make_inbound(sender=sender, conversation_id="one") for _ in range(4)]

        receipts = at_once(*[lambda inbound=inbound: receive_message(inbound) for inbound in inbounds])

        assert statuses(receipts) == ["appended", "appended", "appended", "created"]
        assert len({receipt.ticket for receipt in receipts}) == 1
    assert (Ticket.objects.count(), Message.objects.count()) == (3, 12)


def test_quarantined_message_read_by_two_is_one_message() -> None:
    """Two people press "try again"."""
    for number in range(3):
        inbound = make_inbound(external_id=str(number))
        quarantine(channel="email", inbox=inbound.inbox, external_id=str(number), raw=b"", reason="No sender.")

        receipts = at_once(*[lambda inbound=inbound: receive_message(inbound)] * 2)

        assert statuses(receipts) == ["created", "duplicate"]
    assert Message.objects.count() == 3


def test_message_never_lands_in_a_ticket_that_was_closed_before_it() -> None:
    """Whoever is first: either the ticket shows the message and is closed after it, or a new ticket has it."""
    agent = make_agent()

    for number in range(5):
        ticket = make_ticket(sender=ADA, conversation_id=str(number))
        inbound = make_inbound(sender=ADA, conversation_id=str(number))

        receipt, _ = at_once(lambda inbound=inbound: receive_message(inbound), lambda ticket=ticket: close(again(ticket), by=agent))

        kinds = list(ticket.history.order_by("pk").values_list("kind", flat=True))
        assert kinds[-1] == "closed"
        assert receipt.status == ("appended" if kinds.count("customer_wrote") == 2 else "created")


def test_reply_and_reopening_by_hand_reopen_once() -> None:
    agent = make_agent()
    ticket = make_ticket(sender=ADA)
    close(ticket, by=agent)

    inbounds = [make_inbound(sender=ADA, reply_to_ticket=ticket.pk) for _ in range(3)]
    receipts = at_once(*[lambda inbound=inbound: receive_message(inbound) for inbound in inbounds])

    assert statuses(receipts) == ["appended", "appended", "appended"]
    assert ticket.history.filter(kind="reopened").count() == 1
    assert ticket.messages.count() == 4


def test_job_run_by_two_workers_is_done_once() -> None:
    make_agent(online=True)
    for _ in range(5):
        receipt = receive()
        row = Inbound.objects.get(message=receipt.message)

        at_once(*[lambda row=row: process_message.func(row.pk)] * 2)

        ticket = Ticket.objects.get(pk=receipt.ticket)
        assert list(ticket.history.values_list("kind", flat=True)) == ["created", "customer_wrote", "scored", "assigned", "routed"]
    assert RoutingDecision.objects.count() == 5
