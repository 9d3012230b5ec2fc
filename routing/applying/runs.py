"""★ How the rules are applied to the tickets that nobody has, and how that is undone: ticket by ticket (`long_work`), cancelled, ended (C14)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import Agent
from helpdesk.long_work import LAST_IN_LINE, LongWork
from helpdesk.tickets.models import Ticket
from routing.applying.models import Application
from routing.applying.steps import OtherRules, route_again, take_back
from routing.rule_set import live
from routing.rules import must_publish

Status = Application.Status
TICKETS = 100  # listed at once

Step = Callable[[Application, int], list[str]]  # returns the counters that it moves on


class CannotApply(ValueError):
    """Why not, in words for the user."""


def start(*, by: Agent | None) -> Application:
    """CannotApply, NotForYou."""
    must_publish(by)
    version = live()
    if version.id is None:
        raise CannotApply(_("No rules have been published yet."))
    run = Application(rule_set_id=version.id, by=by, total=Ticket.objects.unassigned().count())
    with _alone():
        run.save()
    work_off.enqueue(run.pk)
    return run


def cancel(run: Application, *, by: Agent | None) -> None:
    """What has moved stays, and can be undone. A ticket that is being routed still counts; no other begins."""
    must_publish(by)
    _end(Application.objects.filter(pk=run.pk, status=Status.RUNNING), status=Status.CANCELLED)


def undo(run: Application, *, by: Agent | None) -> None:
    """Tickets that are as the run left them return to Unassigned; those that people have changed since stay. CannotApply, NotForYou."""
    must_publish(by)
    now = timezone.now()
    ended = Application.objects.filter(pk=run.pk, status__in=Application.ENDED)
    with _alone():
        if not ended.update(status=Status.UNDOING, undone_at=now, undone_by=by, cursor=0, failures=0, error="", next_at=now):
            raise CannotApply(_("It has not ended yet, or was undone already."))
    work_off.enqueue(run.pk)


@contextmanager
def _alone() -> Iterator[None]:
    """One run at a time. CannotApply."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise CannotApply(_("The rules are being applied, or that is being undone. Wait until it has ended.")) from None


@task(priority=LAST_IN_LINE)
def work_off(application_id: int) -> None:
    WORK.go_on(application_id)


def _tickets(run: Application) -> Iterator[None]:
    step, end = (take_back, Status.UNDONE) if run.status == Status.UNDOING else (route_again, Status.DONE)
    try:
        while numbers := _next(run):
            for number in numbers:
                if not _one(run, number, step):
                    return
                yield
        _end(WORK.mine(run), status=end)
    except OtherRules:
        _end(WORK.mine(run), status=Status.CANCELLED, error=_("Other rules were published meanwhile. What has moved stays, and can be undone."))


def _next(run: Application) -> list[int]:
    """Tickets in line, oldest first; while it is being undone, moves."""
    tickets = Ticket.objects.unassigned().filter(created_at__lt=run.created_at)
    ahead: QuerySet[Any] = run.moves.filter(fate="") if run.status == Status.UNDOING else tickets
    return list(ahead.filter(pk__gt=run.cursor).order_by("pk").values_list("pk", flat=True)[:TICKETS])


def _one(run: Application, number: int, step: Step) -> bool:
    """False if somebody has cancelled, or another worker was faster."""
    with transaction.atomic():
        if not WORK.moves_on(run, cursor=number):
            return False
        Application.objects.filter(pk=run.pk).update(**{counter: F(counter) + 1 for counter in step(run, number)})
    run.cursor = number
    return True


def _give_up(run: Application, problem: str) -> None:
    _end(WORK.mine(run), status=Status.FAILED, error=problem)


def _end(runs: QuerySet[Application], **fields: Any) -> None:
    runs.update(ended_at=timezone.now(), **fields)


@task
def sweep_applications() -> int:
    return WORK.sweep()


WORK = LongWork(Application, work_off, place="cursor", pieces=_tickets, give_up=_give_up)
