"""What goes on by itself while the demo runs, on the desk of the shop."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Agent
from helpdesk.customers.models import Customer
from helpdesk.demo import pen, simulator
from helpdesk.demo.customers import filled, shoppers
from helpdesk.demo.past import living_at
from helpdesk.demo.staff import played
from helpdesk.demo.texts import Case, all_cases, cases, phrases
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.models import Message, Ticket, TicketEvent
from tests.factories import make_ticket, reply

pytestmark = pytest.mark.usefixtures("shop", "db")
CASE = all_cases()["en-0"]  # webchat, just ordered, with a thread of both sides


class Dice(random.Random):
    """Always rolls `rolled`."""

    def __init__(self, rolled: float) -> None:
        super().__init__(1)
        self.rolled = rolled

    def random(self) -> float:
        return self.rolled


BEGIN, ANSWER, COME_BACK = Dice(0.999), Dice(0.1), Dice(0.01)


class StopAfter(threading.Event):
    """Set once it has been waited for so many times."""

    def __init__(self, turns: int) -> None:
        super().__init__()
        self.turns = turns

    def wait(self, timeout: float | None = None) -> bool:
        self.turns -= 1
        return self.turns < 0


@pytest.fixture
def clear_desk(shop: datetime, db: None) -> None:
    """Nothing is open, so that the tickets of a test are the only ones that matter."""
    Ticket.objects.open().update(closed_at=timezone.now())
    Ticket.objects.update(first_reply_at=None)


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread closes its own at its end; here it is the test's."""
    monkeypatch.setattr(simulator.connections, "close_all", lambda: None)


def always(case: Case) -> Iterator[Case]:
    while True:
        yield case


def a_while_ago(case: Case = CASE, *, minutes: int = 10) -> Ticket:
    """A conversation that one of the shop's customers has begun, owned by a played colleague."""
    with living_at(timezone.now() - timedelta(minutes=minutes)):
        customer = shoppers().filter(language=case.language).order_by("pk")[0]
        ticket = Ticket.objects.get(pk=pen.begin(case, customer, random.Random(minutes)))
        assign_agent(ticket, played()[0], by=played()[0])
    return Ticket.objects.get(pk=ticket.pk)


def reply_ago(ticket: Ticket, text: str, *, by: Agent, minutes: int = 5) -> None:
    with living_at(timezone.now() - timedelta(minutes=minutes)):
        reply(ticket, text, by=by)


def latest() -> Message:
    return Message.objects.latest("pk")


def person() -> Agent:
    return Agent.objects.get(email="agent@example.com")


def test_customer_begins_a_conversation_after_an_order() -> None:
    simulator.customer_writes(BEGIN, always(CASE))

    ticket = Ticket.objects.latest("pk")
    placed = ticket.customer.events.filter(metric="Placed Order").latest("occurred_at")
    assert (ticket.channel, ticket.language, ticket.messages.count()) == ("webchat", "en", 1)
    assert timezone.now() - placed.occurred_at < timedelta(hours=2)


def test_customer_begins_none_when_there_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulator, "TOO_MANY", Ticket.objects.open().count())
    monkeypatch.setattr(simulator, "ENOUGH", 1)
    before = Ticket.objects.count()

    simulator.customer_writes(BEGIN, always(CASE))

    assert Ticket.objects.count() == before


def test_fewer_conversations_begin_the_more_are_open() -> None:
    shares = [simulator.share_of_answers(open_tickets) for open_tickets in (0, 50, 80, 110, 500)]

    assert shares == pytest.approx([1 / 3, 1 / 3, 2 / 3, 1, 1])


@pytest.mark.usefixtures("clear_desk")
def test_customer_answers_a_person_before_a_played_colleague() -> None:
    theirs, mine = a_while_ago(minutes=9), a_while_ago(minutes=8)
    assign_agent(mine, person(), by=person())
    reply_ago(theirs, "Hello", by=played()[0], minutes=6)
    reply_ago(mine, "Hello", by=person(), minutes=5)

    simulator.customer_writes(ANSWER, always(CASE))

    assert (latest().ticket, latest().author) == (mine, Message.Author.CUSTOMER)


@pytest.mark.usefixtures("clear_desk")
def test_customer_leaves_time_to_read() -> None:
    ticket = a_while_ago()
    reply(ticket, "Hello", by=played()[0])

    simulator.customer_writes(ANSWER, always(CASE))

    assert latest().author == Message.Author.AGENT


@pytest.mark.usefixtures("clear_desk")
def test_customer_returns_to_a_closed_conversation() -> None:
    ticket = a_while_ago()
    reply_ago(ticket, "Hello", by=played()[0])
    close(ticket, by=played()[0])

    simulator.customer_writes(COME_BACK, always(CASE))

    ticket.refresh_from_db()
    assert (latest().ticket, ticket.is_open) == (ticket, True)


