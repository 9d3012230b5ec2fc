"""The one door for mail: bytes in, and they are kept, whatever they hold."""

from __future__ import annotations

from django.db import DataError

from helpdesk import intake
from helpdesk.intake import InboundMessage, Receipt, Sender
from helpdesk.tickets.conversation.attachments import File
from helpdesk.tickets.models import Channel, Inbound
from helpdesk.transports.email.addresses import inbox_of, own_inbox
from helpdesk.transports.email.guard import parse_guarded
from helpdesk.transports.email.headers import message_id_in
from helpdesk.transports.email.message_ids import ticket_of
from helpdesk.transports.email.parse import ParsedMail, UnreadableMail


def receive_mail(raw: bytes, *, inbox: str = "") -> Receipt:
    """Keeps one mail (RFC 822 bytes): as a message, or in quarantine with the reason. `inbox` is the envelope's recipient.

    Anything raised means that nothing was kept and that the same mail is to be handed over again.
    """
    external_id = message_id_in(raw) or intake.fingerprint(raw)
    address = inbox_of((), given=inbox)
    try:
        mail = parse_guarded(raw)
        address = inbox_of(mail.recipients, given=inbox)
        _refuse_loops_and_strangers(mail, address)
        return intake.receive_message(_inbound(mail, raw, inbox=address, external_id=external_id))
    except UnreadableMail as problem:
        reason = str(problem)
    except (DataError, ValueError) as error:  # trying again would fail again
        reason = f"This mail holds something that cannot be stored ({type(error).__name__})."
    return intake.quarantine(channel=Channel.EMAIL, inbox=address, external_id=external_id, raw=raw, reason=reason)


def read_again(row: Inbound) -> Receipt:
    """Tries a quarantined mail once more. Accepted, it takes the place of `row`."""
    receipt = receive_mail(bytes(row.raw), inbox=row.inbox)
    if receipt.status != "quarantined":
        # Kept without an inbox, it has been accepted under another key.
        Inbound.objects.filter(pk=row.pk, status=Inbound.Status.QUARANTINED).delete()
    return receipt


def _refuse_loops_and_strangers(mail: ParsedMail, inbox: str) -> None:
    """V7. Raises UnreadableMail."""
    if not mail.sender_address:
        raise UnreadableMail("This mail does not say who sent it.")
    if not inbox:
        raise UnreadableMail("This mail does not say which inbox it is for.")
    if own_inbox(mail.sender_address) or mail.sender_address.lower() == inbox:
        raise UnreadableMail("This mail comes from one of our own addresses. Answering it could make two machines write to each other for ever.")
    if ticket_of(mail.message_id):
        raise UnreadableMail("This is a mail that we sent ourselves; some server has returned it.")


def _inbound(mail: ParsedMail, raw: bytes, *, inbox: str, external_id: str) -> InboundMessage:
    return InboundMessage(
        channel=Channel.EMAIL,
        inbox=inbox,
        external_id=external_id,
        conversation_id=mail.thread_root or external_id,
        sender=Sender(email=mail.sender_address, name=mail.sender_name),
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        files=tuple(File(**vars(part)) for part in mail.attachments),
        raw=raw,
        sent_at=mail.sent_at,
        reply_to_ticket=next(filter(None, map(ticket_of, reversed(mail.references))), None),
        is_automatic=mail.is_automatic,
        problems=mail.problems,
    )
