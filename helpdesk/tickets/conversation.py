"""What is said in a ticket: by the customer, by agents, among agents."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F
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
    preview = " ".join(text.split())[:PREVIEW]
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
    message = _write(ticket, text, by=by, is_internal=False)
    if ticket.channel not in READ_IN_PLACE:
        message.sent_to = enqueue_delivery(ticket.channel, f"message-{message.pk}", {"message_id": message.pk})
        message.save(update_fields=["sent_to"])
    ticket.waiting_since, ticket.last_message_at, ticket.preview = None, message.created_at, " ".join(text.split())[:PREVIEW]
    ticket.save(update_fields=["waiting_since", "last_message_at", "preview"])
    # Not from `ticket`: somebody else may have replied since it was read.
    if Ticket.objects.filter(pk=ticket.pk, first_reply_at=None).update(first_reply_at=message.created_at):
        ticket.first_reply_at = message.created_at
    record_event(ticket, "replied", by=by, message=message.pk)
    return message


@transaction.atomic
def add_note(ticket: Ticket, text: str, *, by: Agent) -> Message:
    """Only the team sees it; the customer goes on waiting."""
    message = _write(ticket, text, by=by, is_internal=True)
    record_event(ticket, "noted", by=by, message=message.pk)
    return message


def _write(ticket: Ticket, text: str, *, by: Agent, is_internal: bool) -> Message:
    must_answer(by)
    if not text.strip():
        raise EmptyMessage(_("Write something first."))
    return Message.objects.create(ticket=ticket, author=Message.Author.AGENT, agent=by, text=text.strip(), is_internal=is_internal, created_at=timezone.now())
