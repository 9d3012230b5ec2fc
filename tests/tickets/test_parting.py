"""Two tickets that are one conversation, and one that is two."""

from __future__ import annotations

from typing import Any

import pytest

from agents.models import Agent
from helpdesk.intake import Sender, sweep
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.acts.merging import MergeRefused, merge_tickets, undo_ticket_merge
from helpdesk.tickets.acts.splitting import SplitRefused, split_ticket
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.conversation.messages import MergedAway, add_note
from helpdesk.tickets.conversation.sending import send_reply, take_back
from helpdesk.tickets.models import Inbound, SavedView, Ticket, ViewEntry
from tests.factories import make_agent, make_ticket, receive, reply
from tests.tickets.reading import again, history

pytestmark = pytest.mark.django_db
ADA = Sender(email="ada@example.com")


@pytest.fixture
def ida() -> Agent:
    return make_agent("Ida")


@pytest.fixture
def pair(db: None) -> tuple[Ticket, Ticket]:
    return make_ticket("Where is it?", sender=ADA, conversation_id="one"), make_ticket("Hello?", sender=ADA, conversation_id="two")


def texts(ticket: Ticket) -> list[str]:
    return list(ticket.messages.values_list("text", flat=True))


def test_merging_unites_messages_tags_and_views(pair: tuple[Ticket, Ticket], ida: Agent) -> None:
    kept, merged = pair
    reply(kept, "On its way.", by=ida)
    add_tag(merged, "Shipping", by=ida)
    ViewEntry.objects.create(view=SavedView.objects.create(name="Fraud"), ticket=merged)

    merge_tickets(kept, merged, by=ida)

    assert (texts(kept), texts(merged)) == (["Where is it?", "Hello?", "On its way."], [])
    assert ([tag.name for tag in kept.tags.all()], [view.name for view in kept.views.all()], merged.views.count()) == (["Shipping"], ["Fraud"], 0)
    assert (again(merged).is_open, again(kept).is_open, again(kept).preview) == (False, True, "On its way.")
    assert (history(merged)[-1], history(kept)[-1]) == (("merged", ida, {"other": kept.pk}), ("merged_here", ida, {"other": merged.pk}))


def test_what_is_written_to_the_merged_one_lands_in_the_one_that_was_kept(pair: tuple[Ticket, Ticket], ida: Agent) -> None:
    """By its thread, and by a reply that proves its number; over two merges, too."""
    kept, merged = pair
    last = make_ticket("And this?", sender=ADA, conversation_id="three")
    merge_tickets(kept, merged, by=ida)
    merge_tickets(last, kept, by=ida)

    by_thread = receive("Still there?", sender=ADA, conversation_id="two")
    by_reply = receive("Thanks", sender=ADA, conversation_id="elsewhere", reply_to_ticket=merged.pk)

    assert (by_thread.status, by_thread.ticket, by_reply.ticket) == ("appended", last.pk, last.pk)


def test_survivor_that_was_closed_comes_back(pair: tuple[Ticket, Ticket], ida: Agent) -> None:
    kept, merged = pair
    merge_tickets(kept, merged, by=ida)
    close(kept, by=ida)

    receive("Still there?", sender=ADA, conversation_id="two")

    assert (again(kept).is_open, again(merged).is_open) == (True, False)


def test_undoing_gives_each_its_own(pair: tuple[Ticket, Ticket], ida: Agent) -> None:
    kept, merged = pair
    add_tag(merged, "Shipping", by=ida)
    ViewEntry.objects.create(view=SavedView.objects.create(name="Fraud"), ticket=merged)
    before = [Ticket.objects.filter(pk=ticket.pk).values().get() for ticket in pair]
    merge = merge_tickets(kept, merged, by=ida)

    undo_ticket_merge(merge, by=ida)

    assert [Ticket.objects.filter(pk=ticket.pk).values().get() for ticket in pair] == before
    assert (texts(kept), texts(merged), kept.tags.count(), merged.views.count()) == (["Where is it?"], ["Hello?"], 0, 1)
    assert receive("Again", sender=ADA, conversation_id="two").ticket == merged.pk


