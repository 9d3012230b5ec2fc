"""The live rules, applied to tickets that nobody has (C14)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents.models import Role
from agents.people import NotForYou
from helpdesk import long_work
from helpdesk.customers.profiles import track
from helpdesk.tickets.acts.assignment import assign_agent, assign_team
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.models import SavedView, Ticket
from routing.applying import runs
from routing.applying.models import Application, Move
from routing.applying.preview import preview
from routing.applying.runs import CannotApply, cancel, start, sweep_applications, work_off
from routing.models import RoutingDecision
from routing.router import route_ticket
from tests.factories import (
    CHANNEL_IS_SMS,
    CHURN_RISK_HIGH,
    PLACED_ORDER_IN_2_HOURS,
    TAGS_CONTAIN_ORDER,
    all_of,
    make_agent,
    make_customer,
    make_rule,
    make_team,
    make_ticket,
)
from tests.people import at_once
from tests.routing.applications import applied, work_through
from tests.tickets.reading import again

pytestmark = pytest.mark.django_db
IS_SMS = all_of(CHANNEL_IS_SMS)


def waiting(**fields: Any) -> Ticket:
    """Routed before there was a rule for it."""
    ticket = make_ticket(**({"channel": "sms"} | fields))
    route_ticket(ticket.pk, cause="created")
    return ticket


def figures(run: Application) -> tuple[str, int, int, int]:
    return run.status, run.total, run.done, run.moved


def test_rules_are_applied_to_what_nobody_has() -> None:
    """And to nothing else: what has a team or an assignee, and what is closed, stays as it is."""
    ida, old, team = make_agent("Ida"), make_team("Old"), make_team("Returns")
    lost, mail, owned, teamed, closed = waiting(), waiting(channel="email"), waiting(), waiting(), waiting()
    assign_agent(owned, ida, by=ida)
    assign_team(teamed, old, by=ida)
    close(closed, by=ida)
    make_rule(to=team, when=IS_SMS)

    run = applied()

    assert figures(run) == ("done", 2, 2, 1)
    assert [again(ticket).team for ticket in (lost, mail, owned, teamed, closed)] == [team, None, None, old, None]
    assert list(RoutingDecision.objects.filter(cause=f"applied {run.pk}").values_list("ticket", flat=True)) == [mail.pk, lost.pk]
    assert [(move.ticket, move.team, move.agent, move.views) for move in run.moves.all()] == [(lost, team, None, [])]


def test_what_became_of_a_ticket_is_kept() -> None:
    """The team, the agent whose turn it was, the views: not those it was in before."""
    ticket, team, fraud, old = waiting(), make_team("Returns"), SavedView.objects.create(name="Fraud"), SavedView.objects.create(name="Old")
    old.entries.create(ticket=ticket)
    ida = make_agent("Ida", online=True)
    team.members.add(ida)
    for to in (team, fraud, old):
        make_rule(to=to, when=IS_SMS)

    run = applied()

    move = Move.objects.get()
    assert (again(ticket).team, again(ticket).assignee) == (team, ida)
    assert (move.team, move.agent, move.views, move.entries) == (team, ida, ["Fraud"], [fraud.entries.get().pk])
    assert run.moved == 1


def test_ticket_that_is_taken_meanwhile_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    ida, ticket = make_agent("Ida"), waiting()
    make_rule(to=make_team(), when=IS_SMS)
    run, listed = start(by=None), runs._next

    def listed_and_taken(run: Application) -> list[int]:
        found = listed(run)
        assign_agent(ticket, ida, by=ida)
        return found

    monkeypatch.setattr(runs, "_next", listed_and_taken)
    work_through(run)

    assert (figures(run), again(ticket).team, ticket.decisions.count()) == (("done", 1, 1, 0), None, 1)


def test_ticket_that_comes_in_later_is_not_read() -> None:
    make_rule(to=make_team(), when=IS_SMS)
    run, later = start(by=None), make_ticket(channel="sms")

    assert (figures(work_through(run)), later.decisions.count()) == (("done", 0, 0, 0), 0)


def test_one_job_reads_some_and_leaves_the_rest_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_work, "SECONDS", 0)
    tickets = [waiting() for _ in range(5)]
    make_rule(to=make_team(), when=IS_SMS)
    run = start(by=None)

    work_off.func(run.pk)
    run.refresh_from_db()
    halfway = (figures(run), run.cursor)

    assert halfway == (("running", 5, 1, 1), tickets[0].pk)
    assert figures(work_through(run)) == ("done", 5, 5, 5)


@pytest.mark.parametrize("dies_at", range(4))
def test_worker_that_dies_leaves_out_and_doubles_nothing(dies_at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after a ticket was routed and before that was committed, at any of them."""
    tickets, team = [waiting() for _ in range(4)], make_team()
    make_rule(to=team, when=IS_SMS)
    run, step, steps = start(by=None), runs.route_again, iter(range(100))

    def dies(run: Application, ticket: int) -> list[str]:
        counters = step(run, ticket)
        if next(steps) == dies_at:
            raise KeyboardInterrupt
        return counters

    monkeypatch.setattr(runs, "route_again", dies)
    with pytest.raises(KeyboardInterrupt):
        work_through(run)
    committed = [again(ticket).team for ticket in tickets]
    Application.objects.filter(pk=run.pk).update(next_at=timezone.now() - timedelta(seconds=1))  # its lease has run out
    swept = sweep_applications.func()
    work_through(run)

    assert (committed, swept) == ([team] * dies_at + [None] * (4 - dies_at), 1)
    assert (figures(run), [again(ticket).team for ticket in tickets]) == (("done", 4, 4, 4), [team] * 4)
    assert RoutingDecision.objects.filter(cause=f"applied {run.pk}").count() == Move.objects.count() == 4


