"""What an undoing gives back beside the tickets' own fields."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from agents.models import Agent
from helpdesk.customers.models import Customer, Event
from helpdesk.tickets.acts.bulk import Chosen, undo
from helpdesk.tickets.acts.lifecycle import close_many, tell_closings
from helpdesk.tickets.acts.spam import mark_spam
from helpdesk.tickets.acts.tags import add_tag, tag_many
from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.metrics import TICKET_CLOSED
from helpdesk.tickets.models import Act, Block, Ticket
from helpdesk.tickets.permissions import NotAllowed
from tests.factories import make_agent, make_ticket
from tests.people import at_once
from tests.tickets.reading import again

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida() -> Agent:
    return make_agent("Ida")


def all_of(*tickets: Ticket) -> Chosen:
    return Chosen([ticket.pk for ticket in tickets])


def told() -> set[int]:
    """Whose time lines say that a ticket was closed."""
    return set(Event.objects.filter(metric=TICKET_CLOSED).values_list("customer", flat=True))


def test_s17_closing_that_was_told_and_is_undone_is_told_no_more(ida: Agent) -> None:
    """S17: of the one that somebody has gone on with it stays."""
    undone, touched, other = make_ticket(), make_ticket(), make_ticket()
    act = close_many(all_of(undone, touched), by=ida).act
    close_many(all_of(other), by=ida)
    Act.objects.update(at=timezone.now() - timedelta(minutes=1))
    tell_closings()
    add_note(touched, "Seen.", by=ida)
    before = told()
    Customer.objects.update(changed_at=None)
    assert act is not None

    undo(act, by=ida)

    assert (len(before), told()) == (3, {touched.customer_id, other.customer_id})
    assert Customer.objects.exclude(changed_at=None).get() == undone.customer


@pytest.mark.django_db(transaction=True)
def test_s17_closing_that_is_undone_as_it_is_told_is_not_told(ida: Agent) -> None:
    """S17."""
    tickets = [make_ticket() for _ in range(3)]
    for _ in range(3):
        act = close_many(all_of(*tickets), by=ida).act
        Act.objects.filter(is_told=False).update(at=timezone.now() - timedelta(minutes=1))
        assert act is not None

        at_once(tell_closings, lambda act=act: undo(act, by=ida))
        tell_closings()

        assert (told(), [again(ticket).is_open for ticket in tickets]) == (set(), [True] * 3)


def test_only_those_who_are_no_spam_any_more_are_unblocked(ida: Agent) -> None:
    untouched, touched = make_ticket(), make_ticket()
    act = mark_spam(all_of(untouched, touched), by=ida, is_blocking=True).act
    add_note(touched, "Certainly spam.", by=ida)
    assert act is not None

    undo(act, by=ida)

    assert [again(ticket).is_spam for ticket in (untouched, touched)] == [False, True]
    assert set(Block.objects.values_list("customer", flat=True)) == {touched.customer_id}


def test_tag_goes_from_those_that_it_was_added_to(ida: Agent) -> None:
    had, touched, added = make_ticket(), make_ticket(), make_ticket()
    add_tag(had, "Returns", by=ida)
    act = tag_many(all_of(had, touched, added), "Returns", by=ida).act
    add_note(touched, "Indeed.", by=ida)
    assert act is not None

    outcome = undo(act, by=ida)

    assert outcome.changed == 1
    assert [ticket.tags.count() for ticket in (had, touched, added)] == [1, 1, 0]


def test_close_is_not_undone_where_the_customer_opens_another_ticket_at_this_very_moment(ida: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    """In words, and with nothing changed: what was looked for beforehand was not there yet."""
    ticket = make_ticket(conversation_id="one")
    act = close_many(all_of(ticket), by=ida).act
    assert act is not None
    twin = make_ticket(conversation_id="two")
    Ticket.objects.filter(pk=twin.pk).update(inbox=ticket.inbox, thread_key=ticket.thread_key)
    monkeypatch.setattr("helpdesk.tickets.acts.bulk.with_open_twin", lambda _numbers: set())

    with pytest.raises(NotAllowed, match="The customer has written again since"):
        undo(act, by=ida)

    assert (again(ticket).is_open, Act.objects.get(pk=act.pk).undone_at) == (False, None)