def test_undoing_is_refused_once_something_was_added(pair: tuple[Ticket, Ticket], ida: Agent) -> None:
    kept, merged = pair
    merge = merge_tickets(kept, merged, by=ida)
    add_note(kept, "Looked at it.", by=ida)

    with pytest.raises(MergeRefused):
        undo_ticket_merge(merge, by=ida)

    assert texts(kept) == ["Where is it?", "Hello?", "Looked at it."]
    merge.refresh_from_db()
    assert merge.undone_at is None


def test_merges_that_make_no_sense_are_refused(pair: tuple[Ticket, Ticket], ida: Agent) -> None:
    kept, merged = pair
    with pytest.raises(MergeRefused, match="into itself"):
        merge_tickets(kept, kept, by=ida)
    merge_tickets(kept, merged, by=ida)

    with pytest.raises(MergeRefused, match="merged already"):
        merge_tickets(make_ticket(), merged, by=ida)
    with pytest.raises(MergeRefused, match="is closed"):
        merge_tickets(merged, make_ticket(), by=ida)
    with pytest.raises(MergeRefused, match="of two customers"):
        merge_tickets(kept, make_ticket(), by=ida)


def test_s16_messages_split_out_are_a_ticket_that_is_scored_and_routed(ida: Agent) -> None:
    """S16."""
    ticket = make_ticket("Where is it?", sender=ADA, conversation_id="one")
    reply(ticket, "On its way.", by=ida)
    other = receive("It broke, and I am angry.", sender=ADA, conversation_id="one").message
    sweep.func()
    assert other is not None

    new = split_ticket(ticket, {other}, subject=" It\0 broke ", by=ida)
    Inbound.objects.update(received_at="2026-01-01T00:00Z")
    sweep.func()

    new.refresh_from_db()
    assert (texts(ticket), texts(new)) == (["Where is it?", "On its way."], ["It broke, and I am angry."])
    assert (new.subject, new.customer, new.channel, new.is_open) == ("It broke", ticket.customer, ticket.channel, True)
    assert (bool(new.sentiment_label), new.decisions.count()) == (True, 1)
    assert (again(ticket).waiting_since, again(ticket).preview, new.waiting_since is not None) == (None, "On its way.", True)


def test_reply_that_has_not_left_answers_nobody_in_a_ticket_that_is_split(ida: Agent, settings: Any) -> None:
    settings.UNDO_SEND_SECONDS = 10
    ticket = make_ticket("Where is it?", sender=ADA, conversation_id="one")
    other = receive("It broke.", sender=ADA, conversation_id="one").message
    held = send_reply(ticket, "On its way.", by=ida)
    assert other is not None

    split_ticket(ticket, {other}, subject="", by=ida)
    take_back(held, by=ida)

    row = again(ticket)
    assert (row.first_reply_at, row.preview) == (None, "Where is it?")
    assert row.waiting_since == row.last_message_at == row.messages.get().created_at


def test_reply_to_the_split_one_goes_where_it_was(ida: Agent) -> None:
    ticket = make_ticket("One", sender=ADA, conversation_id="one")
    two = receive("Two", sender=ADA, conversation_id="one").message
    assert two is not None
    new = split_ticket(ticket, {two}, subject="", by=ida)

    by_thread = receive("Three", sender=ADA, conversation_id="one").ticket
    by_reply = receive("Four", sender=ADA, conversation_id="x", reply_to_ticket=new.pk).ticket

    assert (new.subject, by_thread, by_reply) == (ticket.subject, ticket.pk, new.pk)


def test_splits_that_make_no_sense_are_refused(ida: Agent) -> None:
    ticket, other = make_ticket("One"), make_ticket("Two")
    own = set(ticket.messages.values_list("pk", flat=True))

    for chosen in (set(), own, set(other.messages.values_list("pk", flat=True))):
        with pytest.raises(SplitRefused):
            split_ticket(ticket, chosen, subject="", by=ida)

    assert Ticket.objects.count() == 2


def test_nobody_writes_into_a_ticket_that_is_part_of_another(pair: tuple[Ticket, Ticket], ida: Agent) -> None:
    """What was written there would be read by nobody: the sentence says where to write."""
    kept, merged = pair
    merge_tickets(kept, merged, by=ida)

    for write in (add_note, send_reply):
        with pytest.raises(MergedAway, match=f"^This ticket is part of #{kept.pk} now: write there.$"):
            write(merged, "Hello", by=ida)

    assert not merged.messages.filter(author="agent").exists()
