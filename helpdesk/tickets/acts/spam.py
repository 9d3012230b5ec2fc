"""Spam: closed, kept, and counted nowhere. What a blocked customer sends becomes it at once, and disturbs nobody."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from agents.models import Agent
from helpdesk.customers.models import Customer
from helpdesk.tickets.acts.bulk import Chosen, Outcome, Part, carry_out, hold
from helpdesk.tickets.acts.lifecycle import ThreadIsOpen, places_in_views, reopen
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

    One whose conversation has another open ticket stays closed.
    """
    spam = [ticket for ticket in hold(chosen, by=by) if ticket.is_spam]
    Block.objects.filter(customer__in={ticket.customer_id for ticket in spam}).delete()
    left = [sentence for ticket in spam if (sentence := _not_spam(ticket, by))]
    return Outcome(len(spam), left=left)


def _not_spam(ticket: Ticket, by: Agent) -> str:
    """Why it stays closed; "" if it does not."""
    Ticket.objects.filter(pk=ticket.pk).update(is_spam=False)
    record_event(ticket, "not_spam", by=by)
    try:
        reopen(ticket, by=by)
    except ThreadIsOpen as problem:
        return f"#{ticket.pk}: {problem}"
    return ""


def block(customer: Customer, *, by: Agent) -> None:
    must_answer(by)
    Block.objects.get_or_create(customer=customer, defaults={"by": by})


def unblock(customer: Customer, *, by: Agent) -> None:
    must_answer(by)
    Block.objects.filter(customer=customer).delete()


def is_blocked(customer: Customer) -> bool:
    return Block.objects.filter(customer=customer).exists()


def spam_of(customer: Customer, *, inbox: str) -> tuple[Ticket, bool] | None:
    """Where more from them goes: their latest spam in the same inbox; and that it is not new."""
    spam = Ticket.objects.filter(customer=customer, inbox=inbox, is_spam=True).order_by("-pk").first()
    return (spam, False) if spam else None


def add_quietly(ticket: Ticket, text: str, *, at: datetime) -> Message:
    """The ticket is spam from now on. Nobody is told. Inside the caller's transaction."""
    fields = {"is_spam": True, "closed_at": Coalesce("closed_at", at), "waiting_since": None, "last_message_at": Greatest(F("last_message_at"), at)}
    Ticket.objects.filter(pk=ticket.pk).update(preview=" ".join(text.split())[:200], **fields)
    message = Message.objects.create(ticket=ticket, author=Message.Author.CUSTOMER, text=text, created_at=at)
    record_event(ticket, "customer_wrote", message=message.pk)
    return message
