"""V8: nobody writes headers into our mails."""

from __future__ import annotations

import email.policy

import pytest

from agents.models import Agent
from helpdesk.customers.models import Customer
from helpdesk.tickets.models import Inbound, Message, Ticket
from helpdesk.transports.email.receive import receive_mail
from helpdesk.transports.email.send import reply_mail
from tests.factories import make_agent, reply
from tests.transports.mails import make_mail

pytestmark = pytest.mark.django_db

BREAKS = ["\r\nBcc: eve@example.com", "\nBcc: eve@example.com", "\rBcc: eve@example.com", "\0"]


def make_reply() -> Message:
    ticket = Ticket.objects.get(pk=receive_mail(make_mail()).ticket)
    return reply(ticket, "Hello", by=make_agent())


@pytest.mark.parametrize("text", BREAKS)
@pytest.mark.parametrize("field", ["subject", "inbox"])
def test_line_break_in_a_ticket_is_refused(field: str, text: str) -> None:
    message = make_reply()
    setattr(message.ticket, field, f"support@desk.example{text}")

    with pytest.raises(ValueError, match="line break"):
        reply_mail(message)


@pytest.mark.parametrize("text", BREAKS)
def test_line_break_in_a_name_an_address_or_a_reference_is_refused(text: str) -> None:
    by_name, by_address, by_reference = make_reply(), make_reply(), make_reply()
    by_name.agent = Agent(name=f"Ben{text}")
    by_address.ticket.customer = Customer(email=f"anna@example.com{text}")
    if "\0" not in text:  # PostgreSQL has no NUL to give
        Inbound.objects.update(external_id=f"<lamp@example.com>{text}")

    for message in (by_name, by_address, *([] if "\0" in text else [by_reference])):
        with pytest.raises(ValueError, match="line break"):
            reply_mail(message)


def test_recipient_is_one_address() -> None:
    """Two addresses in one field are not two recipients."""
    message = make_reply()
    message.ticket.customer = Customer(email="anna@example.com, eve@example.com")

    with pytest.raises(ValueError, match="addr_spec"):
        reply_mail(message)


def test_subject_that_came_in_folded_goes_out_on_one_line() -> None:
    receipt = receive_mail(make_mail(subject="One\r\n Bcc: eve@example.com =?utf-8?q?=0D=0ABcc:_eve=40example.com?="))
    message = reply(Ticket.objects.get(pk=receipt.ticket), "Hello", by=make_agent())

    mail = reply_mail(message).message(policy=email.policy.SMTP)

    assert mail["Subject"] == "Re: One Bcc: eve@example.com Bcc: eve@example.com"
    assert mail["Bcc"] is None
