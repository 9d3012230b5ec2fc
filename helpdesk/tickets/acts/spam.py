"""Spam: closed, kept, and counted nowhere. What a blocked customer sends becomes it at once, and disturbs nobody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from agents.models import Agent
from helpdesk.customers.models import Customer
from helpdesk.tickets.acts.bulk import Chosen, Outcome, Part, carry_out, hold
from helpdesk.tickets.acts.lifecycle import carry_out_reopening, places_in_views, to_reopen
from helpdesk.tickets.conversation.attachments import File
from helpdesk.tickets.conversation.messages import TicketClosed, keep_customer_message, preview_of
from helpdesk.tickets.events import record_event
from helpdesk.tickets.models import Block, Message, Ticket
from helpdesk.tickets.permissions import must_answer


@transaction.atomic
def mark_spam(chosen: Chosen, *, by: Agent, is_blocking: bool = False) -> Outcome:
    """`is_blocking`: their customers are blocked, too."""
    genuine = [ticket for ticket in hold(chosen, by=by) if not ticket.is_spam]
    now = timezone.now()
    besides = {"views": places_in_views(genuine), "blocked": _block(genuine, by) if is_blocking else []}
    values = {"is_spam": True, "closed_at": Coalesce("closed_at", now), "waiting_since": None, "snoozed_until": None}
    return carry_out("spam", [Part(genuine, values, [("spam", {"is_blocking": is_blocking})])], by=by, besides=besides)


def _block(tickets: list[Ticket], by: Agent) -> list[int]:
    """Returns those who were not blocked before."""
    customers = {ticket.customer_id for ticket in tickets}
    new = customers - set(Block.objects.filter(customer__in=customers).values_list("customer_id", flat=True))
    Block.objects.bulk_create([Block(customer_id=number, by=by) for number in sorted(new)], ignore_conflicts=True)
    return sorted(new)


@transaction.atomic
def unmark_spam(chosen: Chosen, *, by: Agent) -> Outcome:
    """They are open again, scored and routed anew (S16), and their customers are no longer blocked.

    One whose conversation has another open ticket stays closed. Raises ThreadIsOpen as `reopen_many` does.
    """
    spam = [ticket for ticket in hold(chosen, by=by) if ticket.is_spam]
    said: tuple[str, dict[str, Any]] = ("not_spam", {})
    parts, left = to_reopen(spam, by=by)
    parts = [replace(part, events=[said, *part.events]) for part in parts]
    parts.append(Part([ticket for ticket in spam if ticket.pk in left], {"is_spam": False}, [said]))
    return carry_out_reopening("not_spam", parts, by=by, left=left, besides={"unblocked": _unblock(spam)})


def _unblock(tickets: Sequence[Ticket]) -> list[dict[str, Any]]:
    """Returned as rows to write again."""
    blocks = Block.objects.filter(customer__in={ticket.customer_id for ticket in tickets})
    rows = [{"customer_id": block.customer_id, "by_id": block.by_id, "at": block.at.isoformat()} for block in blocks]
    blocks.delete()
    return rows


def block(customer: Customer, *, by: Agent) -> None:
    must_answer(by)
    Block.objects.get_or_create(customer=customer, defaults={"by": by})


def unblock(customer: Customer, *, by: Agent) -> None:
    must_answer(by)
    Block.objects.filter(customer=customer).delete()


def is_blocked(customer: Customer) -> bool:
    return Block.objects.filter(customer=customer).exists()


def open_quietly(*, customer: Customer, channel: str, inbox: str, thread_key: str, subject: str, language: str, at: datetime) -> tuple[Ticket, bool]:
    """Where what a blocked customer sends belongs: their latest spam in the same inbox, or a ticket that is spam at once; and whether it is new."""
    if spam := Ticket.objects.filter(customer=customer, inbox=inbox, is_spam=True).order_by("-pk").first():
        return spam, False
    fields = {"channel": channel, "inbox": inbox, "thread_key": thread_key, "subject": subject[:300], "language": language[:10]}
    ticket = Ticket.objects.create(customer=customer, is_spam=True, created_at=at, last_message_at=at, closed_at=at, **fields)
    record_event(ticket, "created", channel=channel)
    return ticket, True


def add_quietly(ticket: Ticket, text: str, *, at: datetime, files: Iterable[File] = (), html: str = "") -> Message:
    """Nobody is told. Inside the caller's transaction. Raises TicketClosed when somebody has just said that it is no spam: look again."""
    files = list(files)
    held = Ticket.objects.filter(pk=ticket.pk, is_spam=True)
    if not held.update(preview=preview_of(text, files), last_message_at=Greatest(F("last_message_at"), at)):
        raise TicketClosed
    return keep_customer_message(ticket, text, at=at, files=files, html=html)
