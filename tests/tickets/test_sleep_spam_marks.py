"""Tickets that sleep, that are spam, and that somebody wants to look at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest
import time_machine
from django.utils import timezone

from agents.models import Agent, BusinessHours, Toast
from helpdesk.customers.models import Event
from helpdesk.inbox.ticket.history import lines
from helpdesk.intake import Sender
from helpdesk.tickets.acts import snoozing
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.acts.bulk import Chosen, undo
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.acts.marks import mark_read, mark_unread, marked_by
from helpdesk.tickets.acts.snoozing import NotATime, read_until, snooze_many, tend_tickets, wake, wake_due, wake_many
from helpdesk.tickets.acts.spam import mark_spam, unmark_spam
from helpdesk.tickets.models import Block, Inbound, Ticket
from routing.router import route_ticket
from routing.waiting import route_waiting
from tests.factories import CHANNEL_IS_SMS, all_of, make_agent, make_customer, make_rule, make_team, make_ticket, receive
from tests.tickets.reading import again, history

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # 15:00 in Stockholm


@pytest.fixture
def ida() -> Agent:
    return make_agent("Ida")


def only(ticket: Ticket) -> Chosen:
    return Chosen([ticket.pk])


def in_an_hour() -> datetime:
    return timezone.now() + timedelta(hours=1)


def put_to_sleep(ticket: Ticket, by: Agent) -> None:
    snooze_many(only(ticket), in_an_hour(), by=by)


def test_sleeper_leaves_lists_and_comes_back_when_its_time_has_come(ida: Agent) -> None:
    ticket = make_ticket(sender=Sender(email="ada@example.com", name="Ada"))
    assign_agent(ticket, ida, by=ida)
    put_to_sleep(ticket, ida)
    asleep = (Ticket.objects.awake().count(), wake_due())
    Ticket.objects.update(snoozed_until=timezone.now())

    woken = (wake_due(), wake_due(), Ticket.objects.awake().count())

    assert (asleep, woken) == ((0, 0), (1, 0, 1))
    assert history(ticket)[-1] == ("woke", None, {"because": "time"})
    assert [(toast.agent, toast.words["en"]["title"]) for toast in Toast.objects.all()] == [(ida, f"It is back: {ticket.subject}")]


def test_customer_wakes_it(ida: Agent) -> None:
    ticket = make_ticket(conversation_id="t", sender=Sender(email="ada@example.com"))
    put_to_sleep(ticket, ida)

    receive("And now?", conversation_id="t", sender=Sender(email="ada@example.com"))

    assert again(ticket).snoozed_until is None
    assert history(ticket)[-1] == ("woke", None, {"because": "customer"})


def test_nobody_is_given_a_sleeper(ida: Agent) -> None:
    ticket = make_ticket()
    route_ticket(ticket.pk, cause="message 1")
    put_to_sleep(ticket, ida)
    make_agent("Bob", online=True)

    assert (route_waiting(), again(ticket).assignee) == (0, None)


def test_sleeper_is_given_to_nobody_before_it_wakes(ida: Agent) -> None:
    """Also if it fell asleep before it was routed: rules give it a team, and it waits as soon as it wakes."""
    team = make_team("Text messages", bob := make_agent("Bob", online=True))
    make_rule(to=team, when=all_of(CHANNEL_IS_SMS))
    ticket = make_ticket(channel="sms")
    put_to_sleep(ticket, ida)

    decision = route_ticket(ticket.pk, cause="message 1")

    asleep = again(ticket)
    assert (asleep.team, asleep.assignee, decision.waiting_because, Toast.objects.count()) == (team, None, "it is snoozed", 0)
    wake_many(only(ticket), by=ida)
    assert (route_waiting(), again(ticket).assignee) == (1, bob)


def test_ticket_that_was_snoozed_anew_sleeps_on(ida: Agent) -> None:
    """Whoever wakes what is due has read it before."""
    ticket = make_ticket()
    Ticket.objects.update(snoozed_until=timezone.now())
    due = again(ticket)
    put_to_sleep(ticket, ida)

    assert (wake(due, because="time"), again(ticket).snoozed_until is None) == (False, False)
    assert (wake(due, because="customer"), again(ticket).snoozed_until is None) == (True, True)


def test_one_that_fails_keeps_no_other_asleep(ida: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = make_ticket(), make_ticket()
    Ticket.objects.update(snoozed_until=timezone.now())

    def wake_all_but_one(ticket: Ticket, *, because: str) -> bool:
        if ticket == bad:
            raise RuntimeError
        return wake(ticket, because=because)

    monkeypatch.setattr(snoozing, "wake", wake_all_but_one)

    assert (wake_due(), again(bad).snoozed_until is None, again(good).snoozed_until is None) == (1, False, True)


def test_what_comes_by_itself_comes_though_something_else_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    works = {name: Mock(side_effect=RuntimeError, __name__=name) for name in ("wake_due", "tell_closings", "purge_toasts", "purge_acts")}
    for name, work in works.items():
        monkeypatch.setattr(snoozing, name, work)

    tend_tickets.func()

    assert [work.call_count for work in works.values()] == [1] * 4


def test_sleep_is_ended_by_hand_and_undone(ida: Agent) -> None:
    ticket = make_ticket()
    put_to_sleep(ticket, ida)
    until = again(ticket).snoozed_until
    act = wake_many(only(ticket), by=ida).act
    awake = again(ticket).snoozed_until
    assert act is not None

    undo(act, by=ida)

    assert (awake, again(ticket).snoozed_until) == (None, until)


def test_closed_ticket_does_not_sleep(ida: Agent) -> None:
    ticket = make_ticket()
    put_to_sleep(ticket, ida)
    close(ticket, by=ida)

    assert again(ticket).snoozed_until is None
    assert snooze_many(only(ticket), in_an_hour(), by=ida).changed == 0


@pytest.mark.parametrize(
    ("choice", "until"),
    [
        ("later", "2026-11-23T17:00"),
        ("tomorrow", "2026-11-24T08:00"),
        ("week", "2026-11-30T08:00"),
        ("2026-12-01T10:30", "2026-12-01T09:30"),
        ("2026-12-01T10:30+00:00", "2026-12-01T10:30"),
    ],
)
def test_until_when(choice: str, until: str) -> None:
    """Tomorrow is when the desk opens; a time without a zone is the desk's."""
    assert read_until(choice, MONDAY) == datetime.fromisoformat(until).replace(tzinfo=UTC)


