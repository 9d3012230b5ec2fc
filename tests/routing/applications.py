"""Applying the rules, as workers do it."""

from __future__ import annotations

from routing.applying.models import Application
from routing.applying.runs import start, undo, work_off


def work_through(run: Application) -> Application:
    """Job after job, until it has ended."""
    for _job in range(1_000):
        run.refresh_from_db()
        if not run.is_under_way:
            return run
        Application.objects.filter(pk=run.pk).update(next_at=run.created_at)
        work_off.func(run.pk)
    raise AssertionError("This does not end.")


def applied() -> Application:
    return work_through(start(by=None))


def undone(run: Application, *, by: object = None) -> Application:
    undo(run, by=by)
    return work_through(run)
