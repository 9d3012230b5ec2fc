"""What is said in a ticket: by the customer, by agents, among agents."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, When
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import Agent, Toast
from agents.toasts import show_toast
from helpdesk.customers.models import Customer
from helpdesk.outbox.deliveries import enqueue_delivery
from helpdesk.tickets.events import record_event
from helpdesk.tickets.models import Channel, Message, Ticket
from helpdesk.tickets.permissions import must_answer

PREVIEW = 200
# The customer reads these where they wrote: nothing has to be sent to them.
READ_IN_PLACE = (Channel.API, Channel.WEBCHAT)


class TicketClosed(Exception):
    """A customer's message may not vanish into a closed ticket: reopen it, or open another."""


class EmptyMessage(ValueError):
    """The message is for the user."""


def open_ticket(*, customer: Customer, channel: str, inbox: str, thread_key: str, subject: str, language: str, at: datetime) -> tuple[Ticket, bool]:
    """The open ticket of this thread, and whether it is new. Two messages at once get the same one."""
    fields = {"customer": customer, "channel": channel, "subject": subject[:300], "language": language[:10], "created_at": at, "last_message_at": at}
    ticket, created = Ticket.objects.select_related("assignee").get_or_create(inbox=inbox, thread_key=thread_key, closed_at=None, defaults=fields)
    if created:
        record_event(ticket, "created", channel=channel)
    return ticket, created


def add_customer_message(ticket: Ticket, text: str, *, at: datetime) -> Message:
    """The customer waits from the first message that we have not replied to.

    Raises TicketClosed, having written nothing, when somebody closed the ticket in the meantime.
    """
    preview = _preview(text)
    held = Ticket.objects.filter(pk=ticket.pk, closed_at=None)
    if not held.update(preview=preview, waiting_since=Coalesce(F("waiting_since"), at), last_message_at=Greatest(F("last_message_at"), at)):
        raise TicketClosed
    message = Message.objects.create(ticket=ticket, author=Message.Author.CUSTOMER, text=text, created_at=at)
    record_event(ticket, "customer_wrote", message=message.pk)
    if ticket.assignee is not None:
        title = _("%(name)s replied: %(subject)s") % {"name": ticket.customer, "subject": ticket.subject}
        show_toast(ticket.assignee, Toast.Kind.REPLIED, title=title, detail=preview, url=ticket.get_absolute_url())
    return message


@transaction.atomic
def reply(ticket: Ticket, text: str, *, by: Agent) -> Message:
    """To the customer, by the ticket's channel. What has to be sent waits in the outbox."""
    _must_say_something(text, by=by)
    at = timezone.now()
    _note_reply(ticket, text, at=at)
    message = _write(ticket, text, by=by, at=at, is_internal=False)
    if ticket.channel not in READ_IN_PLACE:
        message.sent_to = enqueue_delivery(ticket.channel, f"message-{message.pk}", {"message_id": message.pk})
        message.save(update_fields=["sent_to"])
    record_event(ticket, "replied", by=by, message=message.pk)
    return message


@transaction.atomic
def add_note(ticket: Ticket, text: str, *, by: Agent) -> Message:
    """Only the team sees it; the customer goes on waiting."""
    _must_say_something(text, by=by)
    message = _write(ticket, text, by=by, at=timezone.now(), is_internal=True)
    record_event(ticket, "noted", by=by, message=message.pk)
    return message


def _must_say_something(text: str, *, by: Agent) -> None:
    must_answer(by)
    if not text.strip():
        raise EmptyMessage(_("Write something first."))


def _note_reply(ticket: Ticket, text: str, *, at: datetime) -> None:
    """Not from `ticket`, which others may have changed since it was read; but who began to wait after that has no reply yet."""
    seen = ticket.waiting_since
    Ticket.objects.filter(pk=ticket.pk).update(
        preview=_preview(text),
        last_message_at=Greatest(F("last_message_at"), at),
        first_reply_at=Coalesce(F("first_reply_at"), at),
        waiting_since=Case(When(waiting_since__gt=seen, then=F("waiting_since"))) if seen else F("waiting_since"),
    )
    ticket.refresh_from_db(fields=["preview", "last_message_at", "first_reply_at", "waiting_since"])


def _write(ticket: Ticket, text: str, *, by: Agent, at: datetime, is_internal: bool) -> Message:
    return Message.objects.create(ticket=ticket, author=Message.Author.AGENT, agent=by, text=text.strip(), is_internal=is_internal, created_at=at)


def _preview(text: str) -> str:
    return " ".join(text.split())[:PREVIEW]
