"""Round robin by real worker processes (A15, B5, B12, I7): 16 clients at once, four workers, and people who come and go."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.desk import Desk, database_of_its_own, running

MESSAGES, CLIENTS = int(os.environ.get("LOAD_MESSAGES", "2000")), 16
WORKERS = [f"work-{number}" for number in range(4)]

pytestmark = pytest.mark.load


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """On the kind of database that this run is about. Nobody has a page open, and nobody is away for that."""
    with database_of_its_own() as environment, running(tmp_path, **environment, PRESENCE_TTL="1000000") as desk:
        yield desk


def ask(desk: Desk, call: str) -> Any:
    return desk.run_python(f"import json; from tests.load import shift; print(json.dumps(shift.{call}))")


def work_off(desk: Desk, *beside: str) -> list[Any]:
    """What the calls `beside` say that go on meanwhile."""
    for worker in WORKERS:
        desk.start(worker)
    with ThreadPoolExecutor(len(beside) + 1) as processes:
        others = [processes.submit(ask, desk, call) for call in beside]
        processes.submit(ask, desk, f"take_in({MESSAGES}, {CLIENTS})").result()
        ask(desk, f"wait({MESSAGES})")
        return [other.result() for other in others]


def each_once(found: dict[str, list[int]]) -> bool:
    return all(len(found[what]) == MESSAGES and set(Counter(found[what]).values()) == {1} for what in ("decided", "assigned"))


def test_equals_get_equally_many(desk: Desk) -> None:
    """Nobody comes or goes."""
    agents = ask(desk, "begin(7)")

    work_off(desk)

    found = ask(desk, "found()")
    shares = Counter(found["owners"])
    assert each_once(found)
    assert set(shares) == set(agents)
    assert max(shares.values()) - min(shares.values()) <= 1


def test_nobody_offline_receives(desk: Desk) -> None:
    """Three of seven toggle all the time: from the commit of Offline on they get nothing, and the four who stay are equals."""
    *staying, one, other, third = ask(desk, "begin(7)")

    received_while_offline = work_off(desk, *(f"toggle({agent}, {MESSAGES})" for agent in (one, other, third)))

    found = ask(desk, "found()")
    shares = Counter(found["owners"])
    assert each_once(found)
    assert [set(received) for received in received_while_offline] == [{0}] * 3
    assert max(shares[agent] for agent in staying) - min(shares[agent] for agent in staying) <= 1
    assert sum(shares.values()) == MESSAGES
    assert None not in shares
