"""Customers write: what a transport would hand over, for each channel."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import UUID

from django.utils import timezone

from helpdesk.customers.models import Customer
from helpdesk.demo.customers import filled, place_order
from helpdesk.demo.texts import Case, all_cases
from helpdesk.intake import InboundMessage, Receipt, Sender, receive_message
from helpdesk.tickets.models import Channel, Ticket

INBOXES: dict[str, str] = {
    Channel.EMAIL: "support@example.com",
    Channel.WEBCHAT: "shop.example.com",
    Channel.SMS: "+46701740699",
    Channel.SOCIAL: "Holm & Vide",
    Channel.API: "contact form",
}


def begin(case: Case, customer: Customer, dice: random.Random) -> int:
    """The number of the ticket of a new conversation; in the cases that need one, minutes after an order."""
    if case.just_ordered:
        place_order(customer, dice, at=timezone.now() - timedelta(minutes=dice.randint(2, 30)))
    text, subject = filled(case.text, customer), filled(case.subject, customer)
    number = receive_message(_inbound(case.channel, customer, text, subject=subject, key=case.key, dice=dice)).ticket
    assert number is not None  # only what cannot be read has no ticket
    return number


def go_on(ticket: Ticket, text: str, dice: random.Random) -> Receipt:
    """The customer writes again in the same conversation; a closed one comes back."""
    return receive_message(_inbound(ticket.channel, ticket.customer, text, subject=f"Re: {ticket.subject}", key="re", dice=dice, ticket=ticket.pk))


def case_begun_by(external_id: str) -> Case | None:
    """The case of a conversation, read from the ID of its first message; None when it is nobody's of ours."""
    return all_cases().get(external_id.strip("<").partition(".")[0])


def _inbound(channel: str, customer: Customer, text: str, *, subject: str, key: str, dice: random.Random, ticket: int | None = None) -> InboundMessage:
    external_id = f"{key}.{UUID(int=dice.getrandbits(128)).hex}"
    if channel == Channel.EMAIL:
        external_id = f"<{external_id}@mail.example.com>"
    return InboundMessage(
        channel=channel,
        inbox=INBOXES.get(channel, "shop.example.com"),
        external_id=external_id,
        conversation_id=external_id,
        sender=_sender(channel, customer),
        subject=subject if channel in (Channel.EMAIL, Channel.API) else "",
        text=text,
        raw=_raw(channel, customer, text, subject, external_id),
        sent_at=timezone.now(),
        reply_to_ticket=ticket,
    )


def _sender(channel: str, customer: Customer) -> Sender:
    """By what the channel knows of people: an address, a number, or the shop's own ID."""
    match channel:
        case Channel.EMAIL:
            return Sender(email=customer.email or "", name=customer.name, language=customer.language)
        case Channel.SMS:
            return Sender(phone=customer.phone or "", language=customer.language)
    return Sender(external_id=customer.external_id or "", name=customer.name, language=customer.language)


def _raw(channel: str, customer: Customer, text: str, subject: str, external_id: str) -> bytes:
    if channel != Channel.EMAIL:
        return json.dumps({"id": external_id, "text": text}, ensure_ascii=False).encode()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f'"{customer.name}" <{customer.email}>', INBOXES[channel], subject
    mail["Message-ID"], mail["Date"] = external_id, format_datetime(timezone.now())
    mail.set_content(text)
    return mail.as_bytes()
