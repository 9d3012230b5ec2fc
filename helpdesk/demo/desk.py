"""What lies on the desk besides conversations: shared macros, and what people have done this morning."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, islice

from django.db.models import Q

from agents.models import Agent, Role
from helpdesk.customers.profiles import identify
from helpdesk.demo import pen
from helpdesk.demo.past import living_at
from helpdesk.demo.staff import on_the_floor, played
from helpdesk.demo.texts import Case, read
from helpdesk.tickets.acts.bulk import Chosen
from helpdesk.tickets.acts.lifecycle import prioritise_many
from helpdesk.tickets.acts.merging import merge_tickets
from helpdesk.tickets.acts.snoozing import read_until, snooze_many
from helpdesk.tickets.acts.spam import mark_spam
from helpdesk.tickets.conversation.drafts import save_draft
from helpdesk.tickets.conversation.macros import save_macro
from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.models import Channel, Macro, Priority, Ticket

PRIORITIES = (Priority.URGENT, Priority.HIGH, Priority.HIGH, Priority.LOW)
OF_NO_CASE = 10_000  # a number that no case has


def lay_out(dice: random.Random, now: datetime) -> None:
    """Each act on a ticket of its own, by who has it, or by somebody who could."""
    with living_at(now):
        spam = [_begun_by_stranger(stranger, dice) for stranger in read("desk")["spam"]]
        waiting, answered = _open_ones(played(), is_waiting=True), _open_ones(played(), is_waiting=False)
        again = [(ticket, owner, _begun_again(ticket, dice)) for ticket, owner in islice(waiting, 1)]
    with living_at(now):
        for number, is_blocking in zip(spam, (True, False), strict=True):
            mark_spam(Chosen([number]), by=played()[0], is_blocking=is_blocking)
        for ticket, owner, number in again:
            merge_tickets(ticket, Ticket.objects.get(pk=number), by=owner)
        for priority, (ticket, owner) in zip(PRIORITIES, waiting, strict=False):
            prioritise_many(Chosen([ticket.pk]), priority, by=owner)
        for until, (ticket, owner) in zip(("later", "tomorrow", "week"), chain(answered, waiting), strict=False):
            snooze_many(Chosen([ticket.pk]), read_until(until, now), by=owner)
        _write_something(islice(waiting, 1))


def _write_something(waiting: Iterable[tuple[Ticket, Agent]]) -> None:
    """Macros, a note that calls a manager, and a draft of whoever signs in."""
    for macro in read("desk")["macro"]:
        save_macro(Macro(**macro), by=Agent.objects.get(role=Role.MANAGER))
    for ticket, owner in waiting:
        add_note(ticket, read("desk")["mention"][ticket.language], by=owner)
    for ticket, owner in islice(_open_ones(on_the_floor("signs in"), is_waiting=True), 1):
        save_draft(ticket, read("desk")["draft"][ticket.language], is_internal=False, seen=None, by=owner)


def _open_ones(owners: list[Agent], *, is_waiting: bool) -> Iterator[tuple[Ticket, Agent]]:
    """Theirs, then what nobody has: early in the morning they have few. Whoever waits longest first, as one sees to what was forgotten."""
    theirs = Q(assignee__in=owners) | Q(assignee=None)
    tickets = Ticket.objects.all().open().filter(theirs, waiting_since__isnull=not is_waiting).select_related("customer", "assignee")
    for ticket in sorted(tickets.order_by("last_message_at", "pk"), key=lambda ticket: ticket.assignee is None):
        yield ticket, ticket.assignee or owners[0]


def _begun_by_stranger(stranger: dict[str, str], dice: random.Random) -> int:
    customer = identify(name=stranger["name"], email=stranger["email"], language="en")
    return pen.begin(_mail("en", stranger["subject"], stranger["text"]), customer, dice)


def _begun_again(ticket: Ticket, dice: random.Random) -> int:
    """By the same customer, in a mail of its own."""
    return pen.begin(_mail(ticket.language, *read("desk")["again"][ticket.language]), ticket.customer, dice)


def _mail(language: str, subject: str, text: str) -> Case:
    return Case(language, OF_NO_CASE, Channel.EMAIL, topic="", text=text, subject=subject)
