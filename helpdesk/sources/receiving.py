"""What was pushed, from the bytes to the customer: kept, committed, worked off; by the sweep if whoever began has died."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.tasks import task
from django.utils import timezone

from helpdesk.customers.profiles import Refusal
from helpdesk.sources.models import Received, Source
from helpdesk.sources.segment_protocol import filing
from helpdesk.sources.segment_protocol.messages import Message
from helpdesk.sources.shopify import topics
from helpdesk.sources.wire import PASSING, UNEXPECTED, NotUsed, NotYet, Problem

log = logging.getLogger(__name__)
OVERDUE, PATIENCE = timedelta(seconds=60), timedelta(hours=1)  # until the sweep takes it; until what it waits for will not come
MOST_REFUSED = 100  # messages that are kept of each source; the key of a browser is public
_APPLY = {Source.Kind.SEGMENT: filing.file_again, Source.Kind.SHOPIFY: topics.apply}


def keep(source: Source, *, external_id: str, topic: str, raw: bytes) -> tuple[Received, bool]:
    """The row of what came in, committed, and whether it is new: the same ID again is a duplicate, which changes nothing."""
    return Received.objects.get_or_create(source=source, external_id=external_id, defaults={"topic": topic, "raw": raw})


def work_off(row: Received) -> None:
    """Does what the row says, once, however many try. Raises nothing: the row tells what became of it."""
    try:
        with transaction.atomic():
            if _is_held(row):
                _APPLY[Source.Kind(row.source.kind)](row)
                _end(row, Received.Status.DONE)
    except NotYet as reason:
        if row.received_at < timezone.now() - PATIENCE:
            _end(row, Received.Status.IGNORED, str(reason))
    except NotUsed as reason:
        _end(row, Received.Status.IGNORED, str(reason))
    except (Problem, Refusal) as problem:
        _end(row, Received.Status.FAILED, str(problem))
    except PASSING:
        log.warning("Received data %s waits for the database", row.pk)
    except Exception:  # a fault of ours must not be retried for ever; a person sees the row, and the log why
        log.exception("Received data %s was not worked off", row.pk)
        _end(row, Received.Status.FAILED, UNEXPECTED)


def _is_held(row: Received) -> bool:
    """Whether there is something to do. Whoever else would do it waits here until the end of the transaction."""
    return bool(Received.objects.filter(pk=row.pk, status=Received.Status.PENDING).update(status=Received.Status.PENDING))


def _end(row: Received, status: Received.Status, reason: str = "", *, was: Received.Status = Received.Status.PENDING) -> None:
    """What needs nobody any more loses its content: no copy of anybody's data is kept for nothing."""
    content = {} if status == Received.Status.FAILED else {"raw": b""}
    told = {"status": status, "reason": reason, "about": row.about, "happened_at": row.happened_at}
    Received.objects.filter(pk=row.pk, status=was).update(**told, **content)


def try_again(row: Received) -> str:
    """ "" or, in words, why it still cannot be worked off."""
    Received.objects.filter(pk=row.pk, status=Received.Status.FAILED).update(status=Received.Status.PENDING)
    work_off(row)
    row.refresh_from_db()
    return row.reason if row.status == Received.Status.FAILED else ""


def put_away(row: Received) -> None:
    """A person has dealt with it."""
    _end(row, Received.Status.DONE, row.reason, was=Received.Status.FAILED)


def collect(source: Source, messages: Sequence[Message], *, at: datetime) -> None:
    """Segment's messages, committed. One that cannot be used harms no other, and is kept for a person to see.

    Raises only what the database raises; whoever sends the batch again, by their messageIds, doubles nothing.
    """
    if refused := filing.file(source, messages, at=at):
        _keep_refused(source, [(messages[place], reason) for place, reason in sorted(refused.items())], at)


@transaction.atomic
def _keep_refused(source: Source, refused: list[tuple[Message, str]], at: datetime) -> None:
    source.note_refusals(len(refused))
    about = {"source": source, "received_at": at, "status": Received.Status.FAILED}
    rows = [Received(external_id=told.fingerprint, topic=told.kind, raw=told.raw, reason=reason, **about) for told, reason in refused[-MOST_REFUSED:]]
    Received.objects.bulk_create(rows, ignore_conflicts=True)
    kept = source.received.filter(status=Received.Status.FAILED).order_by("-pk")
    oldest = list(kept.values_list("pk", flat=True)[MOST_REFUSED - 1 : MOST_REFUSED])
    kept.filter(pk__lt=min(oldest, default=0)).delete()


@task
def sweep_received() -> int:
    """Works off what nobody has: whoever began it died, or it waits for something that had not arrived. Returns how many."""
    overdue = Received.objects.filter(status=Received.Status.PENDING, received_at__lt=timezone.now() - OVERDUE).order_by("received_at")
    ids = list(overdue.values_list("pk", flat=True))
    for pk in ids:
        work_off(Received.objects.select_related("source").get(pk=pk))
    return len(ids)
