"""Send and close, send and snooze: what follows a reply once it has left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from helpdesk.tickets.acts.snoozing import NotATime
from helpdesk.tickets.conversation.messages import add_customer_message
from helpdesk.tickets.conversation.sending import depart, send_reply, sweep_departures, take_back
from tests.factories import make_agent, make_ticket
from tests.tickets.reading import again, history, in_seconds, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ten_seconds")]
IN_A_DAY = timezone.now().replace(microsecond=0) + timedelta(days=1)
FOLLOWS = pytest.mark.parametrize("follows", [{"and_close": True}, {"snooze_until": IN_A_DAY}], ids=["close", "snooze"])


def test_send_and_close_closes_when_it_leaves() -> None:
    ida, ticket = make_agent("Ida"), make_ticket()
    message = send_reply(ticket, "Tomorrow.", by=ida, and_close=True)
    while_held = again(ticket).is_open

    with in_seconds(11):
        depart.func(message.pk)

    assert (while_held, again(ticket).is_open) == (True, False)
    assert [kind for kind, *_ in history(ticket)] == ["replied", "closed"]


def test_send_and_snooze_snoozes_when_it_leaves() -> None:
    ida, ticket = make_agent("Ida"), make_ticket()
    message = send_reply(ticket, "Tomorrow.", by=ida, snooze_until=IN_A_DAY)
    while_held = again(ticket).snoozed_until

    with in_seconds(11):
        depart.func(message.pk)

    assert (while_held, again(ticket).snoozed_until) == (None, IN_A_DAY)
    assert history(ticket) == [("replied", ida, {"message": message.pk}), ("snoozed", ida, {"until": IN_A_DAY.isoformat()})]


@FOLLOWS
def test_taking_back_takes_back_what_would_have_followed(follows: dict[str, Any]) -> None:
    ida, ticket = make_agent("Ida"), make_ticket()
    message = send_reply(ticket, "Tomorrow.", by=ida, **follows)

    take_back(message, by=ida)
    with in_seconds(11):
        sweep_departures.func()

    assert (again(ticket).is_open, again(ticket).snoozed_until, history(ticket)) == (True, None, [])


def test_reply_that_leaves_after_the_time_it_was_to_be_snoozed_until_is_sent() -> None:
    ticket = make_ticket()
    message = send_reply(ticket, "Tomorrow.", by=make_agent(), snooze_until=timezone.now() + timedelta(seconds=30))

    with in_seconds(60):
        depart.func(message.pk)

    assert (row(message).is_held, again(ticket).snoozed_until) == (False, None)


@pytest.mark.parametrize("days", [-1, 400])
def test_time_that_means_nothing_holds_the_reply_back(days: int) -> None:
    ticket = make_ticket()

    with pytest.raises(NotATime):
        send_reply(ticket, "Tomorrow.", by=make_agent(), snooze_until=timezone.now() + timedelta(days=days))

    assert ticket.messages.count() == 1


@FOLLOWS
def test_customer_who_has_written_since_is_neither_closed_nor_snoozed(follows: dict[str, Any]) -> None:
    ticket = make_ticket()
    message = send_reply(ticket, "Tomorrow.", by=make_agent(), **follows)
    with in_seconds(5):
        later = timezone.now()
        add_customer_message(again(ticket), "No, today.", at=later)

    with in_seconds(11):
        depart.func(message.pk)

    left = again(ticket)
    assert (left.is_open, left.snoozed_until, left.waiting_since, left.preview) == (True, None, later, "No, today.")


@FOLLOWS
def test_reply_of_somebody_who_has_left_the_desk_is_sent_and_nothing_follows(follows: dict[str, Any]) -> None:
    ida, ticket = make_agent("Ida"), make_ticket()
    message = send_reply(ticket, "Tomorrow.", by=ida, **follows)
    type(ida).objects.filter(pk=ida.pk).update(is_active=False)

    with in_seconds(11):
        depart.func(message.pk)

    assert (row(message).is_held, again(ticket).is_open, again(ticket).snoozed_until) == (False, True, None)
