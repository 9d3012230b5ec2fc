"""Applying the rules, undone as one action (C14)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Agent, Role, Team
from helpdesk.tickets.acts.assignment import assign_agent, assign_team
from helpdesk.tickets.acts.lifecycle import close, reopen
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.models import SavedView, Ticket
from routing.applying import runs
from routing.applying.models import Application, Move
from routing.applying.runs import CannotApply, start, sweep_applications, undo
from routing.router import route_ticket
from routing.shifts import go_offline, go_online
from routing.waiting import route_waiting
from tests.factories import CHANNEL_IS_SMS, all_of, make_agent, make_rule, make_team, make_ticket, reply
from tests.routing.applications import applied, undone, work_through
from tests.tickets.reading import again, history

pytestmark = pytest.mark.django_db
IS_SMS = all_of(CHANNEL_IS_SMS)


@pytest.fixture
def cleo() -> Agent:
    return make_agent("Cleo Manager", role=Role.MANAGER)


@pytest.fixture
def ida() -> Agent:
    return make_agent("Ida", online=True)


@pytest.fixture
def team(ida: Agent) -> Team:
    return make_team("Returns", ida)


def waiting() -> Ticket:
    """Routed while nobody was Online and before there was a rule for it."""
    ticket = make_ticket(channel="sms")
    route_ticket(ticket.pk, cause="created")
    return ticket


def place(ticket: Ticket) -> tuple[Any, Any, list[SavedView]]:
    now = again(ticket)
    return now.team, now.assignee, list(now.views.all())


def test_undone_tickets_are_unassigned_again(team: Team, ida: Agent, cleo: Agent) -> None:
    """Without the places in views that they were given; the history says who did it, in one line."""
    go_offline(ida)
    tickets, old, fraud = [waiting(), waiting()], SavedView.objects.create(name="Old"), SavedView.objects.create(name="Fraud")
    old.entries.create(ticket=tickets[0])
    for to in (team, old, fraud):
        make_rule(to=to, when=IS_SMS)
    go_online(ida)
    run = applied()
    before = [place(ticket) for ticket in tickets]

    undone(run, by=cleo)

    assert before == [(team, ida, [fraud, old]), (team, ida, [fraud, old])]
    assert [place(ticket) for ticket in tickets] == [(None, None, [old]), (None, None, [])]
    assert [(run.status, run.returned, run.kept, run.undone_by), set(run.moves.values_list("fate", flat=True))] == [("undone", 2, 0, cleo), {"returned"}]
    assert history(tickets[0])[-1] == ("unassigned", cleo, {"application": run.pk})
    assert not again(tickets[0]).assigned_automatically


@pytest.mark.parametrize("online", [True, False])
def test_undone_tickets_do_not_bounce_back(online: bool, team: Team, ida: Agent, cleo: Agent) -> None:
    """A30: whoever goes Online later is not given them."""
    go_offline(ida)
    ticket = waiting()
    make_rule(to=team, when=IS_SMS)
    if online:
        go_online(ida)

    undone(applied(), by=cleo)
    go_online(ida)

    assert (route_waiting(), place(ticket)) == (0, (None, None, []))


def test_undone_tickets_can_be_given_another_team_by_rules(team: Team, ida: Agent, cleo: Agent) -> None:
    """The team was not taken away by a person, which would stand."""
    go_offline(ida)
    ticket, other = waiting(), make_team("Orders")
    make_rule(to=team, when=IS_SMS, position=5)
    undone(applied(), by=cleo)
    make_rule(to=other, when=IS_SMS, position=1)

    applied()

    assert place(ticket) == (other, None, [])


Touch = Callable[[Ticket, Agent], object]
TOUCHES: dict[str, Touch] = {
    "replied": lambda ticket, ida: reply(ticket, "On its way.", by=ida),
    "assigned to another": lambda ticket, ida: assign_agent(ticket, make_agent("Bo"), by=ida),
    "returned": lambda ticket, ida: assign_agent(ticket, None, by=ida),
    "taken by another and given back": lambda ticket, ida: [assign_agent(ticket, make_agent("Bo"), by=ida), assign_agent(ticket, ida, by=ida)],
    "moved to another team": lambda ticket, ida: assign_team(ticket, make_team("Other"), by=ida),
    "closed": lambda ticket, ida: close(ticket, by=ida),
    "closed and reopened": lambda ticket, ida: [close(ticket, by=ida), reopen(ticket, by=ida)],
    "routed again": lambda ticket, _ida: route_ticket(ticket.pk, cause="another"),
}


@pytest.mark.parametrize("touch", TOUCHES)
def test_what_was_changed_since_stays_and_is_counted(touch: str, team: Team, ida: Agent, cleo: Agent) -> None:
    fraud = SavedView.objects.create(name="Fraud")
    go_offline(ida)
    touched, untouched = waiting(), waiting()
    for to in (team, fraud):
        make_rule(to=to, when=IS_SMS)
    go_online(ida)
    run = applied()
    TOUCHES[touch](again(touched), ida)
    before, rows = place(touched), history(touched)

    undone(run, by=cleo)

    assert (place(touched), history(touched), place(untouched)) == (before, rows, (None, None, []))
    assert (run.returned, run.kept) == (1, 1)
    assert list(run.moves.order_by("ticket").values_list("fate", flat=True)) == ["kept", "returned"]


def test_note_or_tag_makes_no_ticket_anybodys(team: Team, ida: Agent, cleo: Agent) -> None:
    go_offline(ida)
    ticket = waiting()
    make_rule(to=team, when=IS_SMS)
    run = applied()
    add_note(ticket, "Hm.", by=ida)
    add_tag(ticket, "Order", by=ida)

    assert (undone(run, by=cleo).returned, place(ticket)) == (1, (None, None, []))


def test_agent_who_got_it_later_by_the_same_decision_loses_it(team: Team, ida: Agent, cleo: Agent) -> None:
    """C8: it waited in the team's inbox."""
    go_offline(ida)
    ticket = waiting()
    make_rule(to=team, when=IS_SMS)
    run = applied()
    go_online(ida)
    route_waiting()
    before = place(ticket)

    undone(run, by=cleo)

    assert (before, place(ticket)) == ((team, ida, []), (None, None, []))


