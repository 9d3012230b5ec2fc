"""What is said in a ticket: by the customer, by agents, among agents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import Agent, Toast
from agents.toasts import show_toast
from helpdesk.customers.models import Customer
from helpdesk.outbox.deliveries import enqueue_delivery
from helpdesk.tickets.conversation.attachments import File, keep_files
from helpdesk.tickets.conversation.macros import holes
from helpdesk.tickets.conversation.mentions import note_mentions
from helpdesk.tickets.events import record_event
from helpdesk.tickets.models import Attachment, Channel, Draft, Message, Original, Ticket, TicketMerge
from helpdesk.tickets.permissions import must_answer

PREVIEW = 200
# The customer reads these where they wrote: nothing has to be sent to them.
READ_IN_PLACE = (Channel.API, Channel.WEBCHAT)


class TicketClosed(Exception):
    """A customer's message may not vanish into a closed ticket: reopen it, or open another."""


class EmptyMessage(ValueError):
    """The message is for the user."""


class UnfilledMacro(ValueError):
    """The message is for the user."""


class MergedAway(ValueError):
    """The conversation goes on in another ticket. The message is for the user."""


def open_ticket(*, customer: Customer, channel: str, inbox: str, thread_key: str, subject: str, language: str, at: datetime) -> tuple[Ticket, bool]:
    """The open ticket of this thread, and whether it is new. Two messages at once get the same one."""
    fields = {"customer": customer, "channel": channel, "subject": subject[:300], "language": language[:10], "created_at": at, "last_message_at": at}
    ticket, created = Ticket.objects.select_related("assignee").get_or_create(inbox=inbox, thread_key=thread_key, closed_at=None, defaults=fields)
    if created:
        record_event(ticket, "created", channel=channel)
    return ticket, created


def add_customer_message(ticket: Ticket, text: str, *, at: datetime, files: Iterable[File] = (), html: str = "") -> Message:
    """The customer waits from the first message that we have not replied to. `html`: the same words as a mail laid them out.

    Raises TicketClosed, having written nothing, when somebody closed the ticket in the meantime.
    """
    files = list(files)
    preview = preview_of(text, files)
    held = Ticket.objects.filter(pk=ticket.pk, closed_at=None)
    if not held.update(preview=preview, waiting_since=Coalesce(F("waiting_since"), at), last_message_at=Greatest(F("last_message_at"), at)):
        raise TicketClosed
    message = keep_customer_message(ticket, text, at=at, files=files, html=html)
    if ticket.assignee is not None:
        show_toast(ticket.assignee, Toast.Kind.REPLIED, lambda: _words(ticket, preview), url=ticket.get_absolute_url())
    return message


def keep_customer_message(ticket: Ticket, text: str, *, at: datetime, files: Iterable[File], html: str) -> Message:
    """The message alone: the ticket stands as it stood, and nobody is told. Inside the caller's transaction."""
    message = Message.objects.create(ticket=ticket, author=Message.Author.CUSTOMER, text=text, created_at=at)
    keep_files(message, files)
    if html:
        Original.objects.create(message=message, html=html)
    record_event(ticket, "customer_wrote", message=message.pk)
    return message


def _words(ticket: Ticket, preview: str) -> tuple[str, str]:
    return _("%(name)s replied: %(subject)s") % {"name": ticket.customer, "subject": ticket.subject}, preview


@transaction.atomic
def add_note(ticket: Ticket, text: str, *, by: Agent, draft: Draft | None = None) -> Message:
    """Only the team sees it; the customer goes on waiting. Who is mentioned is told."""
    _must_say_something(text, by=by)
    message = write(ticket, text, by=by, at=timezone.now(), is_internal=True)
    take_draft(message, draft)
    note_mentions(message, by=by)
    record_event(ticket, "noted", by=by, message=message.pk)
    return message


def must_be_sendable(text: str, *, by: Agent) -> None:
    """Raises UnfilledMacro where a variable of a macro would be read by the customer."""
    _must_say_something(text, by=by)
    if unfilled := holes(text):
        raise UnfilledMacro(_("Nothing is known for %(variable)s. Write something in its place.") % {"variable": unfilled[0]})


def _must_say_something(text: str, *, by: Agent) -> None:
    must_answer(by)
    if not text.strip():
        raise EmptyMessage(_("Write something first."))


def write(ticket: Ticket, text: str, *, by: Agent, at: datetime, **fields: Any) -> Message:
    """`fields`: others of Message. Raises MergedAway."""
    if merge := TicketMerge.objects.filter(merged=ticket, undone_at=None).first():
        raise MergedAway(_("This ticket is part of #%(number)s now: write there.") % {"number": merge.kept_id})
    return Message.objects.create(ticket=ticket, author=Message.Author.AGENT, agent=by, text=text.strip(), created_at=at, **fields)


def take_draft(message: Message, draft: Draft | None) -> None:
    """Its files are the message's now; the draft itself is gone."""
    if draft is not None:
        Attachment.objects.filter(draft=draft).update(draft=None, message=message)
        draft.delete()


def leave(message: Message, *, written_at: datetime) -> None:
    """In the caller's transaction, which holds the ticket: the customer has a reply from now on. What has to be sent waits in the outbox."""
    ticket = message.ticket
    _note_reply(ticket, message, written_at)
    if ticket.channel not in READ_IN_PLACE:
        message.sent_to = enqueue_delivery(ticket.channel, f"message-{message.pk}", {"message_id": message.pk})
        message.save(update_fields=["sent_to"])
    record_event(ticket, "replied", by=message.agent, message=message.pk)


def _note_reply(ticket: Ticket, reply: Message, written_at: datetime) -> None:
    """What the customer wrote after `written_at` it knows nothing of: they wait on, from there."""
    unread = ticket.messages.filter(author=Message.Author.CUSTOMER, created_at__gt=written_at).order_by("created_at").first()
    ticket.preview = preview_of((unread or reply).text)
    ticket.waiting_since = unread.created_at if unread else None
    ticket.first_reply_at = ticket.first_reply_at or reply.created_at
    ticket.last_message_at = max(ticket.last_message_at, reply.created_at)
    ticket.save(update_fields=["preview", "waiting_since", "first_reply_at", "last_message_at"])


def preview_of(text: str, files: Iterable[File] = ()) -> str:
    """What lists show of a message: of one without words, what its files are called."""
    return " ".join((text or ", ".join(file.name for file in files)).split())[:PREVIEW]
