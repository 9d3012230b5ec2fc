"""★ How an import goes: started, worked off batch by batch (`long_work`), cancelled, ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.text import readable
from helpdesk.imports.batches import Failed, Tally
from helpdesk.imports.models import Chunk, Import, Refusal
from helpdesk.imports.readers import next_batch
from helpdesk.long_work import LAST_IN_LINE, LongWork

Status = Import.Status
MOST_REFUSED = 100_000
UNTOUCHED = timedelta(days=7)


def start(run: Import) -> None:
    """Once: whoever starts it again changes nothing."""
    if Import.objects.filter(pk=run.pk, status=Status.MAPPING).update(status=Status.WAITING, started_at=timezone.now(), next_at=timezone.now()):
        run_import.enqueue(run.pk)


def cancel(run: Import) -> None:
    """What has been taken stays. A batch that is being written still counts; no other begins."""
    _end(Import.objects.filter(pk=run.pk, status__in=(Status.MAPPING, *Import.UNDER_WAY)), status=Status.CANCELLED)


@task(priority=LAST_IN_LINE)
def run_import(import_id: int) -> None:
    WORK.go_on(import_id)


def _batches(run: Import) -> Iterator[None]:
    try:
        while _one_batch(run):
            yield
    except Failed as problem:
        _give_up(run, str(problem))


def _one_batch(run: Import) -> bool:
    """Whether there is more to do. Read outside of the transaction, since that may wait on the network; written inside."""
    batch = next_batch(run)
    with transaction.atomic():
        if not WORK.moves_on(run, batches=run.batches + 1, cursor=batch.cursor):
            return False
        _keep(run, batch.write())
    run.batches, run.cursor = run.batches + 1, batch.cursor
    if batch.is_last:
        _end(WORK.mine(run), status=Status.DONE)
    return not batch.is_last


def _keep(run: Import, tally: Tally) -> None:
    run.done, run.new, run.changed = run.done + tally.done, run.new + tally.new, run.changed + tally.changed
    run.refused += len(tally.refused)
    run.notes = [*run.notes, *tally.notes]
    run.save(update_fields=["done", "new", "changed", "refused", "notes"])
    Refusal.objects.bulk_create([Refusal(run=run, row=row, reason=readable(reason), raw=list(map(readable, raw))) for row, reason, raw in tally.refused])
    if run.refused > MOST_REFUSED:
        raise Failed(_("More than %(most)d rows were refused. Something is wrong with the file or with what its columns mean.") % {"most": MOST_REFUSED})


def _give_up(run: Import, problem: str) -> None:
    _end(WORK.mine(run), status=Status.FAILED, error=problem)


def _end(runs: QuerySet[Import], **fields: Any) -> None:
    """The file goes with it: what it says is in the database, or was not wanted."""
    with transaction.atomic():
        ended = list(runs.values_list("pk", flat=True))
        if runs.update(ended_at=timezone.now(), **fields):
            Chunk.objects.filter(run__in=ended, run__ended_at__isnull=False).delete()


@task
def sweep_imports() -> int:
    """Lets go of files that nobody did anything with, too. Returns how many were taken up."""
    _end(Import.objects.filter(status=Status.MAPPING, created_at__lt=timezone.now() - UNTOUCHED), status=Status.CANCELLED)
    return WORK.sweep()


WORK = LongWork(Import, run_import, place="batches", pieces=_batches, give_up=_give_up, claimed={"status": Status.RUNNING})
