"""A reply of ours as a mail: the outbox's sender of kind "email"."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage as StandardMail
from email.message import Message as StandardMessage
from email.policy import EmailPolicy, Policy, default
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from helpdesk.outbox.models import Delivery
from helpdesk.outbox.senders import CannotSend
from helpdesk.tickets.conversation.attachments import UNKNOWN
from helpdesk.tickets.models import Attachment, Channel, Message, Ticket
from helpdesk.transports.email.message_ids import make_message_id

MOST_REFERENCES = 20

_REPLY_PREFIX = re.compile(r"\s*(re|sv|odp|aw)\s*:", re.IGNORECASE)
_LINE_BREAKERS = re.compile(r"[\r\n\0]")


def send_reply(delivery: Delivery) -> None:
    """Payload: {"message_id": int}. CannotSend when the mail must not be built (V8); else raises when it could not be handed over."""
    message = Message.objects.select_related("ticket__customer", "agent").get(pk=delivery.payload["message_id"])
    try:
        mail = reply_mail(message)
    except (ValueError, HeaderParseError) as error:
        raise CannotSend(str(error)) from error
    if mail.send() != 1:
        raise RuntimeError("The mail server did not take the mail.")


def reply_mail(message: Message) -> EmailMessage:
    """Raises ValueError when the customer has no e-mail, or when a header would hold a line break or a second address."""
    ticket = message.ticket
    if not ticket.customer.email:
        raise ValueError("This customer has no e-mail address.")
    sender = Address(_header(message.agent.name) if message.agent else "", addr_spec=_header(_our_address(ticket)))
    recipient = Address(addr_spec=_header(ticket.customer.email))
    mail = ThreadedMail(_header(_subject(ticket)), _body(message), str(sender), [str(recipient)], headers=_headers(message))
    for file in Attachment.objects.filter(message=message).defer(None):
        mail.attach(_header(file.name), bytes(file.content), _sendable(file.content_type))
    return mail


def _sendable(content_type: str) -> str:
    """A mail within a mail would have to be written as one, and text in the encoding that it claims: as bytes both arrive as they are."""
    return UNKNOWN if content_type.startswith(("message/", "multipart/", "text/")) else content_type


class ThreadedMail(EmailMessage):
    """Django's mail, but ids longer than a line stay as they are: the standard library encodes them, and threads break."""

    def message(self, *, policy: Policy[StandardMessage] | None = None) -> StandardMail:
        modern = policy if isinstance(policy, EmailPolicy) else default
        return super().message(policy=modern.clone(header_factory=_REGISTRY))


class _MessageIds(UnstructuredHeader, BaseHeader):
    def fold(self, *, policy: Policy[StandardMessage]) -> str:
        ids = f"{policy.linesep} ".join(str(self).split())
        return f"{self.name}: {ids}{policy.linesep}"


_REGISTRY = HeaderRegistry()
_REGISTRY.map_to_type("References", _MessageIds)
_REGISTRY.map_to_type("In-Reply-To", _MessageIds)


def _header(value: str) -> str:
    if _LINE_BREAKERS.search(value):
        raise ValueError("A line break in the header of a mail is refused.")
    return value


def _our_address(ticket: Ticket) -> str:
    """The inbox that was written to; a ticket of another channel is answered from the desk's own address."""
    return ticket.inbox if ticket.channel == Channel.EMAIL else parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def _subject(ticket: Ticket) -> str:
    return ticket.subject if _REPLY_PREFIX.match(ticket.subject) else f"Re: {ticket.subject}"


def _body(message: Message) -> str:
    return f"{message.text}\n\n-- \n{message.agent.name}\n" if message.agent else f"{message.text}\n"


def _headers(message: Message) -> dict[str, str]:
    """Message-ID and the thread; and, on what no person wrote, that no machine may answer it (V7, RFC 3834)."""
    headers = {"Message-ID": make_message_id(message.ticket_id, message.pk)}
    customers, all_ids = _thread(message)
    if customers:
        headers["In-Reply-To"] = customers[-1]
    if all_ids:
        headers["References"] = " ".join([*all_ids[:1], *all_ids[1:][1 - MOST_REFERENCES :]])
    if message.author != Message.Author.AGENT:
        headers |= {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
    return headers


def _thread(message: Message) -> tuple[list[str], list[str]]:
    """The Message-IDs of the customer's mails, and all of the thread, both oldest first."""
    customers, all_ids = [], []
    earlier = message.ticket.messages.filter(is_internal=False, held_until=None, pk__lt=message.pk).order_by("pk")
    for pk, author, external_id in earlier.values_list("pk", "author", "inbound__external_id"):
        if author != Message.Author.CUSTOMER:
            all_ids.append(make_message_id(message.ticket_id, pk))
        elif external_id and external_id.startswith("<") and external_id.isascii():  # a header could not name another one
            customers.append(_header(external_id))
            all_ids.append(external_id)
    return customers, all_ids
