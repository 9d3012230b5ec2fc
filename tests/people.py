"""People at the desk: several who act at the same moment, and those whose pages listen."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from threading import Barrier
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection, connections

PATIENCE = 30  # seconds until a test that hangs fails
END = {"type": "end"}


def at_once[T](*works: Callable[[], T]) -> list[T]:
    """What each of them returns, in order. Each has a thread and a database connection of its own.

    Needs `@pytest.mark.django_db(transaction=True)`: what is not committed, another connection does not see.
    """
    ready = Barrier(len(works))

    def run(work: Callable[[], T]) -> T:
        try:
            ready.wait(PATIENCE)
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as threads:
        return [running.result(PATIENCE) for running in [threads.submit(run, work) for work in works]]


class Listener:
    """An open page: what a stream has carried since it was opened."""

    def __init__(self, stream: str) -> None:
        self.layer = get_channel_layer()
        self.channel = async_to_sync(self.layer.new_channel)()
        async_to_sync(self.layer.group_add)(stream, self.channel)

    def heard(self) -> list[dict[str, Any]]:
        """The frames since the last call, in order, as somebody gets them who reads English."""
        async_to_sync(self.layer.send)(self.channel, END)
        return [json.loads(message["said"]["en"]) for message in iter(lambda: async_to_sync(self.layer.receive)(self.channel), END)]


@pytest.fixture
def listen(settings: Any) -> type[Listener]:
    """`listen(stream)` opens a page. In memory, since Redis would tie it to one event loop."""
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    return Listener


Commits = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def commits(django_capture_on_commit_callbacks: Any) -> Commits:
    """`with commits():` ends as a transaction does that commits: what waited for it is done. What came before the block is not."""

    @contextmanager
    def block() -> Iterator[None]:
        connection.run_on_commit.clear()  # the test's own transaction never commits, and would count as one with this
        with django_capture_on_commit_callbacks(execute=True):
            yield

    return block