def test_desk_has_one_time_zone(ida: Agent, settings: Any) -> None:
    """What is chosen is what is shown, and "tomorrow" is when the desk opens there."""
    settings.TIME_ZONE = "Europe/London"
    ticket = make_ticket()
    with time_machine.travel(MONDAY, tick=False):
        snooze_many(only(ticket), read_until("2026-12-01T09:00", MONDAY), by=ida)

    [line] = lines(ticket.history.filter(kind="snoozed"), reader=ida)
    assert line.sentence == "<b>You</b> snoozed this until 1 Dec 09:00."
    assert read_until("tomorrow", MONDAY) == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_tomorrow_of_friday_is_monday() -> None:
    assert read_until("tomorrow", MONDAY + timedelta(days=4)) == datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("days", [{}, {str(day): [["00:00", "24:00"]] for day in range(7)}])
def test_tomorrow_is_nine_where_the_desk_never_opens_or_never_closes(days: dict[str, list[list[str]]]) -> None:
    BusinessHours.objects.create(pk=1, days=days)

    assert read_until("tomorrow", MONDAY) == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("choice", ["", "soon", "2026-13-01T10:00", "\0", "2020-01-01T10:00", "9999-12-31T23:59", "0001-01-01T00:00"])
def test_odd_times_are_refused(choice: str, ida: Agent) -> None:
    ticket = make_ticket()

    with pytest.raises(NotATime):
        snooze_many(only(ticket), read_until(choice, timezone.now()), by=ida)


def test_spam_is_closed_without_counting_and_undone(ida: Agent) -> None:
    ticket = make_ticket()
    before = again(ticket).waiting_since
    act = mark_spam(only(ticket), by=ida, is_blocking=True).act
    spam, blocked = again(ticket), Block.objects.count()
    assert act is not None

    undo(act, by=ida)

    assert (spam.is_spam, spam.is_open, spam.waiting_since, blocked) == (True, False, None, 1)
    assert (again(ticket).is_spam, again(ticket).is_open, again(ticket).waiting_since, Block.objects.count()) == (False, True, before, 0)
    assert Event.objects.filter(metric="Ticket Closed").count() == 0


def test_blocked_customer_is_kept_in_silence(ida: Agent) -> None:
    """One ticket for all they write: not routed, not told, not open."""
    ticket = make_ticket(sender=Sender(email="pest@example.com"))
    assign_agent(ticket, ida, by=ida)
    mark_spam(only(ticket), by=ida, is_blocking=True)

    receipt = receive("Buy now", sender=Sender(email="pest@example.com"))

    assert (receipt.status, receipt.ticket, ticket.messages.count()) == ("appended", ticket.pk, 2)
    assert (again(ticket).is_open, again(ticket).waiting_since, Toast.objects.count()) == (False, None, 0)
    assert Inbound.objects.get(message=receipt.message).status == Inbound.Status.DONE


def test_blocked_customer_without_spam_gets_a_ticket_that_is_spam_at_once(ida: Agent) -> None:
    Block.objects.create(customer=make_customer("Pest", email="pest@example.com"), by=ida)

    receipt = receive("Buy now", sender=Sender(email="pest@example.com"))

    ticket = Ticket.objects.get(pk=receipt.ticket)
    assert (receipt.status, ticket.is_spam, ticket.is_open, Inbound.objects.get().status) == ("created", True, False, "done")


def test_not_spam_opens_reads_anew_and_unblocks(ida: Agent) -> None:
    """S16."""
    ticket = make_ticket()
    Inbound.objects.update(status="done", needs_routing=False)
    mark_spam(only(ticket), by=ida, is_blocking=True)

    outcome = unmark_spam(only(ticket), by=ida)

    inbound = Inbound.objects.get()
    assert (outcome.changed, again(ticket).is_spam, again(ticket).is_open, Block.objects.count()) == (1, False, True, 0)
    assert (inbound.status, inbound.needs_routing) == ("pending", True)


def test_mark_is_ones_own_and_goes_when_the_ticket_is_opened(ida: Agent) -> None:
    ticket, bob = make_ticket(), make_agent("Bob")

    mark_unread(only(ticket), by=ida)
    mark_unread(only(ticket), by=ida)
    seen = (marked_by(ida, [ticket]), marked_by(bob, [ticket]))
    mark_read(ticket, by=ida)

    assert seen == ({ticket.pk}, set())
    assert (marked_by(ida, [ticket]), history(ticket)) == (set(), [])
