"""What a ticket goes through besides being answered: scored, tagged, closed, reopened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.availability import presence_of
from agents.models import Agent
from helpdesk.tickets.acts.bulk import Chosen, Outcome, Part, carry_out, hold
from helpdesk.tickets.acts.tags import LONGEST, tag_called
from helpdesk.tickets.acts.turns import take_turns_back
from helpdesk.tickets.events import record_event
from helpdesk.tickets.metrics import TICKET_CLOSED, hold_customer, tell, tell_many
from helpdesk.tickets.models import Act, Inbound, Priority, Tag, Ticket, TicketMerge, ViewEntry
from helpdesk.tickets.permissions import must_answer

UNDO_FOR = timedelta(seconds=15)


class ThreadIsOpen(ValueError):
    """The same conversation goes on in another ticket. The message is for the user."""


@transaction.atomic
def close(ticket: Ticket, *, by: Agent | None) -> bool:
    """C20: with it end its places in the views that rules put it into. `by` None: the customer has fallen silent, and has not written since."""
    if by is not None:
        must_answer(by)
    hold_customer(ticket)
    now = timezone.now()
    still = {} if by else {"waiting_since": None, "last_message_at": ticket.last_message_at}
    closed = Ticket.objects.filter(pk=ticket.pk, closed_at=None, **still).update(closed_at=now, waiting_since=None, snoozed_until=None)
    if closed:
        ticket.closed_at, ticket.waiting_since = now, None
        ViewEntry.objects.filter(ticket=ticket).delete()
        closing = record_event(ticket, "closed", by=by)
        tell(ticket, TICKET_CLOSED, at=now, key=closing.pk)
    return bool(closed)


@transaction.atomic
def close_many(chosen: Chosen, *, by: Agent) -> Outcome:
    """As `close`. Customers' time lines are told by `tell_closings`, when it can no longer be undone in passing."""
    open_ones = [ticket for ticket in hold(chosen, by=by) if ticket.is_open]
    now = timezone.now()
    values = {"closed_at": now, "waiting_since": None, "snoozed_until": None}
    besides = {"views": places_in_views(open_ones), "closed_at": now.isoformat()}
    return carry_out("closed", [Part(open_ones, values, [("closed", {})])], by=by, besides=besides, is_told=False)


def places_in_views(tickets: Sequence[Ticket]) -> list[dict[str, Any]]:
    """Taken away (C20); returned as rows to write again."""
    entries = ViewEntry.objects.filter(ticket__in=[ticket.pk for ticket in tickets])
    places = [{"view_id": entry.view_id, "ticket_id": entry.ticket_id, "matched_at": entry.matched_at.isoformat(), **_end(entry)} for entry in entries]
    entries.delete()
    return places


def _end(entry: ViewEntry) -> dict[str, Any]:
    return {"true_until": entry.true_until.isoformat() if entry.true_until else None}


def tell_closings() -> int:
    """S17: of what `close_many` has closed and nobody has opened since. Returns how many acts it has worked off."""
    acts = Act.objects.filter(is_told=False, at__lt=timezone.now() - UNDO_FOR).order_by("pk")
    return sum(_tell_closing(act) for act in acts)


@transaction.atomic
def _tell_closing(act: Act) -> bool:
    if not Act.objects.filter(pk=act.pk, is_told=False).update(is_told=True):
        return False
    closed = Ticket.objects.filter(pk__in=[int(number) for number in act.was], closed_at=act.besides["closed_at"])
    tell_many(closed.order_by("customer"), TICKET_CLOSED, key=act.last_event)
    return True


@transaction.atomic
def prioritise_many(chosen: Chosen, priority: Priority, *, by: Agent) -> Outcome:
    others = [ticket for ticket in hold(chosen, by=by) if ticket.priority != priority]
    return carry_out("prioritised", [Part(others, {"priority": priority}, [("prioritised", {"priority": priority.value})])], by=by)


@transaction.atomic
def reopen_many(chosen: Chosen, *, by: Agent) -> Outcome:
    """As `reopen`, one by one: each has to be read and routed anew."""
    left, count = [], 0
    for ticket in hold(chosen, by=by):
        try:
            count += reopen(ticket, by=by)
        except ThreadIsOpen as problem:
            left.append(f"#{ticket.pk}: {problem}")
    return Outcome(count, left=left)


@transaction.atomic
def reopen(ticket: Ticket, *, by: Agent | None) -> bool:
    """S16, C21: the score goes, and so does an assignee who is not Online; the ticket is scored and routed anew.

    `by` None: the customer wrote again, and that message is what is read. False if it was open. Raises ThreadIsOpen.
    """
    if by is not None:
        must_answer(by)
    if TicketMerge.objects.filter(merged=ticket, undone_at=None).exists():
        raise ThreadIsOpen(_("It was merged into another ticket: undo that first."))
    try:
        with transaction.atomic():
            reopened = Ticket.objects.filter(pk=ticket.pk, closed_at__isnull=False).update(
                closed_at=None, is_spam=False, sentiment_label="", sentiment_score=None
            )
    except IntegrityError:
        raise ThreadIsOpen(_("The customer has written again since: that conversation has an open ticket of its own.")) from None
    if not reopened:
        return False
    ticket.refresh_from_db()
    record_event(ticket, "reopened", by=by)
    _release_if_absent(ticket, by)
    if by is not None:
        have_it_read_again(ticket)
    return True


def _release_if_absent(ticket: Ticket, by: Agent | None) -> None:
    """C21: back to its team, or to Unassigned; but whoever reopens their own ticket keeps it."""
    assignee = ticket.assignee
    if assignee is not None and assignee != by and presence_of(getattr(assignee, "availability", None)) != "online":
        Ticket.objects.filter(pk=ticket.pk).update(assignee=None, assigned_automatically=False)
        take_turns_back([ticket])
        ticket.assignee = None
        record_event(ticket, "unassigned")


def have_it_read_again(ticket: Ticket) -> None:
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
    tag = tag_called(name[:LONGEST])
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
