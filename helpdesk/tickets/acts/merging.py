"""Two tickets that are one conversation. The merged one is closed and leads to the one that is kept."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import Agent
from helpdesk.tickets.acts.bulk import Chosen, add_rows_of, hold, with_open_twin
from helpdesk.tickets.acts.lifecycle import places_in_views
from helpdesk.tickets.events import record_event
from helpdesk.tickets.models import Message, Tag, Ticket, TicketEvent, TicketMerge, ViewEntry

_OF_BOTH = ("preview", "waiting_since", "first_reply_at", "last_message_at")


class MergeRefused(ValueError):
    """The message is for the user."""


@transaction.atomic
def merge_tickets(kept: Ticket, merged: Ticket, *, by: Agent) -> TicketMerge:
    """Messages, tags and places in views go over; what is written to the merged one from now on lands in `kept`. Raises MergeRefused.

    `moved`: messages, tags: numbers; views: rows of both; kept, merged: fields as they were.
    """
    kept, merged = _held(kept, merged, by=by)
    moved: dict[str, Any] = {"merged": _fields(merged, "closed_at", "snoozed_until", "waiting_since"), "kept": _fields(kept, *_OF_BOTH)}
    moved |= {"messages": _move_messages(merged, kept), "tags": _unite_tags(merged, kept), "views": _unite_views(merged, kept)}
    Ticket.objects.filter(pk=kept.pk).update(**_united(kept, merged))
    Ticket.objects.filter(pk=merged.pk).update(closed_at=merged.closed_at or timezone.now(), waiting_since=None, snoozed_until=None)
    record_event(merged, "merged", by=by, other=kept.pk)
    latest = record_event(kept, "merged_here", by=by, other=merged.pk)
    thread = {"inbox": merged.inbox, "thread_key": merged.thread_key}
    return TicketMerge.objects.create(kept=kept, merged=merged, by=by, moved=moved, last_event=latest.pk, **thread)


def _held(kept: Ticket, merged: Ticket, *, by: Agent) -> tuple[Ticket, Ticket]:
    found = {ticket.pk: ticket for ticket in hold(Chosen([kept.pk, merged.pk]), by=by)}
    if len(found) < 2:
        raise MergeRefused(_("A ticket cannot be merged into itself."))
    kept, merged = found[kept.pk], found[merged.pk]
    if not kept.is_open:
        raise MergeRefused(_("#%(number)d is closed. Reopen it first, or keep the other one.") % {"number": kept.pk})
    if merged.merged_by.filter(undone_at=None).exists():
        raise MergeRefused(_("#%(number)d has been merged already.") % {"number": merged.pk})
    if kept.customer_id != merged.customer_id:  # one's words would stand under the other's name, and be answered to them
        raise MergeRefused(_("They are of two customers. If both are one person, merge the profiles first."))
    return kept, merged


def _fields(ticket: Ticket, *names: str) -> dict[str, Any]:
    values = {name: getattr(ticket, name) for name in names}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}


def _move_messages(merged: Ticket, kept: Ticket) -> list[int]:
    numbers = list(merged.messages.values_list("pk", flat=True))
    Message.objects.filter(pk__in=numbers).update(ticket=kept)
    return numbers


def _unite_tags(merged: Ticket, kept: Ticket) -> list[int]:
    tags = list(merged.tags.exclude(tickets=kept))
    for tag in tags:
        add_rows_of(tag, [kept.pk])
    return [tag.pk for tag in tags]


def _unite_views(merged: Ticket, kept: Ticket) -> list[dict[str, Any]]:
    places = places_in_views([kept, merged])
    ViewEntry.objects.bulk_create([ViewEntry(**place | {"ticket_id": kept.pk}) for place in places], ignore_conflicts=True)
    return places


def _united(kept: Ticket, merged: Ticket) -> dict[str, Any]:
    """The earlier first reply and beginning of waiting, the later message."""
    later = max(kept, merged, key=lambda ticket: ticket.last_message_at)
    waiting, replied = ([getattr(each, name) for each in (kept, merged) if getattr(each, name)] for name in ("waiting_since", "first_reply_at"))
    return {
        "preview": later.preview,
        "last_message_at": later.last_message_at,
        "waiting_since": min(waiting, default=None),
        "first_reply_at": min(replied, default=None),
    }


@transaction.atomic
def undo_ticket_merge(merge: TicketMerge, *, by: Agent) -> None:
    """Each has its own again. Raises MergeRefused when something has happened to either since."""
    kept, merged = (next(each for each in hold(Chosen([merge.kept_id, merge.merged_id]), by=by) if each.pk == pk) for pk in (merge.kept_id, merge.merged_id))
    if not TicketMerge.objects.filter(pk=merge.pk, undone_at=None).update(undone_at=timezone.now()):
        raise MergeRefused(_("This merge has been undone already."))
    is_touched = TicketEvent.objects.filter(ticket__in=[kept, merged], pk__gt=merge.last_event).exists()
    if is_touched or (merge.moved["merged"]["closed_at"] is None and with_open_twin([merged.pk])):
        raise MergeRefused(_("Something has happened to them since: split the messages out instead."))
    _give_back(merge, kept, merged)
    record_event(merged, "unmerged", by=by, other=kept.pk)
    record_event(kept, "unmerged", by=by, other=merged.pk)


def _give_back(merge: TicketMerge, kept: Ticket, merged: Ticket) -> None:
    moved = merge.moved
    Message.objects.filter(pk__in=moved["messages"], ticket=kept).update(ticket=merged)
    Ticket.tags.through.objects.filter(ticket=kept, tag__in=Tag.objects.filter(pk__in=moved["tags"])).delete()
    places_in_views([kept, merged])
    ViewEntry.objects.bulk_create([ViewEntry(**place) for place in moved["views"]], ignore_conflicts=True)
    Ticket.objects.filter(pk=kept.pk).update(**moved["kept"])
    Ticket.objects.filter(pk=merged.pk).update(**moved["merged"])


def survivor(ticket: Ticket) -> Ticket:
    """Where what is written to this ticket belongs: itself, or what it was merged into, however often."""
    while merge := TicketMerge.objects.filter(merged=ticket, undone_at=None).select_related("kept__assignee").first():
        ticket = merge.kept
    return ticket


def survivor_of(*, inbox: str, thread_key: str) -> Ticket | None:
    """Of a thread whose ticket was merged."""
    merge = TicketMerge.objects.filter(inbox=inbox, thread_key=thread_key, undone_at=None).select_related("kept__assignee").order_by("-pk").first()
    return survivor(merge.kept) if merge else None
