"""How a back-test goes: started, asked batch by batch, cancelled, ended (`long_work`)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import Agent
from helpdesk.long_work import LAST_IN_LINE, LongWork
from routing.backtest.models import BackTest, Moved
from routing.backtest.report import add
from routing.backtest.tally import Tally, ask
from routing.models import RoutingDecision
from routing.publication import draft
from routing.rule_set import Rules
from routing.rules import RuleError, must_publish

Status = BackTest.Status
DAYS = (7, 30, 90)
BATCH = 20_000  # decisions in one commit
MOST_MOVES = 500


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
    if BackTest.objects.filter(by=by, status__in=BackTest.UNDER_WAY).exists():
        raise RuleError(_("A back-test of yours is still running. Wait for it, or cancel it."))


@transaction.atomic
def cancel(test: BackTest, *, by: Agent | None) -> None:
    """A batch that is being asked is not counted any more."""
    must_publish(by)
    BackTest.objects.filter(pk=test.pk, status__in=BackTest.UNDER_WAY).update(status=Status.CANCELLED, ended_at=timezone.now())


def decisions_of(test: BackTest) -> QuerySet[RoutingDecision]:
    return RoutingDecision.objects.filter(at__gte=test.since, at__lt=test.until)


@task(priority=LAST_IN_LINE)
def run_back_test(test_id: int) -> None:
    WORK.go_on(test_id)


def _batches(test: BackTest) -> Iterator[None]:
    while _one_batch(test):
        yield


def _one_batch(test: BackTest) -> bool:
    """Whether there may be more to ask."""
    ahead = decisions_of(test).filter(pk__gt=test.cursor).order_by("pk")
    numbers = ahead.values_list("pk", flat=True)
    last = numbers[BATCH - 1 : BATCH].first() or numbers.last()
    if last is None:
        WORK.mine(test).update(status=Status.DONE, ended_at=timezone.now())
        return False
    tally = ask(decisions_of(test).filter(pk__gt=test.cursor, pk__lte=last), Rules.of(test.rules), most_moves=MOST_MOVES - test.moves.count())
    return _keep(test, tally, last)


@transaction.atomic
def _keep(test: BackTest, tally: Tally, last: int) -> bool:
    found = add(test.found, tally)
    counted = {"done": F("done") + tally.asked, "reproduced": F("reproduced") + tally.reproduced}
    if not WORK.moves_on(test, cursor=last, found=found, **counted):
        return False
    Moved.objects.bulk_create(Moved(back_test=test, decision_id=decision, rule=fate.rule, teams=list(fate.teams)) for decision, fate in tally.moves)
    test.cursor, test.found = last, found
    return True


def _give_up(test: BackTest, _problem: str) -> None:
    WORK.mine(test).update(status=Status.FAILED, ended_at=timezone.now())


@task
def sweep_back_tests() -> int:
    return WORK.sweep()


WORK = LongWork(
    BackTest,
    run_back_test,
    place="cursor",
    pieces=_batches,
    give_up=_give_up,
    claimed={"status": Status.RUNNING},
    lease=timedelta(minutes=5),
    attempts=3,
)
