"""Messages that are another matter become a ticket of their own, scored and routed anew (S16)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Agent
from agents.text import one_line
from helpdesk.tickets.acts.bulk import Chosen, hold
from helpdesk.tickets.acts.lifecycle import have_them_read_again
from helpdesk.tickets.conversation.messages import preview_of
from helpdesk.tickets.events import record_event
from helpdesk.tickets.models import Message, Ticket

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class SplitRefused(ValueError):
    """The message is for the user."""


@transaction.atomic
def split_ticket(ticket: Ticket, messages: Collection[int], *, subject: str, by: Agent) -> Ticket:
    """A ticket of the same customer with these messages, numbers of this ticket's. Raises SplitRefused."""
    ticket = hold(Chosen([ticket.pk]), by=by)[0]
    chosen, left = _parted(ticket, messages)
    copied = {name: getattr(ticket, name) for name in ("customer", "channel", "inbox", "language")}
    new = Ticket.objects.create(**copied, thread_key=f"split-{token_hex(16)}", subject=one_line(subject)[:300] or ticket.subject, **_standing(chosen))
    Message.objects.filter(pk__in=[message.pk for message in chosen]).update(ticket=new)
    Ticket.objects.filter(pk=ticket.pk).update(**_standing(left) | ({} if ticket.is_open else {"waiting_since": None}))
    record_event(ticket, "split", by=by, other=new.pk)
    record_event(new, "split_off", by=by, other=ticket.pk)
    record_event(new, "created", channel=new.channel)
    have_them_read_again([new])
    return new


def _parted(ticket: Ticket, numbers: Collection[int]) -> tuple[list[Message], list[Message]]:
    chosen: list[Message] = []
    left: list[Message] = []
    for message in ticket.messages.all():
        (chosen if message.pk in numbers else left).append(message)
    if not any(message.author == Message.Author.CUSTOMER for message in chosen):
        raise SplitRefused(_("Choose at least one message of the customer."))
    if not any(message.author == Message.Author.CUSTOMER for message in left):
        raise SplitRefused(_("Leave at least one message of the customer here."))
    return chosen, left


def _standing(messages: list[Message]) -> dict[str, Any]:
    """What a ticket with these messages shows in lists. Notes are nobody's turn, and a reply that is held does not count before it leaves."""
    said = [message for message in messages if not message.is_internal and not message.is_held]
    replies = [message.created_at for message in said if message.author == Message.Author.AGENT]
    unanswered = [message.created_at for message in said if message.author == Message.Author.CUSTOMER and message.created_at > max(replies, default=_LONG_AGO)]
    return {
        "preview": preview_of(said[-1].text),
        "last_message_at": said[-1].created_at,
        "waiting_since": min(unanswered, default=None),
        "first_reply_at": min(replies, default=None),
    }
