"""What keeps the demo alive while it runs: customers who write, colleagues who answer.

State is in the database alone, so that it goes on after a restart where it was.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from django.db import connections
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from agents.availability import note_sign_of_life
from agents.models import Agent
from helpdesk.demo import pen
from helpdesk.demo.customers import filled, shoppers
from helpdesk.demo.seeding import writers
from helpdesk.demo.staff import played
from helpdesk.demo.texts import Author, Case, all_cases, phrases
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.conversation.sending import send_reply
from helpdesk.tickets.models import Inbound, Ticket
from routing.shifts import go_offline, go_online

log = logging.getLogger(__name__)

PACE = 4.0  # seconds between two messages of customers, on average
BEAT = 60.0  # seconds between two signs of life
QUEUE = 5  # tickets that nobody has: from here on colleagues close what they have answered
ENOUGH = 50  # open tickets: from here on fewer new ones come
TOO_MANY = 110  # open tickets: from here on none come
ANSWERS = 1 / 3  # the share of customers who go on with a conversation, while nothing is too much
LONG_TALK = 8  # messages, after which a customer has nothing more to say
READING = timedelta(seconds=8)  # before anybody answers anybody


def stay_present(stop: threading.Event) -> None:
    """The played colleagues are Online while the demo runs, and signed out when it ends (A18)."""
    _attempt(partial(_everybody, go_online))
    while not stop.wait(BEAT):
        _attempt(partial(_everybody, note_sign_of_life))
    _attempt(partial(_everybody, go_offline))
    connections.close_all()


def _everybody(verb: Callable[[Agent], None]) -> None:
    for agent in played():
        verb(agent)


def simulate(stop: threading.Event) -> None:
    dice = random.Random()  # noqa: S311 # dice for a play, not for secrets
    new_cases = _shuffled_for_ever(dice)
    while not stop.wait(PACE * dice.uniform(0.5, 1.5)):
        _attempt(partial(customer_writes, dice, new_cases))
        _attempt(partial(colleague_answers, dice))
        _attempt(colleague_closes)
    connections.close_all()


def _attempt(act: Callable[[], object]) -> None:
    """Whatever goes wrong, the play goes on; what it was stands in the log."""
    try:
        act()
    except Exception:
        log.exception("A simulated act failed")


def _shuffled_for_ever(dice: random.Random) -> Iterator[Case]:
    everything = list(all_cases().values())
    while True:
        yield from dice.sample(everything, len(everything))


# Customers -----------------------------------------------------------------------------------------


def customer_writes(dice: random.Random, new_cases: Iterator[Case]) -> None:
    """Begins a conversation, or goes on with one."""
    if dice.random() >= share_of_answers(Ticket.objects.all().open().count()):
        case = next(new_cases)
        pen.begin(case, dice.choice(writers(list(shoppers()), case)), dice)
    elif ticket := _somebody_to_answer(dice):
        pen.go_on(ticket, filled(_next_line(ticket, "customer", dice), ticket.customer, agent=str(ticket.assignee or "")), dice)


def share_of_answers(open_tickets: int) -> float:
    """ANSWERS up to ENOUGH open tickets, and from there evenly up to 1 at TOO_MANY: the desk finds its balance."""
    return ANSWERS + (1 - ANSWERS) * min(max(open_tickets - ENOUGH, 0) / (TOO_MANY - ENOUGH), 1)


def _somebody_to_answer(dice: random.Random) -> Ticket | None:
    """Who has been replied to; a person's reply before a played one's. Now and then somebody returns to what was closed."""
    replied = _replied_to().filter(customer__in=shoppers()).annotate(said=Count("messages")).filter(said__lt=LONG_TALK)
    if dice.random() < 0.04:
        return replied.filter(closed_at__isnull=False).order_by("-closed_at").first()
    by_played = Q(assignee__in=played())
    open_ones = replied.filter(closed_at=None)
    return open_ones.exclude(by_played).order_by("last_message_at").first() or _one_of(open_ones.filter(by_played), dice)


def _replied_to() -> QuerySet[Ticket]:
    """Tickets in which nobody waits for an agent, after a decent pause."""
    replied = Ticket.objects.filter(waiting_since=None, first_reply_at__isnull=False, last_message_at__lte=timezone.now() - READING)
    return replied.select_related("customer", "assignee")


def _one_of(tickets: QuerySet[Ticket], dice: random.Random) -> Ticket | None:
    found = list(tickets[:50])
    return dice.choice(found) if found else None


# Colleagues ----------------------------------------------------------------------------------------


def colleague_answers(dice: random.Random) -> None:
    """The played colleague whose customer has waited longest replies, sometimes after a note to the team."""
    waiting = Ticket.objects.all().open().filter(assignee__in=played(), waiting_since__lte=timezone.now() - READING)
    unanswered = waiting.exclude(messages__held_until__isnull=False)  # a reply that is held ends no waiting yet
    ticket = unanswered.select_related("customer", "assignee").order_by("waiting_since").first()
    if ticket is None or ticket.assignee is None:
        return
    if dice.random() < 0.15:
        add_note(ticket, dice.choice(phrases(ticket.language).notes), by=ticket.assignee)
    send_reply(ticket, filled(_next_line(ticket, "agent", dice), ticket.customer, agent=ticket.assignee.name), by=ticket.assignee)


def colleague_closes() -> None:
    """So that the desk stays in balance. What a person has is theirs to close."""
    if Ticket.objects.all().unassigned().count() < QUEUE:
        return
    ticket = _replied_to().filter(closed_at=None, assignee__in=played()).order_by("last_message_at").first()
    if ticket is not None and ticket.assignee is not None:
        close(ticket, by=ticket.assignee)


# Words ---------------------------------------------------------------------------------------------


def _next_line(ticket: Ticket, author: Author, dice: random.Random) -> str:
    """What was written for this conversation; without that, what fits almost anywhere."""
    scripted = _scripted_line(ticket)
    if scripted is not None and scripted[0] == author:
        return scripted[1]
    spoken = phrases(ticket.language)
    return dice.choice(spoken.agent_replies if author == "agent" else spoken.customer_answers)


def _scripted_line(ticket: Ticket) -> tuple[Author, str] | None:
    """The next of the case's thread, as long as all have kept to it: what a person replies leads elsewhere."""
    first = Inbound.objects.filter(message__ticket=ticket).order_by("pk").first()
    case = pen.case_begun_by(first.external_id) if first else None
    said = list(ticket.messages.filter(is_internal=False).select_related("agent"))[1:]
    if case is None or any(message.agent and message.agent not in played() for message in said):
        return None
    spoken = [line for line in case.thread if line[0] != "note"]
    kept_to_it = [message.author for message in said] == [author for author, _text in spoken[: len(said)]]
    return spoken[len(said)] if kept_to_it and len(said) < len(spoken) else None
