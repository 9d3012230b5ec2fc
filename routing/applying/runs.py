"""★ How the rules are applied to the tickets that nobody has, and how that is undone: ticket by ticket, cancelled, ended (C14).

What happens to a ticket and how far the run has come are one transaction. A worker may die anywhere; whoever takes over goes on
after the last ticket that was committed, so none is left out and none is routed twice.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import Agent
from helpdesk.tickets.models import Ticket
from routing.applying.models import Application
from routing.applying.steps import OtherRules, route_again, take_back
from routing.rule_set import live
from routing.rules import must_publish

log = logging.getLogger(__name__)
Status = Application.Status
LEASE = timedelta(minutes=2)
TICKETS, SECONDS = 100, 2.0  # in one job, so that messages do not wait for it
LAST_IN_LINE = -10
ATTEMPTS = 8  # with growing pauses: some twenty minutes

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
    """Some tickets, then the next in line. The claim is a conditional UPDATE: two workers never work on one run."""
    now = timezone.now()
    due = Application.objects.filter(pk=application_id, status__in=Application.UNDER_WAY, next_at__lte=now)
    if not due.update(next_at=now + LEASE):
        return
    run = Application.objects.select_related("rule_set", "undone_by").get(pk=application_id)
    try:
        goes_on = _some(run)
    except OtherRules:
        _end(_mine(run), status=Status.CANCELLED, error=_("Other rules were published meanwhile. What has moved stays, and can be undone."))
    except Exception:  # whatever a ticket holds that we did not foresee is a failed attempt; nothing of it was written
        log.exception("Application %s of the rules stumbled", application_id)
        _stumble(run)
    else:
        if goes_on:
            _wait(run, 0)


def _some(run: Application) -> bool:
    """Whether there is more to do."""
    until = time.monotonic() + SECONDS
    numbers, step, end = _work(run)
    for number in numbers:
        if not _one(run, number, step):
            return False
        if time.monotonic() > until:
            break
    if not numbers:
        _end(_mine(run), status=end)
    return bool(numbers)


def _work(run: Application) -> tuple[list[int], Step, Status]:
    """The next in line, oldest first; what is done with each; and what the run is when none is left."""
    if run.status == Status.UNDOING:
        moves = run.moves.filter(pk__gt=run.cursor, fate="").order_by("pk")
        return list(moves.values_list("pk", flat=True)[:TICKETS]), take_back, Status.UNDONE
    tickets = Ticket.objects.unassigned().filter(pk__gt=run.cursor, created_at__lt=run.created_at).order_by("pk")
    return list(tickets.values_list("pk", flat=True)[:TICKETS]), route_again, Status.DONE


def _one(run: Application, number: int, step: Step) -> bool:
    """False if somebody has cancelled, or another worker was faster."""
    with transaction.atomic():
        if not _mine(run).update(cursor=number, failures=0, next_at=timezone.now() + LEASE):
            return False
        Application.objects.filter(pk=run.pk).update(**{counter: F(counter) + 1 for counter in step(run, number)})
    run.cursor, run.failures = number, 0
    return True


def _mine(run: Application) -> QuerySet[Application]:
    return Application.objects.filter(pk=run.pk, status=run.status, cursor=run.cursor)


def _wait(run: Application, seconds: float) -> None:
    """Somebody else's turn: the worker is not kept."""
    at = timezone.now() + timedelta(seconds=seconds)
    if _mine(run).update(next_at=at):
        (work_off.using(run_after=at) if seconds else work_off).enqueue(run.pk)


def _stumble(run: Application) -> None:
    run.failures += 1
    if run.failures >= ATTEMPTS:
        _end(_mine(run), status=Status.FAILED, error=_("Something went wrong that nobody foresaw. What was done until then stays; the log says more."))
    elif _mine(run).update(failures=run.failures):
        _wait(run, 5 * 2**run.failures)


def _end(runs: QuerySet[Application], **fields: Any) -> None:
    runs.update(ended_at=timezone.now(), **fields)


@task
def sweep_applications() -> int:
    """Takes up what a dead worker or a lost job left. Returns how many."""
    due = Application.objects.filter(status__in=Application.UNDER_WAY, next_at__lte=timezone.now())
    for application_id in (found := list(due.values_list("pk", flat=True))):
        work_off.enqueue(application_id)
    return len(found)
