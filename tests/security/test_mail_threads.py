"""V10: mail proves nothing, except by a Message-ID that we signed."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.tickets.models import Inbound, Ticket
from helpdesk.transports.email.message_ids import make_message_id, ticket_of
from helpdesk.transports.email.receive import receive_mail
from tests.transports.mails import make_mail


def test_forged_message_id_proves_nothing() -> None:
    """Another ticket, another message, another proof, a piece of it, more than it, another form."""
    made = make_message_id(12, 345)
    proof = made.split(".")[3].partition("@")[0]
    forged = [
        made.replace("desk.12.", "desk.13."),
        made.replace(".345.", ".346."),
        made.replace(proof, "0" * 32),
        made.replace(proof, proof[:16]),
        made.replace(proof, proof.upper()),
        made.replace("desk.12.", "desk.012."),
        f"{made} ",
        made[1:-1],
        "",
    ]

    assert [ticket_of(reference) for reference in forged] == [None] * len(forged)


def test_message_id_of_another_desk_proves_nothing(settings: Any) -> None:
    made = make_message_id(12, 345)

    settings.SECRET_KEY = "another desk"

    assert ticket_of(made) is None


@pytest.mark.django_db
def test_ticket_number_in_the_subject_opens_a_new_ticket() -> None:
    first = receive_mail(make_mail())

    second = receive_mail(make_mail(subject=f"Re: [#{first.ticket}] A lamp", message_id="<other@example.com>"))

    assert second.status == "created"
    assert second.ticket != first.ticket


@pytest.mark.django_db
def test_reply_with_our_message_id_reaches_its_ticket() -> None:
    """Also when the program dropped every other reference and the subject is new."""
    first = receive_mail(make_mail())
    ours = make_message_id(first.ticket or 0, first.message or 0)

    reply = receive_mail(make_mail(subject="Something else", message_id="<reply@example.com>", in_reply_to=ours))

    assert (reply.status, reply.ticket) == ("appended", first.ticket)


@pytest.mark.django_db
def test_stranger_with_our_message_id_gets_no_part_of_the_ticket() -> None:
    first = receive_mail(make_mail())
    ours = make_message_id(first.ticket or 0, first.message or 0)

    reply = receive_mail(make_mail(message_id="<eve@example.com>", references=f"<lamp@example.com> {ours}", **{"from": "eve@example.com"}))

    assert reply.status == "created"
    assert reply.ticket != first.ticket
    assert Ticket.objects.get(pk=first.ticket).messages.count() == 1


@pytest.mark.django_db
def test_stranger_with_a_known_reference_gets_no_part_of_the_ticket() -> None:
    first = receive_mail(make_mail())

    reply = receive_mail(make_mail(message_id="<eve@example.com>", references="<lamp@example.com>", **{"from": "eve@example.com"}))

    assert reply.ticket != first.ticket


@pytest.mark.django_db
def test_copy_recipients_get_no_part_of_the_ticket() -> None:
    """CC gives no right to read: the ticket has one customer, who wrote it."""
    receipt = receive_mail(make_mail(cc="eve@example.com"))

    assert Ticket.objects.get(pk=receipt.ticket).customer.email == "anna@example.com"
    assert Inbound.objects.count() == 1
