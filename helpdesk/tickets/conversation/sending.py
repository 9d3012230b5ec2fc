"""Send with undo: a reply stands in the conversation for some seconds before anybody outside can have it."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import Agent
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.conversation.attachments import RefusedFile
from helpdesk.tickets.conversation.drafts import open_draft
from helpdesk.tickets.conversation.messages import leave, must_be_sendable, take_draft, write
from helpdesk.tickets.live import publish_ticket
from helpdesk.tickets.metrics import hold_customer
from helpdesk.tickets.models import Attachment, Channel, Draft, Message, Ticket
from helpdesk.tickets.permissions import NotAllowed

TEXT_ALONE = (Channel.SMS, Channel.SOCIAL)
log = logging.getLogger(__name__)


class AlreadyLeft(Exception):
    """The message is for the user."""


@transaction.atomic
def send_reply(ticket: Ticket, text: str, *, by: Agent, draft: Draft | None = None, and_close: bool = False) -> Message:
    """To the customer, in UNDO_SEND_SECONDS; the draft, with its files, becomes the message. It leaves whatever happens to the page."""
    must_be_sendable(text, by=by)
    _must_carry(ticket, draft)
    message = write(ticket, text, by=by, at=timezone.now(), closes_ticket=and_close)
    take_draft(message, draft)
    message.held_until = message.created_at + timedelta(seconds=settings.UNDO_SEND_SECONDS)
    message.save(update_fields=["held_until"])
    if settings.UNDO_SEND_SECONDS:
        depart.using(run_after=message.held_until).enqueue(message.pk)
        publish_ticket(ticket)
    else:
        depart.func(message.pk)
    return message


@transaction.atomic
def take_back(message: Message, *, by: Agent) -> Draft:
    """By whoever wrote it: text and files are a draft again, before what they have begun since. Raises AlreadyLeft."""
    if message.agent != by:
        raise NotAllowed(_("Only who wrote a reply can take it back."))
    if not Message.objects.filter(pk=message.pk, held_until__isnull=False).update(held_until=F("held_until")):
        raise AlreadyLeft(_("It has been sent already."))
    draft = open_draft(message.ticket, by=by)
    draft.text = f"{message.text}\n\n{draft.text}".strip()
    draft.is_internal, draft.version = False, draft.version + 1
    draft.save()
    Attachment.objects.filter(message=message).update(message=None, draft=draft)
    publish_ticket(message.ticket)
    message.delete()
    return draft


@task
def depart(message_id: int) -> None:
    """Once: whoever takes the message's last second away, sends it. Taken back, it is not there."""
    message = Message.objects.select_related("ticket", "agent").filter(pk=message_id, held_until__lte=timezone.now()).first()
    if message is None:
        return
    with transaction.atomic():
        if message.closes_ticket:
            hold_customer(message.ticket)
        Ticket.objects.hold(message.ticket_id)
        now = timezone.now()
        # Moved to another ticket in the meantime, it is found there by the sweep.
        held = Message.objects.filter(pk=message.pk, ticket=message.ticket_id, held_until__isnull=False)
        if held.update(held_until=None, created_at=now):
            written_at, message.held_until, message.created_at = message.created_at, None, now
            message.ticket.refresh_from_db()
            leave(message, written_at=written_at)
            _close_if_asked(message)


@task
def sweep_departures() -> int:
    """Finds what a queue lost or a killed worker left. Returns how many."""
    due = list(Message.objects.filter(held_until__lte=timezone.now()).order_by("held_until").values_list("pk", flat=True)[:500])
    for message_id in due:
        try:
            depart.func(message_id)
        except Exception:  # one that fails must not keep the others waiting; it stays held, so a later sweep finds it
            log.exception("Message %s did not leave", message_id)
    return len(due)


def _must_carry(ticket: Ticket, draft: Draft | None) -> None:
    if ticket.channel in TEXT_ALONE and draft is not None and draft.attachments.exists():
        raise RefusedFile(_("Files cannot be sent by %(channel)s. Remove them, or send a link.") % {"channel": ticket.get_channel_display()})


def _close_if_asked(message: Message) -> None:
    """Not over the head of a customer who has written since, nor for somebody who answers no more."""
    if message.closes_ticket and message.agent and message.agent.can_answer and message.ticket.waiting_since is None:
        close(message.ticket, by=message.agent)
