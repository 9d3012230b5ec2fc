from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import timezone
from django_ox.models import OxTask

from helpdesk.demo.past import living_at
from helpdesk.tickets.models import Inbound, TicketEvent
from routing.models import RoutingDecision
from tests.factories import receive

pytestmark = pytest.mark.django_db
THEN = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)


def test_past_dates_what_happens_in_it() -> None:
    """Fields with `default=timezone.now` included."""
    with living_at(THEN):
        receive()

    assert set(TicketEvent.objects.values_list("at", flat=True)) == {THEN}
    assert Inbound.objects.get().received_at == THEN


def test_past_runs_jobs_before_it_ends() -> None:
    with living_at(THEN):
        receive()

    assert Inbound.objects.get().status == Inbound.Status.DONE
    assert RoutingDecision.objects.get().at == THEN
    assert OxTask.objects.count() == 0


def test_past_ends() -> None:
    with living_at(THEN):
        pass

    assert timezone.now() > THEN
