"""Nothing is lost and nothing is doubled, whoever dies or cancels, and whenever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from helpdesk import long_work
from helpdesk.customers.models import Customer
from helpdesk.imports import runs
from helpdesk.imports.batches import Batch, Failed, Tally
from helpdesk.imports.files import batch as files_batch
from helpdesk.imports.models import Chunk, Import, Refusal
from helpdesk.imports.runs import UNTOUCHED, cancel, run_import, start, sweep_imports
from helpdesk.long_work import Wait
from tests.imports.files import kept, started, work_off
from tests.people import at_once

pytestmark = pytest.mark.django_db


def people(count: int) -> str:
    return "Email,Points\n" + "".join(f"customer{n}@example.com,{n}\n" for n in range(count))


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_batch, "ROWS", 5)


def as_if_the_worker_were_dead(run: Import) -> None:
    """Its lease has run out."""
    Import.objects.filter(pk=run.pk).update(next_at=timezone.now() - timedelta(seconds=1))


def test_one_job_takes_what_it_has_time_for_and_leaves_the_rest_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_work, "SECONDS", 0)
    run = started(people(23))

    run_import.func(run.pk)

    run.refresh_from_db()
    assert (run.status, run.done, run.batches, Customer.objects.count()) == ("running", 5, 1, 5)
    assert (work_off(run).done, Customer.objects.count()) == (23, 23)


@pytest.mark.parametrize("dies_at", range(5))
def test_worker_that_dies_in_a_batch_loses_and_doubles_nothing(dies_at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after the rows are written and before the commit, in any of the batches."""
    run, write = started(people(23) + "no address,1\n"), files_batch.write
    batches = iter(range(100))

    def dies(lines: Any) -> Tally:
        tally = write(lines)
        if next(batches) == dies_at:
            raise KeyboardInterrupt
        return tally

    monkeypatch.setattr(files_batch, "write", dies)
    with pytest.raises(KeyboardInterrupt):
        work_off(run)
    as_if_the_worker_were_dead(run)
    work_off(run)

    run.refresh_from_db()
    assert (run.status, run.done, run.new, run.refused) == ("done", 24, 23, 1)
    assert (Customer.objects.count(), Refusal.objects.count()) == (23, 1)


def test_sweep_takes_up_what_a_dead_worker_left_and_leaves_the_others() -> None:
    left, busy, done = started(people(3)), started(people(3)), work_off(started(people(3)))
    as_if_the_worker_were_dead(left)
    Import.objects.filter(pk=busy.pk).update(next_at=timezone.now() + timedelta(minutes=1), status="running")

    assert (sweep_imports.func(), done.status) == (1, "done")


def test_two_workers_do_not_read_the_same_batch() -> None:
    run = started(people(10))
    Import.objects.filter(pk=run.pk).update(next_at=timezone.now() + timedelta(minutes=1))

    run_import.func(run.pk)

    run.refresh_from_db()
    assert run.done == 0


def test_worker_that_was_overtaken_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lease ran out while it was reading, and another has committed that batch."""
    run = started(people(5))

    def overtaken(run: Import) -> Batch:
        batch = files_batch.next_batch(run)
        Import.objects.filter(pk=run.pk).update(batches=1)
        return batch

    monkeypatch.setattr(runs, "next_batch", overtaken)
    run_import.func(run.pk)

    run.refresh_from_db()
    assert (run.done, Customer.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_take_each_row_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_work, "SECONDS", 0)
    run = started(people(40) + "no address,1\n")

    for _round in range(10):
        at_once(*[lambda: run_import.func(run.pk)] * 4)
    run = work_off(run)

    assert (run.status, run.done, run.new, run.refused, Customer.objects.count()) == ("done", 41, 40, 1, 40)


def test_cancelling_takes_effect_at_the_next_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    run = started(people(23))

    def cancelled_meanwhile(run: Import) -> Batch:
        if run.batches == 1:
            cancel(run)
        return files_batch.next_batch(run)

    monkeypatch.setattr(runs, "next_batch", cancelled_meanwhile)
    run_import.func(run.pk)

    run.refresh_from_db()
    assert (run.status, run.done, Customer.objects.count(), Chunk.objects.count()) == ("cancelled", 5, 5, 0)


def test_import_that_has_ended_is_neither_started_nor_cancelled() -> None:
    run = work_off(started(people(3)))

    start(run)
    cancel(run)

    run.refresh_from_db()
    assert (run.status, run.done) == ("done", 3)


def test_pause_that_the_other_side_wants_keeps_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    run = started(people(3))

    def busy(run: Import) -> Batch:
        raise Wait(90)

    monkeypatch.setattr(runs, "next_batch", busy)
    run_import.func(run.pk)

    run.refresh_from_db()
    assert run.status == "running"
    assert timedelta(seconds=80) < run.next_at - timezone.now() <= timedelta(seconds=90)


def test_failure_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    run = started(people(3))

    def refused(run: Import) -> Batch:
        raise Failed("The key was taken back.")

    monkeypatch.setattr(runs, "next_batch", refused)
    run_import.func(run.pk)

    run.refresh_from_db()
    assert (run.status, run.error, Chunk.objects.count()) == ("failed", "The key was taken back.", 0)


@pytest.mark.parametrize("step", ["next_batch", "_keep"])
def test_what_nobody_foresaw_is_tried_again_and_then_given_up(step: str, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    run = started(people(3))

    def stumbles(*_arguments: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(runs, step, stumbles)
    run_import.func(run.pk)
    run.refresh_from_db()
    assert (run.status, run.failures, run.next_at > timezone.now()) == ("running", 1, True)
    run = work_off(run)

    assert (run.status, run.error) == ("failed", "Something went wrong that nobody foresaw. What was done until then stays; the log says more.")
    assert len(caplog.records) == runs.WORK.attempts


def test_file_of_nothing_but_refused_rows_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "MOST_REFUSED", 7)
    run = work_off(started("Email,Points\n" + "no address,1\n" * 30))

    assert (run.status, run.done, run.refused, Refusal.objects.count()) == ("failed", 5, 5, 5)


def test_file_that_nobody_started_is_let_go() -> None:
    old, young = kept(people(3)), kept(people(3))
    Import.objects.filter(pk=old.pk).update(created_at=timezone.now() - UNTOUCHED - timedelta(seconds=1))

    sweep_imports.func()

    assert list(Import.objects.order_by("pk").values_list("status", flat=True)) == ["cancelled", "mapping"]
    assert set(Chunk.objects.values_list("run", flat=True)) == {young.pk}