def test_ticket_that_cannot_be_routed_is_tried_again_and_then_said(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting()
    make_rule(to=make_team(), when=IS_SMS)
    monkeypatch.setattr(runs, "route_again", lambda run, ticket: 1 / 0)

    run = applied()

    assert (run.status, run.failures, run.done, "nobody foresaw" in run.error) == ("failed", runs.WORK.attempts, 0, True)


def test_sweep_leaves_alone_what_is_being_worked_on() -> None:
    make_rule(to=make_team(), when=IS_SMS)
    run = start(by=None)
    Application.objects.filter(pk=run.pk).update(next_at=timezone.now() + timedelta(minutes=1))

    assert (sweep_applications.func(), work_off.func(run.pk)) == (0, None)


def test_cancelled_run_stops_and_keeps_what_it_did(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two tickets."""
    tickets, team, step = [waiting() for _ in range(3)], make_team(), runs.route_again
    make_rule(to=team, when=IS_SMS)
    run = start(by=None)

    def cancelled_meanwhile(run: Application, ticket: int) -> list[str]:
        cancel(run, by=None)
        return step(run, ticket)

    monkeypatch.setattr(runs, "route_again", cancelled_meanwhile)
    work_through(run)

    assert (figures(run), [again(ticket).team for ticket in tickets]) == (("cancelled", 3, 1, 1), [team, None, None])


def test_other_rules_published_meanwhile_end_the_run() -> None:
    waiting()
    make_rule(to=make_team(), when=IS_SMS)
    run = start(by=None)
    make_rule(to=make_team(), when=IS_SMS)

    work_through(run)

    assert (figures(run), run.error.startswith("Other rules were published")) == (("cancelled", 1, 0, 0), True)


def test_one_run_at_a_time() -> None:
    make_rule(to=make_team(), when=IS_SMS)
    start(by=None)

    with pytest.raises(CannotApply, match="being applied"):
        start(by=None)

    assert Application.objects.count() == 1


def test_nothing_is_applied_before_anything_is_published() -> None:
    with pytest.raises(CannotApply, match="No rules have been published"):
        start(by=None)


@pytest.mark.django_db(transaction=True)
def test_two_workers_route_each_ticket_once() -> None:
    for _ticket in range(6):
        waiting()
    make_rule(to=make_team(), when=IS_SMS)
    run = start(by=None)
    Application.objects.filter(pk=run.pk).update(next_at=run.created_at)

    at_once(*[lambda: list(runs.WORK.pieces(Application.objects.get(pk=run.pk)))] * 2)

    assert (figures(work_through(run)), Move.objects.count()) == (("done", 6, 6, 6), 6)


@pytest.mark.parametrize("role", [Role.AGENT, Role.ANALYST])
def test_only_who_may_publish_applies(role: Role) -> None:
    """R3."""
    somebody = make_agent(role=role)
    make_rule(to=make_team(), when=IS_SMS)
    run = start(by=None)

    for refused in (lambda: start(by=somebody), lambda: cancel(run, by=somebody), lambda: runs.undo(run, by=somebody)):
        with pytest.raises(NotForYou):
            refused()

    run.refresh_from_db()
    assert run.status == "running"


def test_preview_says_what_would_go_where_and_writes_nothing() -> None:
    returns, orders, fraud = make_team("Returns"), make_team("Orders"), SavedView.objects.create(name="Fraud")
    for channel in ("sms", "sms", "email", "api"):
        waiting(channel=channel, customer=make_customer(properties={"churn_probability": 0.9 if channel == "email" else 0.1}))
    make_rule(to=returns, when=IS_SMS)
    make_rule(to=orders, when=all_of(CHURN_RISK_HIGH))
    make_rule(to=fraud, when=all_of(CHURN_RISK_HIGH))
    decisions = RoutingDecision.objects.count()

    found = preview()

    assert (found.total, found.read, found.teams, found.views, found.untouched) == (4, 4, [(returns, 2), (orders, 1)], [(fraud, 1)], 1)
    assert (RoutingDecision.objects.count(), Ticket.objects.filter(team=None).count()) == (decisions, 4)


def test_preview_reads_the_oldest_as_far_as_it_may() -> None:
    for _ticket in range(3):
        waiting()

    found = preview(limit=2)

    assert (found.total, found.read, found.is_partial) == (3, 2, True)


def test_preview_and_run_agree() -> None:
    """About a ticket that is in the view already, too."""
    fraud = SavedView.objects.create(name="Fraud")
    for channel in ("sms", "email", "sms"):
        ticket = waiting(channel=channel)
    fraud.entries.create(ticket=ticket)
    make_rule(to=fraud, when=IS_SMS)

    foreseen = preview()

    assert (foreseen.views, foreseen.untouched, applied().moved, fraud.entries.count()) == ([(fraud, 1)], 2, 1, 2)


@pytest.mark.parametrize("many", [1, 3])
def test_preview_takes_the_same_number_of_queries_however_many_tickets(many: int) -> None:
    """Which rules, their teams; the tickets, their tags, views and events, and whose team a person chose; how many there are; the teams that they go to."""
    for _ticket in range(many):
        customer = make_customer(properties={"churn_probability": 0.9})
        track(customer, "Placed Order")
        waiting(customer=customer)
    for _rule in range(many):
        make_rule(to=make_team(), when=all_of(PLACED_ORDER_IN_2_HOURS, CHURN_RISK_HIGH))
        make_rule(to=make_team(), when=all_of(TAGS_CONTAIN_ORDER))
    preview()  # compiles the set and reads the limits

    with CaptureQueriesContext(connection) as captured:
        found = preview()

    assert (found.read, len(captured)) == (many, 9)