def test_ticket_that_only_entered_a_view_goes_on_waiting(cleo: Agent) -> None:
    ticket, fraud, ida = waiting(), SavedView.objects.create(name="Fraud"), make_agent("Ida")
    make_rule(to=fraud, when=IS_SMS)

    run = undone(applied(), by=cleo)
    left = place(ticket)
    go_online(ida)

    assert (left, run.returned, route_waiting(), place(ticket)) == ((None, None, []), 1, 1, (None, ida, []))


def test_ticket_that_a_person_had_returned_is_returned_again(cleo: Agent) -> None:
    """A30: though no rule did anything about it; it has been nowhere meanwhile, and is not counted."""
    bo = make_agent("Bo")
    ticket = waiting()
    assign_agent(ticket, bo, by=bo)
    assign_agent(ticket, None, by=bo)
    make_rule(to=make_team(), when=all_of(CHANNEL_IS_SMS | {"filter": {"type": "string", "operator": "equals", "value": "email"}}))

    run = applied()
    run = undone(run, by=cleo)
    go_online(bo)

    assert (run.moved, run.returned, route_waiting(), place(ticket)) == (0, 0, 0, (None, None, []))


@pytest.mark.parametrize("dies_at", range(3))
def test_worker_that_dies_while_undoing_leaves_out_nothing(dies_at: int, team: Team, ida: Agent, cleo: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    go_offline(ida)
    tickets = [waiting() for _ in range(3)]
    make_rule(to=team, when=IS_SMS)
    run, step, steps = applied(), runs.take_back, iter(range(100))

    def dies(run: Application, move: int) -> list[str]:
        counters = step(run, move)
        if next(steps) == dies_at:
            raise KeyboardInterrupt
        return counters

    monkeypatch.setattr(runs, "take_back", dies)
    with pytest.raises(KeyboardInterrupt):
        undone(run, by=cleo)
    Application.objects.filter(pk=run.pk).update(next_at=timezone.now() - timedelta(seconds=1))
    swept = sweep_applications.func()
    work_through(run)

    assert (swept, run.status, run.returned, run.kept, Move.objects.filter(fate="").count()) == (1, "undone", 3, 0, 0)
    assert [place(ticket) for ticket in tickets] == [(None, None, [])] * 3
    assert [kind for kind, *_rest in history(tickets[0])].count("unassigned") == 1


def test_cancelled_run_can_be_undone_and_a_running_one_cannot(team: Team, ida: Agent, cleo: Agent) -> None:
    go_offline(ida)
    ticket = waiting()
    make_rule(to=team, when=IS_SMS)
    running = start(by=None)

    with pytest.raises(CannotApply, match="has not ended"):
        undo(running, by=cleo)
    work_through(running)
    Application.objects.update(status="cancelled")
    undone(running, by=cleo)
    with pytest.raises(CannotApply, match="was undone already"):
        undo(running, by=cleo)

    assert place(ticket) == (None, None, [])


def test_nothing_is_undone_while_rules_are_being_applied(team: Team, cleo: Agent) -> None:
    make_rule(to=team, when=IS_SMS)
    first = applied()
    start(by=None)

    with pytest.raises(CannotApply, match="Wait until it has ended"):
        undo(first, by=cleo)

    first.refresh_from_db()
    assert (first.status, first.undone_at) == ("done", None)


def test_undoing_that_failed_goes_on(team: Team, ida: Agent, cleo: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    go_offline(ida)
    tickets = [waiting(), waiting()]
    make_rule(to=team, when=IS_SMS)
    run, step = applied(), runs.take_back
    first = run.moves.order_by("pk")[0].pk
    monkeypatch.setattr(runs, "take_back", lambda run, move: step(run, move) if move == first else 1 / 0)
    failed = undone(run, by=cleo).status
    monkeypatch.setattr(runs, "take_back", step)

    undone(run, by=cleo)

    assert (failed, run.status, run.returned, [place(ticket) for ticket in tickets]) == ("failed", "undone", 2, [(None, None, [])] * 2)
