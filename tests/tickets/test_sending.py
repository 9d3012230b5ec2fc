"""Send with undo: what stands in the conversation, what has left, and what comes back."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_ox.testing import run_tasks

from agents.models import Agent, Role
from helpdesk.outbox.models import Delivery
from helpdesk.tickets.conversation.attachments import File, RefusedFile, attach
from helpdesk.tickets.conversation.drafts import draft_of, save_draft
from helpdesk.tickets.conversation.messages import EmptyMessage, UnfilledMacro
from helpdesk.tickets.conversation.sending import AlreadyLeft, WroteMeanwhile, depart, send_reply, sweep_departures, take_back
from helpdesk.tickets.models import Message, Ticket
from helpdesk.tickets.permissions import NotAllowed
from tests.factories import make_agent, make_ticket
from tests.people import at_once
from tests.tickets.reading import again, history, in_seconds, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ten_seconds")]


def test_reply_stands_in_the_conversation_and_has_not_left() -> None:
    ticket = make_ticket(channel="email")
    before = again(ticket)

    message = send_reply(ticket, "Tomorrow.", by=make_agent())

    assert (row(message).is_held, Delivery.objects.exists(), history(ticket)) == (True, False, [])
    shown = ("waiting_since", "first_reply_at", "last_message_at", "preview")
    assert [getattr(again(ticket), name) for name in shown] == [getattr(before, name) for name in shown]


def test_reply_does_not_leave_before_its_time() -> None:
    message = send_reply(make_ticket(), "Tomorrow.", by=make_agent())

    with in_seconds(9):
        depart.func(message.pk)

    assert (row(message).is_held, Delivery.objects.exists()) == (True, False)


@pytest.mark.parametrize(("channel", "sent"), [("email", True), ("sms", True), ("webchat", False), ("api", False)])
def test_reply_leaves_by_its_channel_and_counts_from_then(channel: str, sent: bool) -> None:
    """B12: the first reply is when the customer could have it."""
    ida, ticket = make_agent("Ida"), make_ticket(channel=channel)
    message = send_reply(ticket, "Tomorrow.", by=ida)

    with in_seconds(11):
        depart.func(message.pk)

        left = row(message)
        assert (left.is_held, left.created_at, again(ticket).first_reply_at) == (False, timezone.now(), timezone.now())
    assert (again(ticket).waiting_since, again(ticket).preview, left.sent_to is not None) == (None, "Tomorrow.", sent)
    assert history(ticket) == [("replied", ida, {"message": message.pk})]


def test_reply_leaves_once_however_often_it_is_let_go() -> None:
    message = send_reply(make_ticket(), "Tomorrow.", by=make_agent())

    with in_seconds(11):
        depart.func(message.pk)
        depart.func(message.pk)
        swept = sweep_departures.func()

    assert (Delivery.objects.count(), swept) == (1, 0)


def test_reply_leaves_when_its_worker_was_killed() -> None:
    message = send_reply(make_ticket(), "Tomorrow.", by=make_agent())

    with in_seconds(11):
        assert sweep_departures.func() == 1

    assert row(message).sent_to is not None


def test_sweep_goes_on_after_one_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    messages = [send_reply(make_ticket(), "Tomorrow.", by=make_agent()) for _ in range(2)]
    fails = [messages[0].pk]
    monkeypatch.setattr("helpdesk.tickets.conversation.sending.leave", lambda message, **_: 1 / 0 if message.pk in fails else None)

    with in_seconds(11):
        sweep_departures.func()

    assert [row(message).is_held for message in messages] == [True, False]


def test_job_is_there_and_waits() -> None:
    message = send_reply(make_ticket(), "Tomorrow.", by=make_agent())

    run_tasks()
    early = row(message).is_held
    with in_seconds(11):
        run_tasks()

    assert (early, row(message).is_held) == (True, False)


def test_reply_leaves_at_once_where_there_is_no_undo(settings: Any) -> None:
    settings.UNDO_SEND_SECONDS = 0

    message = send_reply(make_ticket(), "Tomorrow.", by=make_agent())

    assert (row(message).is_held, Delivery.objects.count()) == (False, 1)


def test_taken_back_reply_is_a_draft_again() -> None:
    ida, ticket = make_agent("Ida"), make_ticket()
    save_draft(ticket, "Tomorrow.", is_internal=False, seen=None, by=ida)
    attach(ticket, File(name="label.pdf", content=b"%PDF"), by=ida)
    message = send_reply(ticket, "Tomorrow.", by=ida, draft=draft_of(ticket, ida))
    gone = draft_of(ticket, ida)

    take_back(message, by=ida)

    draft = draft_of(ticket, ida)
    assert (gone, ticket.messages.count(), history(ticket)) == (None, 1, [])
    assert draft is not None
    assert (draft.text, [file.name for file in draft.attachments.all()]) == ("Tomorrow.", ["label.pdf"])
    with in_seconds(11):
        sweep_departures.func()
    assert Delivery.objects.exists() is False


def test_taken_back_reply_comes_before_what_was_begun_since() -> None:
    ida, ticket = make_agent("Ida"), make_ticket()
    message = send_reply(ticket, "Tomorrow.", by=ida)
    save_draft(ticket, "And one more thing", is_internal=True, seen="", by=ida)

    draft = take_back(message, by=ida)

    assert (draft.text, draft.is_internal) == ("Tomorrow.\n\nAnd one more thing", False)


def test_what_has_left_is_not_taken_back() -> None:
    ida, ticket = make_agent("Ida"), make_ticket()
    message = send_reply(ticket, "Tomorrow.", by=ida)
    with in_seconds(11):
        depart.func(message.pk)

    with pytest.raises(AlreadyLeft, match="sent already"):
        take_back(message, by=ida)

    assert (ticket.messages.count(), draft_of(ticket, ida)) == (2, None)


def test_only_the_writer_takes_a_reply_back() -> None:
    message = send_reply(make_ticket(), "Tomorrow.", by=make_agent())

    with pytest.raises(NotAllowed, match="who wrote a reply"):
        take_back(message, by=make_agent(role=Role.ADMIN))

    assert row(message).is_held is True


@pytest.mark.parametrize("text", ["", " \n", "Hi {{ customer.first_name }}"])
def test_what_cannot_be_sent_is_refused_and_keeps_the_draft(text: str) -> None:
    ida, ticket = make_agent("Ida"), make_ticket()
    save_draft(ticket, "Hello", is_internal=False, seen=None, by=ida)

    with pytest.raises((EmptyMessage, UnfilledMacro)):
        send_reply(ticket, text, by=ida, draft=draft_of(ticket, ida))

    assert (ticket.messages.count(), draft_of(ticket, ida) is not None) == (1, True)


@pytest.mark.django_db(transaction=True)
def test_reply_is_either_sent_or_taken_back() -> None:
    ida, ticket = make_agent("Ida"), make_ticket()
    messages = [send_reply(ticket, f"Number {number}", by=ida) for number in range(4)]
    Message.objects.filter(held_until__isnull=False).update(held_until=timezone.now() - timedelta(seconds=1))

    def undo(message: Message) -> None:
        with suppress(AlreadyLeft, Message.DoesNotExist):
            take_back(message, by=ida)

    for message in messages:
        at_once(lambda message=message: depart.func(message.pk), lambda message=message: undo(row(message)))

    sent = set(Delivery.objects.values_list("key", flat=True))
    draft = draft_of(Ticket.objects.get(pk=ticket.pk), ida)
    taken = draft.text if draft else ""
    assert [(f"message-{message.pk}" in sent) != (message.text in taken) for message in messages] == [True] * 4


@pytest.mark.django_db(transaction=True)
def test_of_two_who_reply_at_the_same_moment_the_second_reads_the_first() -> None:
    agents, tickets = [make_agent("Anna"), make_agent("Bob")], [make_ticket() for _ in range(4)]

    def refusal(ticket: Ticket, by: Agent, seen: int) -> str:
        try:
            send_reply(ticket, f"By {by}.", by=by, seen=seen)
        except WroteMeanwhile as problem:
            return str(problem)
        return ""

    for ticket in tickets:
        seen = ticket.messages.get().pk
        refusals = at_once(*(lambda ticket=ticket, agent=agent, seen=seen: refusal(ticket, agent, seen) for agent in agents))
        sent = ticket.messages.exclude(pk=seen).get()
        expected = f"{sent.agent} wrote while you were writing. Read it, then send again."
        assert refusals == ["" if agent == sent.agent else expected for agent in agents]


@pytest.mark.parametrize(("channel", "carried"), [("email", True), ("webchat", True), ("sms", False), ("social", False)])
def test_files_are_refused_where_the_channel_carries_none(channel: str, carried: bool) -> None:
    """Nobody believes a file to be sent that the customer never gets."""
    ida, ticket = make_agent("Ida"), make_ticket(channel=channel)
    attach(ticket, File(name="label.pdf", content=b"%PDF"), by=ida)

    if carried:
        assert send_reply(ticket, "See the label", by=ida, draft=draft_of(ticket, ida)).attachments.count() == 1
        return
    with pytest.raises(RefusedFile, match="cannot be sent by"):
        send_reply(ticket, "See the label", by=ida, draft=draft_of(ticket, ida))
