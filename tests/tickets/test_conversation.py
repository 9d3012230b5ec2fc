"""What is said in a ticket, and who waits for whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from agents.models import Role
from helpdesk.outbox.models import Delivery
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.conversation.messages import EmptyMessage, TicketClosed, add_customer_message, add_note
from helpdesk.tickets.conversation.sending import send_reply
from helpdesk.tickets.models import Message
from helpdesk.tickets.permissions import NotAllowed
from tests.factories import make_agent, make_ticket, reply
from tests.people import at_once
from tests.tickets.reading import again, history

pytestmark = pytest.mark.django_db


def said(ticket: Any) -> list[tuple[str, str, bool]]:
    return list(ticket.messages.values_list("author", "text", "is_internal"))


def test_customer_message_is_kept_and_shown() -> None:
    ticket = make_ticket("Where is\n\n  my order?")
    at = timezone.now()

    message = add_customer_message(ticket, "And   when?", at=at)

    assert said(ticket) == [("customer", "Where is\n\n  my order?", False), ("customer", "And   when?", False)]
    assert (again(ticket).preview, again(ticket).last_message_at) == ("And when?", at)
    assert ticket.history.filter(kind="customer_wrote").values_list("data", flat=True).last() == {"message": message.pk}


def test_customer_waits_from_the_first_message_without_a_reply() -> None:
    ticket = make_ticket()
    since = again(ticket).waiting_since

    add_customer_message(ticket, "Hello?", at=timezone.now())

    assert since is not None
    assert again(ticket).waiting_since == since
    reply(ticket, "Tomorrow.", by=make_agent())
    assert again(ticket).waiting_since is None
    later = timezone.now()
    add_customer_message(ticket, "Thanks", at=later)
    assert again(ticket).waiting_since == later


def test_message_that_arrives_late_does_not_move_the_ticket_back() -> None:
    ticket = make_ticket()
    latest = again(ticket).last_message_at

    add_customer_message(ticket, "From yesterday", at=latest - timedelta(days=1))

    assert again(ticket).last_message_at == latest


def test_message_to_a_ticket_closed_in_the_meantime_is_refused_and_leaves_nothing() -> None:
    """It may not vanish into a closed ticket: the intake opens another."""
    ticket = make_ticket()
    close(again(ticket), by=make_agent())
    rows = ticket.history.count()

    with pytest.raises(TicketClosed):
        add_customer_message(ticket, "Hello?", at=timezone.now())

    assert (len(said(ticket)), ticket.history.count()) == (1, rows)


def test_reply_is_kept_and_sent_by_the_channel() -> None:
    ida, ticket = make_agent("Ida"), make_ticket(channel="email")

    message = reply(ticket, "  Tomorrow.\n", by=ida)

    assert said(ticket)[1:] == [("agent", "Tomorrow.", False)]
    assert message.agent == ida
    assert Delivery.objects.values_list("kind", "key", "payload").get() == ("email", f"message-{message.pk}", {"message_id": message.pk})
    assert again(ticket).messages.get(pk=message.pk).sent_to == Delivery.objects.get()
    assert history(ticket) == [("replied", ida, {"message": message.pk})]


@pytest.mark.parametrize(("channel", "sent"), [("email", True), ("sms", True), ("social", True), ("webchat", False), ("api", False)])
def test_reply_is_sent_where_it_is_not_read_in_place(channel: str, sent: bool) -> None:
    """C12."""
    message = reply(make_ticket(channel=channel), "Tomorrow.", by=make_agent())

    assert (message.sent_to is not None) is sent
    assert Delivery.objects.exists() is sent


def test_reply_moves_the_ticket_up_and_shows_its_words() -> None:
    ticket = make_ticket()

    message = reply(ticket, "Tomorrow \n at noon. " + "x" * 300, by=make_agent())

    row = again(ticket)
    assert (row.preview, row.last_message_at) == (("Tomorrow at noon. " + "x" * 300)[:200], message.created_at)
    assert (ticket.preview, ticket.last_message_at, ticket.waiting_since) == (row.preview, row.last_message_at, None)


def test_reply_leaves_alone_what_it_has_not_seen() -> None:
    """A customer who wrote after the agent read the ticket, still waits."""
    ticket = make_ticket()
    reply(ticket, "Tomorrow.", by=make_agent())
    stale, later = again(ticket), timezone.now() + timedelta(minutes=1)  # later by the clock of another machine
    add_customer_message(again(ticket), "When tomorrow?", at=later)

    reply(stale, "You are welcome.", by=make_agent())

    assert (again(ticket).waiting_since, again(ticket).last_message_at) == (later, later)
    assert (stale.waiting_since, stale.last_message_at) == (later, later)


def test_reply_ends_the_waiting_that_began_before_it() -> None:
    ticket = make_ticket()
    add_customer_message(ticket, "When tomorrow?", at=timezone.now())

    reply(ticket, "At noon.", by=make_agent())

    assert again(ticket).waiting_since is None


def test_first_reply_is_the_first() -> None:
    """B12: also when the second agent read the ticket before the first one replied."""
    ticket = make_ticket()
    stale = again(ticket)
    first = reply(ticket, "Tomorrow.", by=make_agent())

    reply(stale, "On Friday.", by=make_agent())
    reply(ticket, "As I said.", by=make_agent())

    assert again(ticket).first_reply_at == first.created_at == ticket.first_reply_at


def test_note_is_for_the_team_alone() -> None:
    """The customer gets nothing and goes on waiting."""
    ida, ticket = make_agent("Ida"), make_ticket(channel="email")
    before = again(ticket)

    note = add_note(ticket, " Known thief. ", by=ida)

    assert said(ticket)[1:] == [("agent", "Known thief.", True)]
    assert Delivery.objects.exists() is False
    after = again(ticket)
    shown = ("waiting_since", "first_reply_at", "last_message_at", "preview")
    assert [getattr(after, name) for name in shown] == [getattr(before, name) for name in shown]
    assert history(ticket) == [("noted", ida, {"message": note.pk})]


@pytest.mark.parametrize("write", [reply, add_note])
@pytest.mark.parametrize("text", ["", " \n\t "])
def test_nothing_is_not_a_message(write: Any, text: str) -> None:
    ticket = make_ticket()

    with pytest.raises(EmptyMessage, match="Write something first"):
        write(ticket, text, by=make_agent())

    assert (len(said(ticket)), history(ticket)) == (1, [])


@pytest.mark.parametrize("write", [reply, add_note])
@pytest.mark.parametrize("who", [{"role": Role.ANALYST}, {"is_active": False}])
def test_whoever_does_not_answer_writes_nothing(write: Any, who: dict[str, Any]) -> None:
    """A1."""
    ticket = make_ticket()

    with pytest.raises(NotAllowed):
        write(ticket, "Hello", by=make_agent(**who))

    assert (len(said(ticket)), history(ticket)) == (1, [])


def test_conversation_is_in_the_order_it_was_said() -> None:
    ticket = make_ticket("first")
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        reply(ticket, "second", by=make_agent())
        add_note(ticket, "third", by=make_agent())

    assert [text for _, text, _ in said(ticket)] == ["first", "second", "third"]


@pytest.mark.django_db(transaction=True)
def test_replies_at_once_are_all_kept_and_sent(settings: Any) -> None:
    settings.UNDO_SEND_SECONDS = 0
    ticket, agents = make_ticket(channel="email"), [make_agent(), make_agent()]

    at_once(*[lambda agent=agent: send_reply(again(ticket), f"From {agent.pk}", by=agent) for agent in agents])

    replies = Message.objects.filter(ticket=ticket, author="agent")
    assert sorted(replies.values_list("text", flat=True)) == sorted(f"From {agent.pk}" for agent in agents)
    assert Delivery.objects.count() == 2
    assert again(ticket).first_reply_at in set(replies.values_list("created_at", flat=True))
