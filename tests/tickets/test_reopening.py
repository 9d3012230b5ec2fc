"""Many closed tickets, or spam, opened again."""

from __future__ import annotations

import pytest

from agents.models import Agent
from helpdesk.intake import Sender
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.acts.bulk import Chosen, undo
from helpdesk.tickets.acts.lifecycle import ThreadIsOpen, close, reopen_many, set_sentiment
from helpdesk.tickets.acts.merging import merge_tickets
from helpdesk.tickets.acts.spam import mark_spam, unmark_spam
from helpdesk.tickets.models import Block, Inbound, Ticket
from routing.acts import ActRefused, act_on
from tests.factories import make_agent, make_ticket, receive
from tests.tickets.reading import again, history

pytestmark = pytest.mark.django_db
ADA = Sender(email="ada@example.com")
GOES_ON = "The customer has written again since: that conversation has an open ticket of its own."


@pytest.fixture
def ida() -> Agent:
    return make_agent("Ida")


def closed_ticket(by: Agent, conversation_id: str = "one", assignee: Agent | None = None) -> Ticket:
    ticket = make_ticket(sender=ADA, conversation_id=conversation_id)
    set_sentiment(ticket, score=2, label="negative")
    assign_agent(ticket, assignee, by=by)
    close(ticket, by=by)
    Inbound.objects.update(status="done", needs_routing=False)
    return again(ticket)


def all_of(*tickets: Ticket) -> Chosen:
    return Chosen([ticket.pk for ticket in tickets])


def test_s16_c21_many_are_read_again_and_none_stays_with_somebody_who_is_away(ida: Agent) -> None:
    """S16, C21: as one that is reopened alone."""
    there, away = make_agent("There", online=True), make_agent("Away")
    tickets = [closed_ticket(ida, str(agent), agent) for agent in (there, away, ida, None)]
    receive("Open", sender=ADA, conversation_id="open")
    Inbound.objects.update(status="done", needs_routing=False)

    outcome = reopen_many(all_of(*tickets), by=ida)

    rows = [again(ticket) for ticket in tickets]
    assert (outcome.changed, outcome.left) == (4, [])
    assert [(row.is_open, row.sentiment_label, row.sentiment_score) for row in rows] == [(True, "", None)] * 4
    assert [row.assignee for row in rows] == [there, None, ida, None]
    assert [history(row)[-1] for row in rows] == [("reopened", ida, {}), ("unassigned", None, {}), ("reopened", ida, {}), ("reopened", ida, {})]
    assert set(Inbound.objects.filter(status="pending", needs_routing=True).values_list("message__ticket", flat=True)) == {ticket.pk for ticket in tickets}


def test_of_each_ticket_the_latest_message_is_read(ida: Agent) -> None:
    """S16."""
    ticket = make_ticket(sender=ADA, conversation_id="one")
    latest = receive("And now?", sender=ADA, conversation_id="one").message
    Inbound.objects.update(status="done", needs_routing=False)
    close(ticket, by=ida)

    reopen_many(all_of(ticket), by=ida)

    assert [row.message_id for row in Inbound.objects.filter(status="pending", needs_routing=True)] == [latest]


def test_those_whose_conversation_goes_on_stay_closed_and_it_is_said(ida: Agent) -> None:
    """Of two of one conversation the first comes back."""
    beside, first, second, merged = closed_ticket(ida), closed_ticket(ida, "two"), closed_ticket(ida, "two"), closed_ticket(ida, "three")
    kept = make_ticket(sender=ADA, conversation_id="one")
    merge_tickets(kept, merged, by=ida)

    outcome = reopen_many(all_of(beside, first, second, merged), by=ida)

    assert [again(ticket).is_open for ticket in (beside, first, second, merged)] == [False, True, False, False]
    assert outcome.changed == 1
    assert outcome.left == [f"#{beside.pk}, #{second.pk}: {GOES_ON}", f"#{merged.pk}: It was merged into another ticket: undo that first."]


def test_reopening_is_undone(ida: Agent) -> None:
    ticket = closed_ticket(ida, assignee=make_agent("Away"))
    before = Ticket.objects.filter(pk=ticket.pk).values().get()
    act = reopen_many(all_of(ticket), by=ida).act
    assert act is not None

    undo(act, by=ida)

    assert Ticket.objects.filter(pk=ticket.pk).values().get() == before


def test_not_spam_is_undone_with_the_block_as_it_was(ida: Agent) -> None:
    """Also where the ticket stayed closed."""
    spam = make_ticket(sender=ADA, conversation_id="one")
    mark_spam(all_of(spam), by=make_agent("Bob"), is_blocking=True)
    before, block = Ticket.objects.filter(pk=spam.pk).values().get(), Block.objects.values().get()
    act = unmark_spam(all_of(spam), by=ida).act
    freed = Block.objects.count()
    assert act is not None

    undo(act, by=ida)

    del block["id"]
    assert (freed, Ticket.objects.filter(pk=spam.pk).values().get(), Block.objects.values(*block).get()) == (0, before, block)


def test_spam_beside_an_open_ticket_of_its_conversation_stays_closed(ida: Agent) -> None:
    spam = make_ticket(sender=ADA, conversation_id="one")
    mark_spam(all_of(spam), by=ida)
    make_ticket(sender=ADA, conversation_id="one")

    outcome = unmark_spam(all_of(spam), by=ida)

    row = again(spam)
    assert (outcome.changed, outcome.left, row.is_spam, row.is_open) == (1, [f"#{spam.pk}: {GOES_ON}"], False, False)


def test_customer_who_writes_at_the_same_moment_is_an_answer_in_words(ida: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database refuses a second open ticket of a conversation that looked free."""
    ticket = closed_ticket(ida)
    make_ticket(sender=ADA, conversation_id="one")
    monkeypatch.setattr("helpdesk.tickets.acts.lifecycle.with_open_twin", lambda _numbers: set())

    with pytest.raises(ThreadIsOpen, match="an open ticket of its own"):
        reopen_many(all_of(ticket), by=ida)
    with pytest.raises(ActRefused, match="an open ticket of its own"):
        act_on(all_of(ticket), "reopen", "", by=ida)

    assert again(ticket).is_open is False
