"""Sending: at least once, outside any transaction, tried again with growing pauses."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.tasks import task
from django.utils import timezone

from helpdesk.outbox.models import Delivery
from helpdesk.outbox.senders import CannotSend, sender_for

log = logging.getLogger(__name__)
ATTEMPTS = 6
LEASE = timedelta(minutes=2)


def enqueue_delivery(kind: str, key: str, payload: dict[str, Any]) -> Delivery:
    """In the caller's transaction. The same key is one row, which is sent at least once."""
    delivery, created = Delivery.objects.get_or_create(key=key, defaults={"kind": kind, "payload": payload})
    if created:
        deliver.enqueue(delivery.pk)
    return delivery


def try_again(delivery: Delivery) -> None:
    """A person asks for another attempt after the last one failed."""
    failed = Delivery.objects.filter(pk=delivery.pk, status=Delivery.Status.FAILED)
    if failed.update(status=Delivery.Status.PENDING, attempts=0, next_attempt_at=timezone.now()):
        deliver.enqueue(delivery.pk)


@task
def deliver(delivery_id: int) -> None:
    """Claims the delivery by a conditional UPDATE, so that two workers never send it at the same time."""
    now = timezone.now()
    due = Delivery.objects.filter(pk=delivery_id, status=Delivery.Status.PENDING, next_attempt_at__lte=now)
    if not due.update(next_attempt_at=now + LEASE, attempts=F("attempts") + 1):
        return
    delivery = Delivery.objects.get(pk=delivery_id)
    try:
        sender_for(delivery.kind)(delivery)
    except CannotSend as error:
        _give_up(delivery, str(error))
    except Exception as error:  # whatever a provider or the network does is a failed attempt, kept with its reason
        log.warning("Delivery %s failed", delivery.key, exc_info=True)
        _failed(delivery, str(error) or type(error).__name__)
    else:
        Delivery.objects.filter(pk=delivery.pk).update(status=Delivery.Status.SENT, sent_at=timezone.now(), error="")


def _failed(delivery: Delivery, error: str) -> None:
    if delivery.attempts >= ATTEMPTS:
        _give_up(delivery, error)
        return
    pause = timedelta(seconds=30 * 4 ** (delivery.attempts - 1))
    _unsent(delivery).update(error=error, next_attempt_at=timezone.now() + pause)


def _give_up(delivery: Delivery, error: str) -> None:
    _unsent(delivery).update(status=Delivery.Status.FAILED, error=error)


def _unsent(delivery: Delivery) -> QuerySet[Delivery]:
    """Somebody whose lease ran out may fail after another worker has sent it."""
    return Delivery.objects.filter(pk=delivery.pk, status=Delivery.Status.PENDING)


@task
def sweep_deliveries() -> int:
    """Finds what is due and not being sent: what a queue lost, and the retries. Returns how many."""
    pending = Delivery.objects.filter(status=Delivery.Status.PENDING, next_attempt_at__lte=timezone.now()).order_by("next_attempt_at")
    for delivery_id in (due := list(pending.values_list("pk", flat=True)[:500])):
        try:
            deliver.func(delivery_id)
        except Exception:  # one that fails must not keep the others waiting; it stays pending, so a later sweep finds it
            log.exception("Delivery %s was not worked off", delivery_id)
    return len(due)
