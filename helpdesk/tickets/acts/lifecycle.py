"""What a ticket goes through besides being answered: scored, closed, reopened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from agents.availability import presence_of
from agents.models import Agent
from helpdesk.tickets.acts.bulk import Chosen, Outcome, Part, carry_out, hold, in_short, with_open_twin
from helpdesk.tickets.acts.turns import take_turns_back
from helpdesk.tickets.events import record_event
from helpdesk.tickets.metrics import TICKET_CLOSED, hold_customer, tell, tell_many
from helpdesk.tickets.models import Act, Inbound, Priority, Ticket, TicketMerge, ViewEntry
from helpdesk.tickets.permissions import must_answer

TOLD_AFTER = timedelta(seconds=15)
OPEN_AGAIN = {"closed_at": None, "is_spam": False, "sentiment_label": "", "sentiment_score": None}
_GOES_ON: Promise = gettext_lazy("The customer has written again since: that conversation has an open ticket of its own.")
_MERGED: Promise = gettext_lazy("It was merged into another ticket: undo that first.")


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
    """As `close`. Customers' time lines are told a little later, by `tell_closings`: what is undone at once they never hear of."""
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
    acts = Act.objects.filter(is_told=False, at__lt=timezone.now() - TOLD_AFTER).order_by("pk")
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
    """As `reopen`. Raises ThreadIsOpen, having changed nothing, only where a customer writes at this very moment."""
    parts, left = to_reopen([ticket for ticket in hold(chosen, by=by) if not ticket.is_open], by=by)
    return carry_out_reopening("reopened", parts, by=by, left=left)


def to_reopen(closed: Sequence[Ticket], *, by: Agent) -> tuple[list[Part], dict[int, Promise]]:
    """What becomes of them, and why some stay closed: numbers of tickets, sentences."""
    left, absent = _stay_closed(closed), _absent(closed, by)
    staying = [ticket for ticket in closed if ticket.pk not in left and ticket.assignee_id not in absent]
    returned = [ticket for ticket in closed if ticket.pk not in left and ticket.assignee_id in absent]
    nobody = {"assignee": None, "assigned_automatically": False}
    return [Part(staying, OPEN_AGAIN, [("reopened", {})]), Part(returned, OPEN_AGAIN | nobody, [("reopened", {})], [("unassigned", {})])], left


def _stay_closed(closed: Sequence[Ticket]) -> dict[int, Promise]:
    """Of a thread one ticket can be open: of several that are chosen, the first."""
    numbers = [ticket.pk for ticket in closed]
    merged = TicketMerge.objects.filter(merged__in=numbers, undone_at=None).values_list("merged", flat=True)
    left = dict.fromkeys(with_open_twin(numbers), _GOES_ON) | dict.fromkeys(merged, _MERGED)
    first: dict[tuple[str, str], Ticket] = {}
    for ticket in closed:
        if ticket.pk not in left and first.setdefault((ticket.inbox, ticket.thread_key), ticket) is not ticket:
            left[ticket.pk] = _GOES_ON
    return left


def _absent(tickets: Iterable[Ticket], by: Agent | None) -> set[int]:
    """C21: whose tickets return to their team, or to Unassigned; but whoever reopens their own keeps it."""
    people = Agent.objects.filter(pk__in={ticket.assignee_id for ticket in tickets}).select_related("availability")
    return {agent.pk for agent in people if agent != by and presence_of(agent) != "online"}


def carry_out_reopening(kind: str, parts: Sequence[Part], *, by: Agent, left: Mapping[int, Promise], besides: Mapping[str, Any] | None = None) -> Outcome:
    """S16: what is open again is read and routed anew."""
    sentences = [f"{in_short(sorted(number for number in left if left[number] == reason))}: {reason}" for reason in dict.fromkeys(left.values())]
    try:
        outcome = carry_out(kind, parts, by=by, besides=besides, left=sentences)
    except IntegrityError:
        raise ThreadIsOpen(_GOES_ON) from None
    have_them_read_again([ticket for part in parts if "closed_at" in part.values for ticket in part.tickets])
    return outcome


@transaction.atomic
def reopen(ticket: Ticket, *, by: Agent | None) -> bool:
    """S16, C21: the score goes, and so does an assignee who is not Online; the ticket is scored and routed anew.

    `by` None: the customer wrote again, and that message is what is read. False if it was open. Raises ThreadIsOpen.
    """
    if by is not None:
        must_answer(by)
    if TicketMerge.objects.filter(merged=ticket, undone_at=None).exists():
        raise ThreadIsOpen(_MERGED)
    try:
        with transaction.atomic():
            reopened = Ticket.objects.filter(pk=ticket.pk, closed_at__isnull=False).update(**OPEN_AGAIN)
    except IntegrityError:
        raise ThreadIsOpen(_GOES_ON) from None
    if not reopened:
        return False
    ticket.refresh_from_db()
    record_event(ticket, "reopened", by=by)
    _release_if_absent(ticket, by)
    if by is not None:
        have_them_read_again([ticket])
    return True


def _release_if_absent(ticket: Ticket, by: Agent | None) -> None:
    if ticket.assignee_id in _absent([ticket], by):
        Ticket.objects.filter(pk=ticket.pk).update(assignee=None, assigned_automatically=False)
        take_turns_back([ticket])
        ticket.assignee = None
        record_event(ticket, "unassigned")


def have_them_read_again(tickets: Sequence[Ticket]) -> None:
    """By their latest messages. The sweep finds them: nothing in this package may call the story of a message."""
    of_tickets = Inbound.objects.filter(message__ticket__in=[ticket.pk for ticket in tickets]).order_by()
    latest = of_tickets.values("message__ticket").annotate(latest=Max("pk")).values_list("latest", flat=True)
    Inbound.objects.filter(pk__in=list(latest)).update(status=Inbound.Status.PENDING, needs_routing=True)


@transaction.atomic
def set_sentiment(ticket: Ticket, *, score: int, label: str, **evidence: Any) -> bool:
    """S5, S15: written once, never over another. `evidence`: model, quotes, repaired (I10)."""
    if not Ticket.objects.filter(pk=ticket.pk, sentiment_label="").update(sentiment_score=score, sentiment_label=label):
        return False
    ticket.sentiment_score, ticket.sentiment_label = score, label
    record_event(ticket, "scored", score=score, label=label, **evidence)
    return True
