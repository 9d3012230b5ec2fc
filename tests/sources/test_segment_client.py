"""The stock library of the protocol, with nothing changed but the host."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError
from segment.analytics import request as library
from segment.analytics.client import Client

from helpdesk.customers.models import Customer, Event, ExternalId
from helpdesk.sources import receiving
from helpdesk.sources.models import Received, Source
from tests.sources.shops import segment_source

pytestmark = pytest.mark.django_db(transaction=True)
Library = Callable[..., Client]


@pytest.fixture
def sdk(live_server: Any) -> Iterator[Library]:
    """`sdk(key, gzip=True)`: a client of a desk that runs. What it could not send fails the test."""
    clients, problems = [], []

    def make(key: str, **options: Any) -> Client:
        client = Client(key, host=live_server.url, on_error=lambda error, _batch: problems.append(error), upload_interval=0.05, max_retries=2, **options)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.shutdown()
    library._session.close()
    assert [str(problem) for problem in problems] == []


@pytest.mark.parametrize("gzip", [False, True])
def test_library_identifies_and_tracks(sdk: Library, gzip: bool) -> None:
    source, key = segment_source()
    client = sdk(key, gzip=gzip)

    client.identify("u1", {"email": "greta@example.com", "firstName": "Greta", "lastName": "Lund", "plan": "gold"})
    client.track("u1", "Order Completed", {"revenue": 199.9, "products": [{"name": "Lamp"}]}, message_id="m1")
    client.page("u1", "Shop", "Lamps", {"url": "https://lamps.example"})
    client.screen("u1", None, "Cart")
    client.group("u1", "acme", {"name": "Acme"})
    client.alias("a1", "u1")
    client.flush()

    customer = Customer.objects.get()
    assert (customer.external_id, customer.email, customer.name) == ("u1", "greta@example.com", "Greta Lund")
    assert customer.properties == {"plan": "gold", "group_id": "acme", "group_name": "Acme"}
    assert ExternalId.objects.values_list("source", "value").get() == ("segment-anonymous", "a1")
    metrics = [("Placed Order", Decimal("199.90")), ("Viewed Shop Lamps Page", None), ("Viewed Cart Screen", None)]
    assert list(Event.objects.order_by("pk").values_list("metric", "value")) == metrics
    assert (Event.objects.earliest("pk").external_id, Received.objects.count()) == (f"segment:{source.pk}:m1", 0)
    assert Source.objects.get().last_used_at is not None


def test_batch_whose_answer_was_lost_is_sent_again_and_counts_once(sdk: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library repeats it by itself, with the same messageIds."""
    client, answered = sdk(segment_source()[1]), threading.Event()
    committed = receiving.collect

    def collect(*told: Any, **more: Any) -> None:
        committed(*told, **more)
        if not answered.is_set():
            answered.set()
            raise OperationalError

    monkeypatch.setattr("helpdesk.sources.segment_protocol.views.collect", collect)
    for event in ("Product Viewed", "Product Added"):
        client.track("u1", event)
    client.flush()

    assert answered.is_set()
    assert sorted(Event.objects.values_list("metric", flat=True)) == ["Product Added", "Product Viewed"]


def test_what_was_kept_offline_counts_once_however_often_it_comes(sdk: Library) -> None:
    client = sdk(segment_source()[1])

    for _ in range(2):
        client.track("u1", "Product Viewed", message_id="m1")
        client.flush()

    assert Event.objects.count() == 1
