"""Sending: at least once, by one worker at a time, tried again with growing pauses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django_ox.models import OxTask
from django_ox.testing import run_tasks

from helpdesk.outbox import senders
from helpdesk.outbox.deliveries import ATTEMPTS, LEASE, deliver, enqueue_delivery, sweep_deliveries, try_again
from helpdesk.outbox.models import Delivery
from helpdesk.outbox.senders import CannotSend, NoSender, register, sender_for
from tests.people import at_once

pytestmark = pytest.mark.django_db


class Pigeon:
    """A sender that notes what it was given, and does what it is told to."""

    def __init__(self) -> None:
        self.carried: list[str] = []
        self.before: Callable[[Delivery], object] = lambda _delivery: None

    def __call__(self, delivery: Delivery) -> None:
        self.before(delivery)
        self.carried.append(delivery.key)


@pytest.fixture
def pigeon(monkeypatch: pytest.MonkeyPatch) -> Pigeon:
    monkeypatch.setattr(senders, "_senders", {})
    register("pigeon", bird := Pigeon())
    return bird


def failing(message: str = "No wind.") -> Callable[[Delivery], object]:
    def fail(_delivery: Delivery) -> None:
        raise ConnectionError(message)

    return fail


def enqueue(key: str = "one") -> Delivery:
    return enqueue_delivery("pigeon", key, {"to": "Ada"})


def state(delivery: Delivery) -> tuple[str, int, str]:
    delivery.refresh_from_db()
    return delivery.status, delivery.attempts, delivery.error


def test_delivery_is_sent_once(pigeon: Pigeon) -> None:
    delivery, before = enqueue(), timezone.now()

    run_tasks()
    deliver.func(delivery.pk)
    sweep_deliveries.func()

    assert (pigeon.carried, state(delivery)) == (["one"], ("sent", 1, ""))
    assert delivery.sent_at is not None
    assert before <= delivery.sent_at <= timezone.now()


def test_same_key_is_one_delivery(pigeon: Pigeon) -> None:
    first = enqueue("one")

    second = enqueue_delivery("pigeon", "one", {"to": "Eve"})

    assert (second, second.payload, Delivery.objects.count(), OxTask.objects.count()) == (first, {"to": "Ada"}, 1, 1)


def test_delivery_of_a_rolled_back_transaction_is_not_sent(pigeon: Pigeon) -> None:
    with transaction.atomic():
        enqueue()
        transaction.set_rollback(True)

    run_tasks()

    assert (pigeon.carried, Delivery.objects.count()) == ([], 0)


def test_sender_gets_what_was_enqueued(pigeon: Pigeon) -> None:
    seen: list[tuple[str, str, dict[str, Any]]] = []
    pigeon.before = lambda delivery: seen.append((delivery.kind, delivery.key, delivery.payload))
    enqueue()

    run_tasks()

    assert seen == [("pigeon", "one", {"to": "Ada"})]


def pauses(delivery: Delivery) -> list[timedelta]:
    """Fails as often as it may, each time as soon as it is due; the pauses in between."""
    found = []
    for _ in range(ATTEMPTS):
        with time_machine.travel(delivery.next_attempt_at, tick=False):
            deliver.func(delivery.pk)
        before = delivery.next_attempt_at
        delivery.refresh_from_db()
        found.append(delivery.next_attempt_at - before)
    return found


def test_failed_attempts_come_at_growing_pauses_and_end(pigeon: Pigeon) -> None:
    """30 s, 2, 8 and 32 min, 2 h 8 min: an outage of a provider's lunch, and of its night."""
    pigeon.before = failing()
    delivery = enqueue()

    waited = pauses(delivery)

    assert waited[:-1] == [timedelta(seconds=seconds) for seconds in (30, 120, 480, 1920, 7680)]
    assert state(delivery) == ("failed", 6, "No wind.")


@pytest.mark.parametrize(("message", "shown"), [("No wind.", "No wind."), ("", "ConnectionError")])
def test_failed_attempt_says_why(pigeon: Pigeon, message: str, shown: str) -> None:
    pigeon.before = failing(message)
    delivery = enqueue()

    run_tasks()

    assert state(delivery) == ("pending", 1, shown)


def test_delivery_is_not_tried_before_it_is_due(pigeon: Pigeon) -> None:
    pigeon.before = failing()
    delivery = enqueue()
    run_tasks()

    swept = sweep_deliveries.func()
    deliver.func(delivery.pk)

    assert (swept, state(delivery)[1]) == (0, 1)


def test_sweep_sends_what_is_due(pigeon: Pigeon) -> None:
    """The retries, and what a queue lost."""
    pigeon.before = failing()
    failed = enqueue("failed")
    run_tasks()
    lost = enqueue("lost")
    OxTask.objects.all().delete()
    pigeon.before = lambda _delivery: None

    with time_machine.travel(timezone.now() + timedelta(seconds=31), tick=False):
        swept = sweep_deliveries.func()

    assert (swept, pigeon.carried) == (2, ["lost", "failed"])
    assert [state(failed), state(lost)] == [("sent", 2, ""), ("sent", 1, "")]


