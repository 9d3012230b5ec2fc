"""What a ticket goes through besides being answered: scored, tagged, closed, reopened."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.availability import presence_of
from agents.models import Agent
from helpdesk.tickets.events import record_event
from helpdesk.tickets.metrics import TICKET_CLOSED, hold_customer, tell
from helpdesk.tickets.models import Inbound, Tag, Ticket, ViewEntry
from helpdesk.tickets.permissions import must_answer


class ThreadIsOpen(ValueError):
    """The same conversation has an open ticket already. The message is for the user."""


@transaction.atomic
def close(ticket: Ticket, *, by: Agent) -> None:
    """C20: with it end its places in the views that rules put it into."""
    must_answer(by)
    hold_customer(ticket)
    now = timezone.now()
    if Ticket.objects.filter(pk=ticket.pk, closed_at=None).update(closed_at=now, waiting_since=None):
        ticket.closed_at, ticket.waiting_since = now, None
        ViewEntry.objects.filter(ticket=ticket).delete()
        closing = record_event(ticket, "closed", by=by)
        tell(ticket, TICKET_CLOSED, at=now, key=closing.pk)


@transaction.atomic
def reopen(ticket: Ticket, *, by: Agent | None) -> bool:
    """S16, C21: the score goes, and so does an assignee who is not Online; the ticket is scored and routed anew.

    `by` None: the customer wrote again, and that message is what is read. False if it was open. Raises ThreadIsOpen.
    """
    if by is not None:
        must_answer(by)
    try:
        with transaction.atomic():
            reopened = Ticket.objects.filter(pk=ticket.pk, closed_at__isnull=False).update(closed_at=None, sentiment_label="", sentiment_score=None)
    except IntegrityError:
        raise ThreadIsOpen(_("The customer has written again since: that conversation has an open ticket of its own.")) from None
    if not reopened:
        return False
    ticket.refresh_from_db()
    record_event(ticket, "reopened", by=by)
    _release_if_absent(ticket, by)
    if by is not None:
        _have_it_read_again(ticket)
    return True


def _release_if_absent(ticket: Ticket, by: Agent | None) -> None:
    """C21: back to its team, or to Unassigned; but whoever reopens their own ticket keeps it."""
    assignee = ticket.assignee
    if assignee is not None and assignee != by and presence_of(getattr(assignee, "availability", None)) != "online":
        Ticket.objects.filter(pk=ticket.pk).update(assignee=None, assigned_automatically=False)
        ticket.assignee = None
        record_event(ticket, "unassigned")


def _have_it_read_again(ticket: Ticket) -> None:
    """The sweep finds it: nothing in this package may call the story of a message."""
    latest = Inbound.objects.filter(message__ticket=ticket).only("pk").order_by("-pk").first()
    if latest is not None:
        Inbound.objects.filter(pk=latest.pk).update(status=Inbound.Status.PENDING, needs_routing=True)


@transaction.atomic
def set_sentiment(ticket: Ticket, *, score: int, label: str, **evidence: Any) -> bool:
    """S5, S15: written once, never over another. `evidence`: model, quotes, repaired (I10)."""
    if not Ticket.objects.filter(pk=ticket.pk, sentiment_label="").update(sentiment_score=score, sentiment_label=label):
        return False
    ticket.sentiment_score, ticket.sentiment_label = score, label
    record_event(ticket, "scored", score=score, label=label, **evidence)
    return True


@transaction.atomic
def add_tag(ticket: Ticket, name: str, *, by: Agent | None) -> None:
    if by is not None:
        must_answer(by)
    tag, _created = Tag.objects.get_or_create(name=name.strip()[:60])
    if not ticket.tags.filter(pk=tag.pk).exists():
        ticket.tags.add(tag)
        record_event(ticket, "tagged", by=by, tag=tag.name)


@transaction.atomic
def remove_tag(ticket: Ticket, tag: Tag, *, by: Agent | None) -> None:
    if by is not None:
        must_answer(by)
    if ticket.tags.filter(pk=tag.pk).exists():
        ticket.tags.remove(tag)
        record_event(ticket, "untagged", by=by, tag=tag.name)
