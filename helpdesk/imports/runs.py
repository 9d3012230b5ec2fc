"""★ How an import goes: started, worked off batch by batch, cancelled, ended.

What is written and how far it has come are one transaction. A worker may die anywhere; whoever takes over begins where the last
commit ended, so nothing is lost and nothing is doubled.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.text import readable
from helpdesk.imports.batches import Batch, Failed, Stumbled, Tally, Wait
from helpdesk.imports.models import Chunk, Import, Refusal
from helpdesk.imports.readers import next_batch

log = logging.getLogger(__name__)
Status = Import.Status
UNDER_WAY = (Status.WAITING, Status.RUNNING)
LEASE = timedelta(minutes=2)
BATCHES, SECONDS = 20, 2.0  # in one job, so that messages do not wait for an import
LAST_IN_LINE = -10
ATTEMPTS = 8  # with growing pauses: some twenty minutes
MOST_REFUSED = 100_000
UNTOUCHED = timedelta(days=7)


def start(run: Import) -> None:
    """Once: whoever starts it again changes nothing."""
    if Import.objects.filter(pk=run.pk, status=Status.MAPPING).update(status=Status.WAITING, started_at=timezone.now(), next_at=timezone.now()):
        run_import.enqueue(run.pk)


def cancel(run: Import) -> None:
    """What has been taken stays. A batch that is being written still counts; no other begins."""
    _end(Import.objects.filter(pk=run.pk, status__in=(Status.MAPPING, *UNDER_WAY)), status=Status.CANCELLED)


@task(priority=LAST_IN_LINE)
def run_import(import_id: int) -> None:
    """A few batches, then the next in line. The claim is a conditional UPDATE: two workers never read the same batch."""
    now = timezone.now()
    due = Import.objects.filter(pk=import_id, status__in=UNDER_WAY, next_at__lte=now)
    if not due.update(status=Status.RUNNING, next_at=now + LEASE):
        return
    run = Import.objects.select_related("account", "by").get(pk=import_id)
    try:
        goes_on = _some_batches(run)
    except Wait as pause:
        _wait(run, pause.seconds)
    except Failed as problem:
        _end(_mine(run), status=Status.FAILED, error=str(problem))
    except Stumbled as problem:
        _stumble(run, str(problem))
    except Exception:  # whatever a row or a page holds that we did not foresee is a failed attempt; the batch was not written
        log.exception("Import %s stumbled", import_id)
        _stumble(run, _("Something went wrong that nobody foresaw. What was taken until then is kept; the log says more."))
    else:
        if goes_on:
            _wait(run, 0)


def _some_batches(run: Import) -> bool:
    """Whether there is more to do."""
    until = time.monotonic() + SECONDS
    for _number in range(BATCHES):
        if not _one_batch(run):
            return False
        if time.monotonic() > until:
            break
    return True


def _one_batch(run: Import) -> bool:
    """Read outside of the transaction, since that may wait on the network; written inside, if nobody was faster and nobody cancelled."""
    batch = next_batch(run)
    with transaction.atomic():
        if not _mine(run).update(batches=F("batches") + 1):
            return False
        _keep(run, batch, batch.write())
    run.batches += 1
    if batch.is_last:
        _end(_mine(run), status=Status.DONE)
    return not batch.is_last


def _mine(run: Import) -> QuerySet[Import]:
    return Import.objects.filter(pk=run.pk, status=Status.RUNNING, batches=run.batches)


def _keep(run: Import, batch: Batch, tally: Tally) -> None:
    run.cursor, run.failures, run.next_at = batch.cursor, 0, timezone.now() + LEASE
    run.done, run.new, run.changed = run.done + tally.done, run.new + tally.new, run.changed + tally.changed
    run.refused += len(tally.refused)
    run.notes = [*run.notes, *tally.notes]
    run.save(update_fields=["cursor", "failures", "next_at", "done", "new", "changed", "refused", "notes"])
    Refusal.objects.bulk_create([Refusal(run=run, row=row, reason=readable(reason), raw=list(map(readable, raw))) for row, reason, raw in tally.refused])
    if run.refused > MOST_REFUSED:
        raise Failed(_("More than %(most)d rows were refused. Something is wrong with the file or with what its columns mean.") % {"most": MOST_REFUSED})


def _wait(run: Import, seconds: float) -> None:
    """Somebody else's turn: the worker is not kept."""
    at = timezone.now() + timedelta(seconds=seconds)
    if _mine(run).update(next_at=at):
        (run_import.using(run_after=at) if seconds else run_import).enqueue(run.pk)


def _stumble(run: Import, problem: str) -> None:
    run.failures += 1
    if run.failures >= ATTEMPTS:
        _end(_mine(run), status=Status.FAILED, error=problem)
    elif _mine(run).update(failures=run.failures):
        _wait(run, 5 * 2**run.failures)


def _end(runs: QuerySet[Import], **fields: Any) -> None:
    """The file goes with it: what it says is in the database, or was not wanted."""
    with transaction.atomic():
        ended = list(runs.values_list("pk", flat=True))
        if runs.update(ended_at=timezone.now(), **fields):
            Chunk.objects.filter(run__in=ended, run__ended_at__isnull=False).delete()


@task
def sweep_imports() -> int:
    """Takes up what a dead worker or a lost job left, and lets go of files that nobody did anything with. Returns how many were taken up."""
    due = Import.objects.filter(status__in=UNDER_WAY, next_at__lte=timezone.now()).order_by("next_at")
    for import_id in (found := list(due.values_list("pk", flat=True)[:100])):
        run_import.enqueue(import_id)
    _end(Import.objects.filter(status=Status.MAPPING, created_at__lt=timezone.now() - UNTOUCHED), status=Status.CANCELLED)
    return len(found)