def test_sweep_goes_on_after_trouble_with_the_database(pigeon: Pigeon, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = enqueue("first"), enqueue("second")
    claim = Delivery.objects.get

    def fail_for_the_first(pk: int) -> Delivery:
        if pk == first.pk:
            raise OperationalError("The connection was lost.")
        return claim(pk=pk)

    monkeypatch.setattr(Delivery.objects, "get", fail_for_the_first)
    swept = sweep_deliveries.func()

    assert (swept, pigeon.carried) == (2, ["second"])
    assert [state(first)[0], state(second)[0]] == ["pending", "sent"]


def test_delivery_whose_worker_died_is_sent_after_the_lease(pigeon: Pigeon) -> None:
    """At least once. Until then it is being sent."""
    delivery = enqueue()
    pigeon.before = die
    with pytest.raises(KeyboardInterrupt):
        deliver.func(delivery.pk)
    pigeon.before = lambda _delivery: None

    during = sweep_deliveries.func()
    with time_machine.travel(timezone.now() + LEASE, tick=False):
        after = sweep_deliveries.func()

    assert (during, after, pigeon.carried, state(delivery)) == (0, 1, ["one"], ("sent", 2, ""))


def die(_delivery: Delivery) -> None:
    raise KeyboardInterrupt


def test_slow_failure_does_not_undo_what_another_worker_sent(pigeon: Pigeon) -> None:
    """Its lease ran out; it must not offer "try again" on what has arrived."""
    delivery = enqueue()
    Delivery.objects.update(attempts=ATTEMPTS - 1)

    def be_overtaken(_delivery: Delivery) -> None:
        Delivery.objects.update(status="sent")
        raise ConnectionError("Too late.")

    pigeon.before = be_overtaken
    deliver.func(delivery.pk)

    assert state(delivery) == ("sent", 6, "")


def test_without_a_sender_it_fails_at_once_and_says_so(pigeon: Pigeon) -> None:
    delivery = enqueue_delivery("telex", "one", {})

    run_tasks()

    assert state(delivery) == ("failed", 1, "Nothing is set up to send by telex.")


def test_what_can_never_be_sent_fails_at_once_and_says_so(pigeon: Pigeon) -> None:
    def refuse(_delivery: Delivery) -> None:
        raise CannotSend("Ada has no roof.")

    pigeon.before = refuse
    delivery = enqueue()

    run_tasks()

    assert state(delivery) == ("failed", 1, "Ada has no roof.")


def test_sender_is_found_by_its_kind(pigeon: Pigeon) -> None:
    assert sender_for("pigeon") is pigeon
    with pytest.raises(NoSender, match="Nothing is set up to send by telex"):
        sender_for("telex")


def test_try_again_starts_anew(pigeon: Pigeon) -> None:
    pigeon.before = failing()
    delivery = enqueue()
    pauses(delivery)
    pigeon.before = lambda _delivery: None

    try_again(delivery)
    run_tasks()

    assert (pigeon.carried, state(delivery)) == (["one"], ("sent", 1, ""))


@pytest.mark.parametrize("status", ["pending", "sent"])
def test_try_again_is_for_what_has_failed(pigeon: Pigeon, status: str) -> None:
    """Pressed twice, or on what has arrived, it sends nothing more."""
    delivery = enqueue()
    due: datetime = timezone.now() + timedelta(hours=1)
    Delivery.objects.update(status=status, attempts=3, next_attempt_at=due)
    OxTask.objects.all().delete()

    try_again(delivery)

    assert state(delivery)[:2] == (status, 3)
    assert (delivery.next_attempt_at, OxTask.objects.count()) == (due, 0)


@pytest.mark.django_db(transaction=True)
def test_delivery_is_sent_by_one_of_four_workers(pigeon: Pigeon) -> None:
    for number in range(3):
        delivery = enqueue(str(number))

        at_once(*[lambda delivery=delivery: deliver.func(delivery.pk)] * 4)

        assert state(delivery) == ("sent", 1, "")
    assert pigeon.carried == ["0", "1", "2"]


@pytest.mark.django_db(transaction=True)
def test_sender_runs_outside_any_transaction(pigeon: Pigeon) -> None:
    """A slow provider holds no lock, and the claim is committed before it is called."""
    seen: list[tuple[bool, int]] = []
    pigeon.before = lambda _delivery: seen.append((connection.in_atomic_block, at_once(lambda: Delivery.objects.get().attempts)[0]))
    delivery = enqueue()

    deliver.func(delivery.pk)

    assert seen == [(False, 1)]
