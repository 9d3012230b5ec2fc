"""How a back-test goes: started, asked batch by batch, cancelled, ended. What is counted and how far it has come are one commit."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import Agent
from routing.backtest.models import BackTest, Moved
from routing.backtest.report import add
from routing.backtest.tally import Tally, ask
from routing.models import RoutingDecision
from routing.publication import draft
from routing.rule_set import Rules
from routing.rules import RuleError, must_publish

log = logging.getLogger(__name__)
Status = BackTest.Status
UNDER_WAY = (Status.WAITING, Status.RUNNING)
DAYS = (7, 30, 90)
BATCH, SECONDS = 20_000, 2.0  # decisions in one commit; of one job, so that messages do not wait for it
MOST_MOVES = 500
LEASE = timedelta(minutes=5)
LAST_IN_LINE = -10
ATTEMPTS = 3


@transaction.atomic
def start(*, by: Agent | None, days: int, also: Collection[int] = ()) -> BackTest:
    """Of the draft as it is now; `also` rules that are off. NotForYou; RuleError for other stretches than DAYS, and for a second one of the same person."""
    must_publish(by)
    if days not in DAYS:
        raise RuleError(_("A back-test looks at 7, 30 or 90 days."))
    if by is not None:
        _must_be_alone(by)
    now = timezone.now()
    test = BackTest(by=by, since=now - timedelta(days=days), until=now, rules=draft(also=also))
    test.total = decisions_of(test).count()
    test.save()
    run_back_test.enqueue(test.pk)
    return test


def _must_be_alone(by: Agent) -> None:
    Agent.objects.select_for_update(no_key=True).get(pk=by.pk)  # of two clicks at once the second sees the test of the first
    if BackTest.objects.filter(by=by, status__in=UNDER_WAY).exists():
        raise RuleError(_("A back-test of yours is still running. Wait for it, or cancel it."))


@transaction.atomic
def cancel(test: BackTest, *, by: Agent | None) -> None:
    """A batch that is being asked is not counted any more."""
    must_publish(by)
    BackTest.objects.filter(pk=test.pk, status__in=UNDER_WAY).update(status=Status.CANCELLED, ended_at=timezone.now())


def decisions_of(test: BackTest) -> QuerySet[RoutingDecision]:
    return RoutingDecision.objects.filter(at__gte=test.since, at__lt=test.until)


@task(priority=LAST_IN_LINE)
def run_back_test(test_id: int) -> None:
    """Some batches, then the next in line. The claim is a conditional UPDATE: two workers never count the same batch."""
    now = timezone.now()
    due = BackTest.objects.filter(pk=test_id, status__in=UNDER_WAY, next_at__lte=now)
    if not due.update(status=Status.RUNNING, next_at=now + LEASE):
        return
    test = BackTest.objects.get(pk=test_id)
    try:
        goes_on = _some_batches(test)
    except Exception:  # whatever the data holds that we did not foresee is a failed attempt; nothing of the batch was counted
        log.exception("Back-test %s stumbled", test_id)
        _stumble(test)
    else:
        if goes_on:
            _mine(test).update(next_at=timezone.now())
            run_back_test.enqueue(test_id)


def _some_batches(test: BackTest) -> bool:
    """Whether there is more to ask."""
    until = time.monotonic() + SECONDS
    while _one_batch(test):
        if time.monotonic() > until:
            return True
    return False


def _one_batch(test: BackTest) -> bool:
    ahead = decisions_of(test).filter(pk__gt=test.cursor).order_by("pk")
    numbers = ahead.values_list("pk", flat=True)
    last = numbers[BATCH - 1 : BATCH].first() or numbers.last()
    if last is None:
        _mine(test).update(status=Status.DONE, ended_at=timezone.now())
        return False
    tally = ask(decisions_of(test).filter(pk__gt=test.cursor, pk__lte=last), Rules.of(test.rules), most_moves=MOST_MOVES - test.moves.count())
    return _keep(test, tally, last)


@transaction.atomic
def _keep(test: BackTest, tally: Tally, last: int) -> bool:
    found = add(test.found, tally)
    counted = {"done": F("done") + tally.asked, "reproduced": F("reproduced") + tally.reproduced}
    if not _mine(test).update(cursor=last, found=found, failures=0, next_at=timezone.now() + LEASE, **counted):
        return False
    Moved.objects.bulk_create(Moved(back_test=test, decision_id=decision, rule=fate.rule, teams=list(fate.teams)) for decision, fate in tally.moves)
    test.cursor, test.found, test.failures = last, found, 0
    return True


def _mine(test: BackTest) -> QuerySet[BackTest]:
    return BackTest.objects.filter(pk=test.pk, status=Status.RUNNING, cursor=test.cursor)


def _stumble(test: BackTest) -> None:
    if test.failures + 1 >= ATTEMPTS:
        _mine(test).update(status=Status.FAILED, ended_at=timezone.now())
    else:
        _mine(test).update(failures=F("failures") + 1, next_at=timezone.now() + timedelta(seconds=30))


@task
def sweep_back_tests() -> int:
    """Takes up what a dead worker or a lost job left. Returns how many."""
    due = list(BackTest.objects.filter(status__in=UNDER_WAY, next_at__lte=timezone.now()).values_list("pk", flat=True)[:100])
    for test_id in due:
        run_back_test.enqueue(test_id)
    return len(due)
