"""Living in the past: the demo's history is made by the verbs of the desk, each at the time it would have happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from functools import partial
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.tasks.base import Task


@contextmanager
def living_at(moment: datetime) -> Iterator[None]:
    """What happens inside happens at `moment`; the jobs that it enqueues run before it ends, in their order. No reply is held.

    The clock is stopped where Django reads it: replacing `timezone.now` would miss the fields that have it as their default.
    """
    jobs: list[Callable[[], object]] = []

    def keep(task: Task[..., Any], *args: Any, **kwargs: Any) -> None:
        jobs.append(partial(task.func, *args, **kwargs))

    clock = patch("django.utils.timezone.datetime", _stopped_at(moment))
    with clock, patch.object(Task, "enqueue", keep), patch.object(settings, "UNDO_SEND_SECONDS", 0):
        yield
        for job in jobs:  # a job may append another
            job()


def _stopped_at(moment: datetime) -> type[datetime]:
    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return moment.astimezone(tz)

    return Stopped