@pytest.mark.usefixtures("clear_desk")
def test_nobody_writes_for_a_customer_of_somebody_else() -> None:
    """Who tries the API on the demo speaks for their own customers."""
    ticket = make_ticket()
    assign_agent(ticket, person(), by=person())
    reply_ago(ticket, "Hello", by=person(), minutes=-1)
    Ticket.objects.filter(pk=ticket.pk).update(last_message_at=timezone.now() - timedelta(minutes=5))

    simulator.customer_writes(ANSWER, always(CASE))

    assert latest().author == Message.Author.AGENT


@pytest.mark.usefixtures("clear_desk")
def test_colleague_answers_who_has_waited_longest() -> None:
    longest = a_while_ago(minutes=20)
    a_while_ago(minutes=10)

    simulator.colleague_answers(BEGIN)

    assert (latest().ticket, latest().agent) == (longest, played()[0])


@pytest.mark.usefixtures("clear_desk")
def test_colleague_answers_once_while_the_reply_is_held() -> None:
    a_while_ago()

    for _ in range(2):
        simulator.colleague_answers(BEGIN)

    assert Message.objects.filter(held_until__isnull=False).count() == 1


@pytest.mark.usefixtures("clear_desk")
def test_colleague_leaves_a_persons_tickets_alone() -> None:
    ticket = a_while_ago()
    assign_agent(ticket, person(), by=person())

    simulator.colleague_answers(BEGIN)

    assert latest().author == Message.Author.CUSTOMER


@pytest.mark.usefixtures("clear_desk")
def test_colleague_answers_a_nameless_customer() -> None:
    ticket = make_ticket()
    Customer.objects.filter(pk=ticket.customer_id).update(name="")
    assign_agent(ticket, played()[0], by=played()[0])
    Ticket.objects.filter(pk=ticket.pk).update(waiting_since=timezone.now() - timedelta(minutes=5))

    simulator.colleague_answers(BEGIN)

    assert (latest().ticket, latest().author) == (ticket, Message.Author.AGENT)


@pytest.mark.usefixtures("clear_desk")
def test_conversation_follows_what_was_written_for_it() -> None:
    ticket = a_while_ago()
    with living_at(timezone.now()):
        simulator.colleague_answers(BEGIN)
    Ticket.objects.filter(pk=ticket.pk).update(last_message_at=timezone.now() - timedelta(minutes=1))

    simulator.customer_writes(ANSWER, always(CASE))

    said = [message.text for message in ticket.messages.filter(is_internal=False)][1:]
    assert said == [filled(text, ticket.customer, agent=played()[0].name) for _author, text in CASE.thread[:2]]


@pytest.mark.usefixtures("clear_desk")
def test_conversation_leaves_what_was_written_once_a_person_replies() -> None:
    ticket = a_while_ago()
    reply_ago(ticket, "Something else entirely", by=person())

    simulator.customer_writes(ANSWER, always(CASE))

    assert latest().text in [filled(text, ticket.customer, agent=played()[0].name) for text in phrases("en").customer_answers]


def test_colleague_closes_only_while_others_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = a_while_ago()
    reply_ago(ticket, "Hello", by=played()[0])
    before = Ticket.objects.open().count()

    monkeypatch.setattr(simulator, "QUEUE", Ticket.objects.unassigned().count() + 1)
    simulator.colleague_closes()
    below = Ticket.objects.open().count()
    monkeypatch.setattr(simulator, "QUEUE", Ticket.objects.unassigned().count())
    simulator.colleague_closes()

    assert (below, Ticket.objects.open().count()) == (before, before - 1)
    assert TicketEvent.objects.filter(kind="closed").latest("pk").by in played()


def test_simulation_survives_every_error(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def fail(*_arguments: Any) -> None:
        raise RuntimeError("no ink")

    monkeypatch.setattr(simulator, "customer_writes", fail)
    before = Message.objects.filter(author=Message.Author.AGENT).count()

    simulator.simulate(StopAfter(3))

    assert [record.message for record in caplog.records] == ["A simulated act failed"] * 3
    assert Message.objects.filter(author=Message.Author.AGENT).count() > before


def test_simulation_ends_when_it_is_told_to() -> None:
    stop, before = threading.Event(), Message.objects.count()
    stop.set()

    simulator.simulate(stop)

    assert Message.objects.count() == before


def test_played_colleagues_are_present_until_the_end(monkeypatch: pytest.MonkeyPatch, shop: datetime) -> None:
    """A18, C18."""
    seen: list[tuple[bool, bool]] = []

    class Watching(StopAfter):
        def wait(self, timeout: float | None = None) -> bool:
            seen.extend((agent.availability.is_online, agent.availability.seen_at > shop) for agent in played())
            return super().wait(timeout)

    simulator.stay_present(Watching(1))

    assert seen == [(True, True)] * 6
    assert [agent.availability.is_online for agent in played()] == [False] * 3


def test_case_is_read_from_the_id_of_its_first_message() -> None:
    assert [pen.case_begun_by(key) for key in ("sv-3.ab12", "<sv-3.ab12@mail.example.com>", "re.ab12", "<ab@example.com>", "xx-1.a", "en-999.a")] == [
        cases("sv")[3],
        cases("sv")[3],
        None,
        None,
        None,
        None,
    ]
