"""Send with undo: a reply stands in the conversation for some seconds before anybody outside can have it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import Agent
from helpdesk.tickets.acts.bulk import Chosen
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.acts.snoozing import must_be_a_time, snooze_many
from helpdesk.tickets.conversation.attachments import must_carry_files
from helpdesk.tickets.conversation.drafts import open_draft
from helpdesk.tickets.conversation.messages import leave, must_be_sendable, take_draft, write
from helpdesk.tickets.live import publish_ticket
from helpdesk.tickets.metrics import hold_customer
from helpdesk.tickets.models import Attachment, Draft, Message, Ticket
from helpdesk.tickets.permissions import NotAllowed

log = logging.getLogger(__name__)


class AlreadyLeft(Exception):
    """The message is for the user."""


class WroteMeanwhile(Exception):
    """The message is for the user."""


@transaction.atomic
def send_reply(
    ticket: Ticket, text: str, *, by: Agent, draft: Draft | None = None, and_close: bool = False, snooze_until: datetime | None = None, seen: int = 0
) -> Message:
    """To the customer, in UNDO_SEND_SECONDS; the draft, with its files, becomes the message. It leaves whatever happens to the page.

    The ticket is closed or snoozed when it leaves: taking it back takes both back. Raises NotATime.
    `seen`: the last message that the writer has read, 0 where nobody knows. Raises WroteMeanwhile where somebody else wrote after it.
    """
    must_be_sendable(text, by=by)
    if and_close:
        hold_customer(ticket)
    if seen:
        _must_have_read(ticket, seen, by=by)
    if draft is not None and draft.attachments.exists():
        must_carry_files(ticket)
    if snooze_until is not None:
        must_be_a_time(snooze_until)
    now = timezone.now()
    held_until = now + timedelta(seconds=settings.UNDO_SEND_SECONDS)
    message = write(ticket, text, by=by, at=now, held_until=held_until, closes_ticket=and_close, snoozes_until=snooze_until)
    take_draft(message, draft)
    if settings.UNDO_SEND_SECONDS:
        depart.using(run_after=held_until).enqueue(message.pk)
        publish_ticket(ticket)
    else:
        depart.func(message.pk)
    return message


def _must_have_read(ticket: Ticket, seen: int, *, by: Agent) -> None:
    """Of two who send at the same time the second waits here, and finds what the first has said."""
    Ticket.objects.hold(ticket.pk)
    latest = ticket.messages.filter(pk__gt=seen, is_internal=False).exclude(agent=by).select_related("agent").order_by("-pk").first()
    if latest is not None:
        people = {Message.Author.CUSTOMER: ticket.customer, Message.Author.AGENT: latest.agent}
        name = people.get(Message.Author(latest.author), _("The helpdesk"))
        raise WroteMeanwhile(_("%(name)s wrote while you were writing. Read it, then send again.") % {"name": name})


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
            _do_what_follows(message)


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


def _do_what_follows(message: Message) -> None:
    """Not over the head of a customer who has written since, nor for somebody who answers no more, nor until a time that has passed."""
    agent, ticket = message.agent, message.ticket
    if agent is None or not agent.can_answer or ticket.waiting_since is not None:
        return
    if message.closes_ticket:
        close(ticket, by=agent)
    elif message.snoozes_until and message.snoozes_until > timezone.now():
        snooze_many(Chosen([ticket.pk]), message.snoozes_until, by=agent)
