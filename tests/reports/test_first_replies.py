"""Time to first reply (B12)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from agents.models import BusinessHours
from helpdesk.reports.asked import Asked
from helpdesk.reports.service import Replies, first_replies
from helpdesk.tickets.acts.bulk import Chosen
from helpdesk.tickets.acts.lifecycle import close, reopen
from helpdesk.tickets.acts.merging import merge_tickets, undo_ticket_merge
from helpdesk.tickets.acts.spam import mark_spam
from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.models import Message, Ticket
from tests.factories import make_agent, make_customer, make_ticket, reply
from tests.reports.desk import a_ticket, at, keep_office_hours, local_day, minutes, percentile

pytestmark = pytest.mark.django_db
WEEK = Asked(date(2026, 11, 16), date(2026, 11, 22))
CLOCK = Asked(date(2026, 11, 16), date(2026, 11, 22), is_business=False)


def told(found: Replies) -> tuple[int, int, int | None, int | None]:
    return found.answered, found.unanswered, found.median, found.slowest


def test_b12_time_to_first_reply_counts_business_minutes() -> None:
    """Friday 16:50 to Monday 09:05 is fifteen minutes of the desk, and a weekend of any clock."""
    keep_office_hours()
    a_ticket(at("2026-11-06 16:50"), at("2026-11-09 09:05"))

    found = [told(first_replies(Asked(date(2026, 11, 6), date(2026, 11, 6), is_business=each)).all) for each in (True, False)]

    assert found == [(1, 0, 15, 15), (1, 0, 3855, 3855)]


def test_b12_median_and_slowest_tenth_and_what_is_not_answered() -> None:
    for wait in range(1, 11):
        a_ticket(at("2026-11-18 10:00"), at("2026-11-18 10:00") + timedelta(minutes=wait), channel="sms")
    a_ticket(at("2026-11-18 10:00"))

    found = first_replies(CLOCK)

    assert (told(found.all), told(found.channels["sms"]), told(found.channels["email"])) == ((10, 1, 5, 9), (10, 0, 5, 9), (0, 1, None, None))


def test_b12_period_is_compared_with_as_many_days_before() -> None:
    a_ticket(at("2026-11-09 00:00"), at("2026-11-09 00:20"))
    a_ticket(at("2026-11-08 23:59"), at("2026-11-09 00:20"))
    a_ticket(at("2026-11-16 00:00"), at("2026-11-16 00:10"))

    found = first_replies(CLOCK)

    assert (told(found.before), told(found.all)) == ((1, 0, 20, 20), (1, 0, 10, 10))


def test_empty_period_has_no_median() -> None:
    assert told(first_replies(WEEK).all) == (0, 0, None, None)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_days_are_those_of_the_desk_when_the_clock_changes(day: date, hours: int) -> None:
    asked = Asked(day, day, is_business=False)
    for moment in (asked.since, asked.until - timedelta(seconds=1), asked.since - timedelta(seconds=1), asked.until):
        a_ticket(moment)

    found = first_replies(asked)

    length = asked.until.astimezone(UTC) - asked.since.astimezone(UTC)
    assert (length, found.all.new, {each: replies.new for each, replies in found.days.items()}) == (timedelta(hours=hours), 2, {day: 2})


def test_overlapping_periods_run_once() -> None:
    days = {"2": [["10:00", "14:00"], ["09:00", "12:00"], ["10:30", "11:00"]]}
    BusinessHours.objects.create(pk=1, days=days)
    a_ticket(at("2026-11-18 08:00"), at("2026-11-18 20:00"))

    assert first_replies(WEEK).all.median == 300


def test_b12_only_people_give_a_first_reply() -> None:
    """What the Customer Agent or the machine says, and a note, is none."""
    ticket, ada = make_ticket(), make_agent("Ada")
    for author in (Message.Author.AI, Message.Author.SYSTEM):
        Message.objects.create(ticket=ticket, author=author, text="Hello")
    add_note(ticket, "Look", by=ada)
    today = Asked.usual()
    before = told(first_replies(today).all)[:2]

    reply(ticket, "Hello", by=ada)

    assert (before, told(first_replies(today).all)[:2]) == ((0, 1), (1, 0))


def test_b12_reopened_ticket_keeps_its_first_reply() -> None:
    ada = make_agent("Ada")
    with time_machine.travel(datetime(2026, 11, 18, 9, tzinfo=UTC), tick=False):
        ticket = make_ticket()
    with time_machine.travel(datetime(2026, 11, 18, 9, 7, tzinfo=UTC), tick=False):
        reply(ticket, "Hello", by=ada)
        close(ticket, by=ada)
        reopen(ticket, by=ada)
    with time_machine.travel(datetime(2026, 11, 19, 9, tzinfo=UTC), tick=False):
        reply(ticket, "Hello again", by=ada)

    assert told(first_replies(CLOCK).all) == (1, 0, 7, 7)


def test_spam_and_what_was_merged_away_count_nowhere() -> None:
    """A merge that is undone counts again."""
    ada, customer = make_agent("Ada"), make_customer()
    kept, merged, spam = (make_ticket(customer=customer) for _ in range(3))
    mark_spam(Chosen([spam.pk]), by=ada)
    merge = merge_tickets(kept, merged, by=ada)
    counted = first_replies(Asked.usual()).all.new
    undo_ticket_merge(merge, by=ada)

    assert (counted, first_replies(Asked.usual()).all.new) == (1, 2)


def test_reply_before_the_ticket_took_no_time() -> None:
    """As of a ticket that an older one was merged into."""
    a_ticket(at("2026-11-18 10:00"), at("2026-11-18 09:00"))

    assert first_replies(CLOCK).all.median == 0


MOMENTS = st.integers(0, 7 * 24 * 60 - 1).map(lambda number: at("2026-10-20 00:00").astimezone(UTC) + timedelta(minutes=number))
TICKETS = st.lists(st.tuples(MOMENTS, st.none() | st.integers(-60, 6_000), st.sampled_from(["email", "sms"])), max_size=12)


class Reference(TestCase):
    """The week in which the clock goes back, against a plain count of minutes."""

    @settings(max_examples=40)
    @for_all(TICKETS, st.booleans())
    def test_numbers_are_those_of_a_plain_count(self, tickets: list[Any], is_business: bool) -> None:
        keep_office_hours()
        customer = make_customer(email="ada@example.com")
        asked = Asked(date(2026, 10, 20), date(2026, 10, 26), is_business=is_business)
        rows = [(created, None if wait is None else created + timedelta(minutes=wait), channel) for created, wait, channel in tickets]
        for created, replied, channel in rows:
            a_ticket(created, replied, customer=customer, channel=channel)

        found = first_replies(asked)

        for day, replies in found.days.items():
            assert told(replies) == expected([row for row in rows if local_day(row[0]) == day], is_business)
        for channel, replies in found.channels.items():
            assert told(replies) == expected([row for row in rows if row[2] == channel and row[0] < asked.until], is_business)
        Ticket.objects.all().delete()


def expected(rows: list[Any], is_business: bool) -> tuple[int, int, int | None, int | None]:
    took = [minutes(created, replied, is_business=is_business) for created, replied, _channel in rows if replied]
    return len(took), len(rows) - len(took), percentile(took, 50), percentile(took, 90)
