"""What was pushed is lost by no fault, and done once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from helpdesk.customers.models import Event
from helpdesk.sources import receiving
from helpdesk.sources.models import Received, Source
from helpdesk.sources.receiving import keep, sweep_received, try_again, work_off
from helpdesk.sources.segment_protocol import filing
from helpdesk.sources.segment_protocol.messages import Message
from helpdesk.sources.shopify import orders
from tests.people import at_once
from tests.sources.shops import a_refund, an_order, outcome, push, segment_source, shopify_source, written

pytestmark = pytest.mark.django_db


def kept(source: Source, body: Any, topic: str = "orders/create", *, ago: timedelta = timedelta(minutes=2)) -> Received:
    """What a process had committed when it was killed."""
    row, _is_new = keep(source, external_id="w1", topic=topic, raw=written(body))
    Received.objects.update(received_at=timezone.now() - ago)
    return row


def test_sweep_works_off_what_a_killed_process_left() -> None:
    kept(shopify_source(), an_order())

    assert (sweep_received.func(), Event.objects.count(), outcome()) == (1, 1, ("done", ""))
    assert sweep_received.func() == 0


def test_what_is_being_worked_on_is_left_alone() -> None:
    kept(shopify_source(), an_order(), ago=timedelta(0))

    assert sweep_received.func() == 0


@pytest.mark.django_db(transaction=True)
def test_two_who_work_it_off_at_once_do_it_once() -> None:
    row = kept(shopify_source(), an_order())

    at_once(*[lambda: work_off(Received.objects.select_related("source").get(pk=row.pk))] * 2)

    assert (Event.objects.count(), outcome()) == (1, ("done", ""))


def test_what_is_done_is_not_done_again() -> None:
    row = kept(shopify_source(), an_order())
    Received.objects.update(status="done")

    work_off(row)

    assert Event.objects.count() == 0


def test_what_somebody_else_has_done_is_not_called_failed() -> None:
    source = shopify_source()
    push(source, an_order())
    row = Received.objects.get()

    receiving._end(row, Received.Status.FAILED, "Too late.")

    assert outcome() == ("done", "")


def test_refund_waits_for_its_order() -> None:
    source = shopify_source()
    push(source, a_refund(), "refunds/create")
    assert outcome() == ("pending", "")

    push(source, an_order())
    Received.objects.update(received_at=timezone.now() - timedelta(minutes=2))
    sweep_received.func()

    assert sorted(Event.objects.values_list("metric", flat=True)) == ["Placed Order", "Refunded Order"]


def test_refund_of_an_order_that_never_comes_is_given_up() -> None:
    kept(shopify_source(), a_refund(), "refunds/create", ago=timedelta(hours=2))

    sweep_received.func()

    assert outcome() == ("ignored", "The order 450 that this refund belongs to is not known here.")


def test_busy_database_is_no_fault_of_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    row = kept(shopify_source(), an_order())

    def is_busy(*_args: object, **_more: object) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(orders, "track", is_busy)
        work_off(row)

    assert outcome() == ("pending", "")
    work_off(row)
    assert outcome() == ("done", "")


def test_fault_of_ours_keeps_the_content_for_another_try(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    source = shopify_source()

    def fails(*_args: object, **_more: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(orders, "track", fails)
        answer = push(source, an_order())

    row = Received.objects.get()
    assert (answer.status_code, row.status, row.reason) == (200, "failed", "Something went wrong here, not there. The log has the details.")
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ZeroDivisionError]
    assert (try_again(row), Event.objects.count()) == ("", 1)


def test_fault_of_ours_in_one_message_harms_no_other(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    source, _key = segment_source()
    good = filing.track_many

    def fails(rows: Any) -> Any:
        assert all(row.metric != "Bad" for row in rows)
        return good(rows)

    monkeypatch.setattr(filing, "track_many", fails)
    receiving.collect(source, [Message("track", {"userId": "u1", "event": event}) for event in ("First", "Bad", "Last")], at=timezone.now())

    assert sorted(Event.objects.values_list("metric", flat=True)) == ["First", "Last"]
    assert outcome() == ("failed", "Something went wrong here, not there. The log has the details.")
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [AssertionError]


def test_database_that_keeps_nothing_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """No 2xx before the commit."""

    def is_away(*_args: object, **_more: object) -> None:
        raise OperationalError

    monkeypatch.setattr("helpdesk.sources.shopify.views.keep", is_away)

    assert push(shopify_source(), an_order()).status_code == 503


def test_number_of_kept_refusals_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of a browser is public."""
    monkeypatch.setattr(receiving, "MOST_REFUSED", 3)
    source = Source.objects.create(kind="segment", name="Website")
    told = [Message("track", {"messageId": str(number)}) for number in range(5)]

    for message in told:
        receiving.collect(source, [message], at=timezone.now())
    receiving.collect(source, told, at=timezone.now())

    source.refresh_from_db()
    assert (Received.objects.count(), source.refused) == (3, 10)
