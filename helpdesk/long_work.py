"""★ Work that takes longer than a job may: a row that knows how far it has come, worked off piece by piece.

What a piece does and how far the row has come are one transaction. A worker may die anywhere: the lease runs out, the sweep enqueues
the row again, and whoever takes over goes on after the last commit, so nothing is left out and nothing is done twice.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import F
from django.tasks import Task
from django.utils import timezone
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)
SECONDS = 2.0  # of one job, so that messages do not wait for it
LAST_IN_LINE = -10


class Wait(Exception):
    """Not now: somebody else wants a pause."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"in {seconds} s")


class Stumbled(Exception):
    """It did not work this time; after a pause it may. The text is for the user, if it never does."""


class LongRun(models.Model):
    """A row of such work."""

    UNDER_WAY: ClassVar[tuple[str, ...]]
    status: models.CharField[str, str]
    failures: models.PositiveSmallIntegerField[int, int]  # attempts at the next piece that did not work
    next_at: models.DateTimeField[datetime, datetime]  # nobody works on it before; whoever does moves it on

    class Meta:
        abstract = True

    @property
    def is_under_way(self) -> bool:
        return self.status in self.UNDER_WAY


@dataclass(frozen=True)
class LongWork[Run: LongRun]:
    """How the rows of a model are worked off.

    `place`: the column that every piece moves on. `pieces`: each step does one, in a transaction that begins with `moves_on`; at its end
    nothing is left to do. May raise Wait and Stumbled; what else it raises nobody foresaw. `give_up`: ends the row, for a reason in words.
    """

    model: type[Run]
    job: Task[[int], None]
    place: str
    pieces: Callable[[Run], Iterator[None]]
    give_up: Callable[[Run, str], None]
    claimed: Mapping[str, Any] = field(default_factory=dict)  # what the claim writes beside
    lease: timedelta = timedelta(minutes=2)
    attempts: int = 8  # with growing pauses: some twenty minutes

    def go_on(self, number: int) -> None:
        """Some pieces, then the next in line. The claim is a conditional UPDATE: two workers never do the same piece."""
        now = timezone.now()
        if not self._due(now).filter(pk=number).update(next_at=now + self.lease, **self.claimed):
            return
        run = self._all().get(pk=number)
        try:
            goes_on = self._some_pieces(run)
        except Wait as pause:
            self._wait(run, pause.seconds)
        except Stumbled as problem:
            self._stumble(run, str(problem))
        except Exception:  # whatever the data holds that we did not foresee is a failed attempt; nothing of the piece was written
            log.exception("%s %s stumbled", self.model.__name__, number)
            self._stumble(run, _("Something went wrong that nobody foresaw. What was done until then stays; the log says more."))
        else:
            if goes_on:
                self._wait(run, 0)

    def mine(self, run: Run) -> models.QuerySet[Run]:
        """The row, if nobody has ended it and no other worker was faster."""
        return self._all().filter(pk=run.pk, status=run.status, **{self.place: getattr(run, self.place)})

    def moves_on(self, run: Run, **fields: Any) -> bool:
        """False if the row is not `mine`: then nothing of the piece may be written. Held until the end of the transaction."""
        return bool(self.mine(run).update(failures=0, next_at=timezone.now() + self.lease, **fields))

    def sweep(self) -> int:
        """Takes up what a dead worker or a lost job left. Returns how many."""
        due = list(self._due(timezone.now()).order_by("next_at").values_list("pk", flat=True)[:100])
        for number in due:
            self.job.enqueue(number)
        return len(due)

    def _all(self) -> models.QuerySet[Run]:
        return self.model._default_manager.all()

    def _due(self, now: datetime) -> models.QuerySet[Run]:
        return self._all().filter(status__in=self.model.UNDER_WAY, next_at__lte=now)

    def _some_pieces(self, run: Run) -> bool:
        """Whether there may be more to do."""
        until = time.monotonic() + SECONDS
        return any(time.monotonic() > until for _piece in self.pieces(run))

    def _stumble(self, run: Run, problem: str) -> None:
        if not self.mine(run).update(failures=F("failures") + 1):
            return
        run.refresh_from_db(fields=["failures"])
        if run.failures >= self.attempts:
            self.give_up(run, problem)
        else:
            self._wait(run, 5 * 2**run.failures)

    def _wait(self, run: Run, seconds: float) -> None:
        """Somebody else's turn: the worker is not kept."""
        at = timezone.now() + timedelta(seconds=seconds)
        if self.mine(run).update(next_at=at):
            (self.job.using(run_after=at) if seconds else self.job).enqueue(run.pk)
