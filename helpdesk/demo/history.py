"""Four weeks at the desk: stories that take turns on one time line.

A story is a generator. It does one thing each time it is resumed, and yields how long it rests before the next.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush

from django.utils import timezone

from agents.models import Agent, Availability, Team
from helpdesk.customers.models import Customer
from helpdesk.demo import pen
from helpdesk.demo.customers import filled
from helpdesk.demo.past import living_at
from helpdesk.demo.staff import ADVICE, Part, on_the_floor, played
from helpdesk.demo.texts import Author, Case, phrases
from helpdesk.tickets.acts.assignment import assign_agent, assign_team
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.conversation.sending import send_reply
from helpdesk.tickets.models import Ticket
from routing.shifts import go_offline, go_online

Story = Iterator[timedelta]

DAYS = 26  # with today's, all within the four weeks that reports show first
OPENS, SHIFT = 8, timedelta(hours=12)  # o'clock where the desk is, and how long people stay
WEEKDAY: tuple[Part, ...] = ("signs in", "is played", "is away")
WEEKEND: tuple[Part, ...] = ("signs in", "is played")
STEPPED_OUT = timedelta(minutes=20)
SPECIALIST_TOPICS = ("Product specific", "Recommendations")


def play(stories: Iterable[tuple[datetime, Story]], *, until: datetime) -> None:
    """Lets every story go on in the order of time; what would happen after `until` does not."""
    line = [(begins, number, story) for number, (begins, story) in enumerate(stories)]
    heapify(line)
    while line and line[0][0] <= until:
        at, number, story = heappop(line)
        with living_at(at):
            _be_seen()
            rest = next(story, None)
        if rest is not None:
            heappush(line, (at + rest, number, story))


def _be_seen() -> None:
    """Whoever is Online has a page of the desk open: `note_sign_of_life`, for all of them at once."""
    Availability.objects.filter(is_online=True).update(seen_at=timezone.now())


def shifts(now: datetime) -> list[tuple[datetime, Story]]:
    """The last DAYS days; a weekend needs few. Today some stay away, and whoever signs in stepped out a moment ago."""
    today = timezone.localtime(now).replace(hour=OPENS, minute=0, second=0, microsecond=0)
    mornings = [day for back in range(DAYS, -1, -1) if (day := today - timedelta(days=back)) <= now]
    *earlier, last = mornings
    return [
        *((day, working_day(agent, SHIFT)) for day in earlier for agent in on_the_floor(*(WEEKEND if day.weekday() > 4 else WEEKDAY))),
        *((last, working_day(agent, SHIFT)) for agent in played()),
        *((last, working_day(agent, now - STEPPED_OUT - last)) for agent in on_the_floor("signs in")),
    ]


def working_day(agent: Agent, hours: timedelta) -> Story:
    if hours > timedelta(0):
        go_online(agent)
        yield min(hours, SHIFT)
        go_offline(agent)


def conversation(case: Case, customer: Customer, dice: random.Random) -> Story:
    """From the first message to the close, or to wherever it has come by now."""
    number = pen.begin(case, customer, dice)
    for author, text in case.thread or _improvised(case, dice):
        yield _rest(author, dice)
        if author == "customer":
            pen.go_on(Ticket.objects.select_related("customer").get(pk=number), filled(text, customer, agent=_answered_by(number)), dice)
            continue
        while (found := _taken(number)) is None:
            yield _until_morning()
        _answer(*found, author, text, case)
        if dice.random() < 0.4:
            _ask_specialists(*found, case)
    yield timedelta(hours=dice.uniform(1, 20))
    while (found := _taken(number)) is None:
        yield _until_morning()
    ticket, agent = found
    close(ticket, by=agent)


def _improvised(case: Case, dice: random.Random) -> list[tuple[Author, str]]:
    spoken = phrases(case.language)
    return [("agent", dice.choice(spoken.agent_replies)), ("customer", dice.choice(spoken.customer_answers))]


def _rest(author: Author, dice: random.Random) -> timedelta:
    """Agents take minutes to hours, customers sometimes a night; a note follows at once."""
    typical = {"agent": 60, "customer": 120, "note": 4}[author]
    return timedelta(minutes=1 + typical * dice.expovariate(1))


def _until_morning() -> timedelta:
    """Until shortly after the next day's work begins: nobody who may answer is there now."""
    now = timezone.localtime()
    return (now + timedelta(days=now.hour >= OPENS)).replace(hour=OPENS, minute=10) - now


def _answered_by(number: int) -> str:
    ticket = Ticket.objects.select_related("assignee").get(pk=number)
    return ticket.assignee.name if ticket.assignee else ""


def _taken(number: int) -> tuple[Ticket, Agent] | None:
    """The ticket and who answers it: its assignee, or else somebody who is there and takes it. None if nobody is."""
    ticket = Ticket.objects.select_related("customer", "assignee__availability", "team").get(pk=number)
    present = Agent.objects.answering().filter(availability__is_online=True)
    if ticket.assignee is not None:
        return (ticket, ticket.assignee) if present.filter(pk=ticket.assignee.pk).exists() else None
    if ticket.team is not None:
        present = present.filter(teams=ticket.team)
    agent = present.order_by("ledger_entry__last_turn", "pk").first()
    if agent is None:
        return None
    assign_agent(ticket, agent, by=agent)
    return ticket, agent


def _answer(ticket: Ticket, agent: Agent, author: Author, text: str, case: Case) -> None:
    add_tag(ticket, case.topic, by=agent)
    written = filled(text, ticket.customer, agent=agent.name)
    if author == "note":
        add_note(ticket, written, by=agent)
    else:
        send_reply(ticket, written, by=agent)


def _ask_specialists(ticket: Ticket, agent: Agent, case: Case) -> None:
    """By hand, to a team that comes in only on some days: there it waits."""
    if case.topic in SPECIALIST_TOPICS and ticket.team is None:
        assign_team(ticket, Team.objects.get(name=ADVICE), by=agent)
        assign_agent(ticket, None, by=agent)
