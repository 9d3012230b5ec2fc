"""One thing done to many tickets at once, and undone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Agent, Role, Toast
from agents.streams import DESK
from helpdesk.customers.models import Event
from helpdesk.tickets.acts.assignment import assign_agent, assign_many, assign_team_many
from helpdesk.tickets.acts.bulk import KEPT, Chosen, purge_acts, undo
from helpdesk.tickets.acts.lifecycle import close_many, prioritise_many, tell_closings
from helpdesk.tickets.acts.tags import NotATag, add_tag, tag_many, untag_many
from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.metrics import TICKET_CLOSED
from helpdesk.tickets.models import Act, Priority, SavedView, Ticket, ViewEntry
from helpdesk.tickets.permissions import NotAllowed
from tests.factories import make_agent, make_customer, make_team, make_ticket
from tests.people import Commits, Listener, at_once
from tests.tickets.reading import again, history

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida() -> Agent:
    return make_agent("Ida")


def make(count: int) -> list[Ticket]:
    return [make_ticket() for _ in range(count)]


def all_of(tickets: list[Ticket], **seen: Any) -> Chosen:
    return Chosen([ticket.pk for ticket in tickets], **seen)


def test_a25_many_are_assigned_with_their_history_and_one_toast(ida: Agent) -> None:
    """A25, A26."""
    boss, tickets = make_agent("Boss", role=Role.MANAGER), make(3)

    outcome = assign_many(all_of(tickets), ida, by=boss)

    assert (outcome.changed, outcome.left) == (3, [])
    assert [again(ticket).assignee for ticket in tickets] == [ida] * 3
    assert [history(ticket) for ticket in tickets] == [[("assigned", boss, {"agent": ida.pk, "name": "Ida"})]] * 3
    assert [(toast.agent, toast.about, toast.url) for toast in Toast.objects.all()] == [(ida, [ticket.pk for ticket in tickets], "/inbox/mine/")]


def test_a23_of_tickets_seen_with_nobody_those_that_somebody_took_stay(ida: Agent) -> None:
    """A23."""
    anna, tickets = make_agent("Anna"), make(2)
    assign_agent(tickets[0], anna, by=anna)

    outcome = assign_many(all_of(tickets, seen=dict.fromkeys((ticket.pk for ticket in tickets), None)), ida, by=ida)

    assert outcome.changed == 1
    assert outcome.left == [f"Already taken by Anna: #{tickets[0].pk}."]
    assert [again(ticket).assignee for ticket in tickets] == [anna, ida]


def test_a30_nobody_and_a_ticket_that_nobody_had(ida: Agent) -> None:
    """A30: what changes nothing writes no history."""
    hers, free = make(2)
    assign_agent(hers, ida, by=ida)

    outcome = assign_many(all_of([hers, free]), None, by=ida)

    assert outcome.changed == 1
    assert ([row[0] for row in history(hers)], history(free)) == (["assigned", "unassigned"], [])


@pytest.mark.parametrize("who", [{"role": Role.ANALYST}, {"is_active": False}])
def test_whoever_does_not_answer_does_nothing(ida: Agent, who: dict[str, Any]) -> None:
    """A1."""
    other, tickets = make_agent("Other", **who), make(1)

    for act in (
        lambda: assign_many(all_of(tickets), ida, by=other),
        lambda: close_many(all_of(tickets), by=other),
        lambda: tag_many(all_of(tickets), "x", by=other),
    ):
        with pytest.raises(NotAllowed):
            act()

    assert (again(tickets[0]).assignee, history(tickets[0])) == (None, [])


def test_b14_team_spreads_over_its_members_in_turn(ida: Agent) -> None:
    """B14: who of them has one keeps it; each of the others gets an equal share."""
    anna, tickets, team = make_agent("Anna"), make(5), make_team("Returns")
    assign_agent(tickets[0], anna, by=anna)

    outcome = assign_team_many(all_of(tickets), team, in_turn=[ida, anna], by=ida)

    assert outcome.changed == 5
    assert [again(ticket).assignee for ticket in tickets] == [anna, ida, anna, ida, anna]
    assert {again(ticket).team for ticket in tickets} == {team}
    assert [row[0] for row in history(tickets[1])] == ["team_set", "assigned"]


def test_b14_one_moved_after_the_other_is_spread_too(ida: Agent) -> None:
    """B14: each goes to whoever has the fewest; among equals the order of turns stays."""
    anna, bob, tickets, team = make_agent("Anna"), make_agent("Bob"), make(5), make_team("Returns")
    assign_agent(tickets[4], anna, by=anna)

    for ticket in tickets[:4]:
        assign_team_many(all_of([ticket]), team, in_turn=[ida, anna, bob], by=ida)

    assert [again(ticket).assignee for ticket in tickets[:4]] == [ida, bob, ida, anna]


def test_b14_with_nobody_there_they_wait_in_the_teams_inbox(ida: Agent) -> None:
    hers, free = make(2)
    assign_agent(hers, ida, by=ida)
    team = make_team("Returns")

    assign_team_many(all_of([hers, free]), team, in_turn=[], by=ida)

    assert [(again(ticket).assignee, again(ticket).team) for ticket in (hers, free)] == [(None, team)] * 2
    assert [[row[0] for row in history(ticket)] for ticket in (hers, free)] == [["assigned", "team_set", "unassigned"], ["team_set"]]


def test_undo_gives_back_what_was_except_where_somebody_went_on(ida: Agent) -> None:
    anna, tickets = make_agent("Anna"), make(3)
    assign_agent(tickets[0], anna, by=anna)
    act = assign_many(all_of(tickets), ida, by=ida).act
    add_note(tickets[2], "I have begun.", by=anna)
    assert act is not None

    outcome = undo(act, by=ida)

    assert outcome.changed == 2
    assert [again(ticket).assignee for ticket in tickets] == [anna, None, ida]
    assert undo(act, by=ida).changed == 0


def test_only_whoever_did_it_undoes_it(ida: Agent) -> None:
    act = assign_many(all_of(make(1)), ida, by=ida).act
    assert act is not None

    with pytest.raises(NotAllowed):
        undo(act, by=make_agent("Anna"))


def test_closing_is_undone_with_places_in_views_and_who_waits(ida: Agent) -> None:
    """C20."""
    ticket, view = make_ticket(), SavedView.objects.create(name="Fraud")
    ViewEntry.objects.create(view=view, ticket=ticket, true_until=timezone.now())
    before, places = again(ticket), list(ViewEntry.objects.values("view", "ticket", "matched_at", "true_until"))
    act = close_many(all_of([ticket]), by=ida).act
    closed, left = again(ticket), ViewEntry.objects.count()
    assert act is not None

    undo(act, by=ida)

    assert (closed.is_open, closed.waiting_since, left) == (False, None, 0)
    assert (again(ticket).closed_at, again(ticket).waiting_since) == (None, before.waiting_since)
    assert list(ViewEntry.objects.values("view", "ticket", "matched_at", "true_until")) == places


def test_closing_is_not_undone_beside_another_open_ticket_of_the_thread(ida: Agent) -> None:
    one = make_ticket(conversation_id="t", customer=(ada := make_customer("Ada")))
    act = close_many(all_of([one]), by=ida).act
    make_ticket(conversation_id="t", customer=ada)
    assert act is not None

    outcome = undo(act, by=ida)

    assert (outcome.changed, again(one).is_open) == (0, False)


def test_s17_customers_hear_of_closings_that_stand(ida: Agent) -> None:
    """S17: once for each, and not of what was undone or reopened."""
    stands, undone = make(2)
    close_many(all_of([stands]), by=ida)
    act = close_many(all_of([undone]), by=ida).act
    assert act is not None
    undo(act, by=ida)
    at_once_told = Event.objects.filter(metric=TICKET_CLOSED).count()
    Act.objects.update(at=timezone.now() - timedelta(minutes=1))

    worked_off = (tell_closings(), tell_closings())

    told = Event.objects.filter(metric=TICKET_CLOSED)
    assert (at_once_told, worked_off) == (0, (2, 0))
    assert [(event.customer, event.occurred_at) for event in told] == [(stands.customer, again(stands).closed_at)]


def test_tags_are_added_and_taken_off_and_the_latter_is_undone(ida: Agent) -> None:
    has, lacks = make(2)
    add_tag(has, "Returns", by=ida)
    added = tag_many(all_of([has, lacks]), " returns ", by=ida)
    tag = lacks.tags.get()
    both = [list(ticket.tags.all()) for ticket in (has, lacks)]
    removed = untag_many(all_of([has, lacks]), tag, by=ida)
    assert removed.act is not None

    undo(removed.act, by=ida)

    assert (added.changed, removed.changed, both) == (1, 2, [[tag], [tag]])
    assert [list(ticket.tags.all()) for ticket in (has, lacks)] == [[tag], [tag]]


@pytest.mark.parametrize(("name", "sentence"), [(" \0", "Write the name of a tag."), ("x" * 61, "A tag has at most 60 characters.")])
def test_odd_names_of_tags_are_refused(ida: Agent, name: str, sentence: str) -> None:
    with pytest.raises(NotATag, match=sentence):
        tag_many(all_of(make(1)), name, by=ida)


def test_pages_get_rows_of_few_and_a_hint_of_many(ida: Agent, listen: type[Listener], commits: Commits) -> None:
    few, many, page = make(2), make(11), listen(DESK)
    page.heard()

    with commits():
        prioritise_many(all_of(few), Priority.HIGH, by=ida)
    rows = page.heard()
    with commits():
        prioritise_many(all_of(many), Priority.HIGH, by=ida)

    assert sorted(frame["ticket"] for frame in rows) == [ticket.pk for ticket in few]
    assert page.heard() == [{"kind": "many"}]


@pytest.mark.django_db(transaction=True)
def test_a23_of_two_who_take_the_same_at_once_one_wins() -> None:
    """A23: the other is told who has them."""
    anna, bob, tickets = make_agent("Anna"), make_agent("Bob"), make(3)
    seen = dict.fromkeys((ticket.pk for ticket in tickets), None)

    outcomes = at_once(*(lambda agent=agent: assign_many(all_of(tickets, seen=seen), agent, by=agent) for agent in (anna, bob)))

    winners = {again(ticket).assignee for ticket in tickets}
    assert sorted(outcome.changed for outcome in outcomes) == [0, 3]
    assert len(winners) == 1
    numbers = ", ".join(f"#{ticket.pk}" for ticket in tickets)
    assert [outcome.left for outcome in outcomes if outcome.left] == [[f"Already taken by {winners.pop()}: {numbers}."]]


@pytest.mark.django_db(transaction=True)
def test_acts_that_overlap_do_not_lock_each_other_out() -> None:
    ida, tickets = make_agent("Ida"), make(6)

    outcomes = at_once(
        lambda: prioritise_many(all_of(tickets), Priority.HIGH, by=ida),
        lambda: prioritise_many(all_of(tickets[::-1]), Priority.LOW, by=ida),
    )

    assert [outcome.changed for outcome in outcomes] == [6, 6]


def test_old_acts_go_but_for_those_that_time_lines_do_not_tell_yet(ida: Agent) -> None:
    """The tickets keep what was done."""
    tickets = [make_ticket() for _ in range(3)]
    for ticket in tickets:
        prioritise_many(Chosen([ticket.pk]), Priority.HIGH, by=ida)
    old, untold, _new = Act.objects.order_by("pk")
    Act.objects.filter(pk__in=[old.pk, untold.pk]).update(at=timezone.now() - KEPT - timedelta(minutes=1))
    Act.objects.filter(pk=untold.pk).update(is_told=False)

    purge_acts()

    assert (Act.objects.filter(pk=old.pk).exists(), Act.objects.count()) == (False, 2)
    assert set(Ticket.objects.values_list("priority", flat=True)) == {"high"}
