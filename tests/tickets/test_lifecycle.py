"""Closing, reopening, scoring, tagging."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Agent, Role
from helpdesk.tickets.acts.assignment import assign_agent, assign_team
from helpdesk.tickets.acts.bulk import Chosen
from helpdesk.tickets.acts.lifecycle import ThreadIsOpen, close, reopen, set_sentiment
from helpdesk.tickets.acts.tags import add_tag, untag_many
from helpdesk.tickets.models import Inbound, SavedView, Tag, Ticket, ViewEntry
from helpdesk.tickets.permissions import NotAllowed
from routing.shifts import go_offline
from tests.factories import make_agent, make_inbound, make_team, make_ticket, receive
from tests.tickets.reading import again, history

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida() -> Agent:
    return make_agent("Ida")


def closed_ticket(by: Agent, **fields: Any) -> Ticket:
    ticket = make_ticket(**fields)
    close(ticket, by=by)
    return again(ticket)


def test_close_ends_waiting_and_is_written_down(ida: Agent) -> None:
    ticket, before = make_ticket(), timezone.now()

    close(ticket, by=ida)

    row = again(ticket)
    assert row.closed_at is not None
    assert before <= row.closed_at <= timezone.now()
    assert (row.waiting_since, row.is_open, ticket.is_open) == (None, False, False)
    assert history(ticket) == [("closed", ida, {})]


def test_close_again_changes_nothing(ida: Agent) -> None:
    ticket = closed_ticket(ida)

    close(again(ticket), by=make_agent("Bob"))

    assert again(ticket).closed_at == ticket.closed_at
    assert history(ticket) == [("closed", ida, {})]


def test_close_takes_it_out_of_the_views_of_rules(ida: Agent) -> None:
    """C20: out of its own, not others' entries."""
    view, ticket, other = SavedView.objects.create(name="Fraud"), make_ticket(), make_ticket()
    for row in (ticket, other):
        ViewEntry.objects.create(view=view, ticket=row)

    close(ticket, by=ida)
    reopen(ticket, by=ida)

    assert list(view.tickets.all()) == [other]


def test_close_keeps_who_had_it(ida: Agent) -> None:
    ticket, team = make_ticket(), make_team()
    assign_agent(ticket, ida, by=ida)
    assign_team(ticket, team, by=ida)

    close(ticket, by=ida)

    assert (again(ticket).assignee, again(ticket).team) == (ida, team)


def test_reopen_takes_the_score_away(ida: Agent) -> None:
    """S16: it is read anew."""
    ticket = make_ticket()
    set_sentiment(ticket, score=2, label="negative")
    close(ticket, by=ida)

    reopened = reopen(ticket, by=ida)

    row = again(ticket)
    assert reopened is True
    assert (row.closed_at, row.sentiment_label, row.sentiment_score) == (None, "", None)
    assert (ticket.closed_at, ticket.sentiment_label) == (None, "")
    assert history(ticket)[-1] == ("reopened", ida, {})


def test_reopen_of_an_open_ticket_changes_nothing(ida: Agent) -> None:
    ticket = make_ticket()
    set_sentiment(ticket, score=2, label="negative")

    reopened = reopen(ticket, by=ida)

    assert reopened is False
    assert (again(ticket).sentiment_label, [kind for kind, _, _ in history(ticket)]) == ("negative", ["scored"])


def test_reopen_by_hand_has_the_latest_message_scored_and_routed_again(ida: Agent) -> None:
    """S16: the sweep finds it, as it finds whatever a queue loses."""
    inbound = make_inbound()
    first = receive(sender=inbound.sender, conversation_id="one")
    second = receive("And now?", sender=inbound.sender, conversation_id="one")
    Inbound.objects.update(status="done", needs_routing=False)
    ticket = Ticket.objects.get(pk=first.ticket)
    close(ticket, by=ida)

    reopen(ticket, by=ida)

    assert list(Inbound.objects.filter(status="pending", needs_routing=True).values_list("message", flat=True)) == [second.message]


@pytest.mark.parametrize(
    ("prepare", "keeps"),
    [(lambda _: None, True), (go_offline, False)],
    ids=["online", "offline"],
)
def test_reopened_ticket_stays_with_an_assignee_who_is_online(ida: Agent, prepare: Callable[[Agent], None], keeps: bool) -> None:
    """C21: otherwise it returns to its team."""
    bob, ticket, team = make_agent("Bob", online=True), make_ticket(), make_team()
    assign_agent(ticket, bob, by=ida)
    assign_team(ticket, team, by=ida)
    close(ticket, by=ida)
    prepare(bob)

    reopen(again(ticket), by=ida)

    assert (again(ticket).assignee, again(ticket).team) == (bob if keeps else None, team)
    assert [kind for kind, _, _ in history(ticket)][3:] == ["reopened"] + ([] if keeps else ["unassigned"])


def test_who_reopens_their_own_ticket_keeps_it(ida: Agent) -> None:
    """A22: in manual mode nobody is Online."""
    ticket = make_ticket()
    assign_agent(ticket, ida, by=ida)
    close(ticket, by=ida)

    reopen(again(ticket), by=ida)

    assert again(ticket).assignee == ida


def test_reopen_beside_an_open_ticket_of_the_same_thread_is_refused(ida: Agent) -> None:
    sender = make_inbound().sender
    old = closed_ticket(ida, sender=sender, conversation_id="one")
    new = make_ticket(sender=sender, conversation_id="one")

    with pytest.raises(ThreadIsOpen, match="an open ticket of its own"):
        reopen(old, by=ida)

    assert (again(old).is_open, again(new).is_open) == (False, True)
    assert history(old) == [("closed", ida, {})]


@pytest.mark.parametrize("who", [{"role": Role.ANALYST}, {"is_active": False}])
def test_whoever_does_not_answer_changes_nothing(ida: Agent, who: dict[str, Any]) -> None:
    """A1."""
    other, ticket, closed = make_agent("Other", **who), make_ticket(), closed_ticket(ida)
    add_tag(ticket, "Order", by=None)
    tag = Tag.objects.get()

    acts: list[Callable[[], object]] = [
        lambda: close(ticket, by=other),
        lambda: reopen(closed, by=other),
        lambda: add_tag(ticket, "Return", by=other),
        lambda: untag_many(Chosen([ticket.pk]), tag, by=other),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()

    assert (again(ticket).is_open, again(closed).is_open, list(ticket.tags.all())) == (True, False, [tag])


def test_sentiment_is_written_with_its_evidence() -> None:
    """S4, S5, I10."""
    ticket = make_ticket()

    written = set_sentiment(ticket, score=1, label="urgent", model="test", quotes=["at once"], repaired="")

    row = again(ticket)
    assert written is True
    assert (row.sentiment_score, row.sentiment_label, ticket.sentiment_label) == (1, "urgent", "urgent")
    assert history(ticket) == [("scored", None, {"score": 1, "label": "urgent", "model": "test", "quotes": ["at once"], "repaired": ""})]


def test_sentiment_is_never_overwritten() -> None:
    """S15: also from a copy that was read before."""
    ticket = make_ticket()
    stale = again(ticket)
    set_sentiment(ticket, score=1, label="urgent")

    written = set_sentiment(stale, score=9, label="promoter")

    assert written is False
    assert (again(ticket).sentiment_score, len(history(ticket))) == (1, 1)


def test_tag_in_another_case_is_the_one_that_is_known(ida: Agent) -> None:
    first, second = make_ticket(), make_ticket(conversation_id="two")

    add_tag(first, "Größe", by=ida)
    add_tag(second, "GRÖSSE", by=None)

    assert [tag.name for tag in second.tags.all()] == ["Größe"]
    assert Tag.objects.count() == 1


def test_tag_is_added_once_and_removed_once(ida: Agent) -> None:
    ticket = make_ticket()

    for _ in range(2):
        add_tag(ticket, " Order ", by=ida)
    tag = Tag.objects.get()
    held = list(ticket.tags.all())
    for _ in range(2):
        untag_many(Chosen([ticket.pk]), tag, by=ida)

    assert (tag.name, held, list(ticket.tags.all())) == ("Order", [tag], [])
    assert history(ticket) == [("tagged", ida, {"tag": "Order"}), ("untagged", ida, {"tag": "Order"})]


def test_tickets_share_their_tags(ida: Agent) -> None:
    first, second = make_ticket(), make_ticket()

    add_tag(first, "Order", by=ida)
    add_tag(second, "Order", by=ida)
    untag_many(Chosen([first.pk]), Tag.objects.get(), by=ida)

    assert list(second.tags.values_list("name", flat=True)) == ["Order"]
