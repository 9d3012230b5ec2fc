"""How soon people see what is committed: at a thousand open sockets, and on a screen (V12, R14; PostgreSQL and Redis)."""

from __future__ import annotations

import asyncio
import os
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import connection
from playwright.sync_api import Page

from tests import servers
from tests.benchmarks.assigning import Commit
from tests.benchmarks.conftest import Report
from tests.benchmarks.open_pages import PATIENCE, OpenPage, open_pages, subscribed
from tests.desk import Desk, database_of_its_own, running
from tests.e2e.browsing import PASSWORD, sign_in

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="measures PostgreSQL and Redis"),
]
FEW, MANY = 10, int(os.environ.get("BENCHMARK_SOCKETS", "1000"))
TIMES, EVERY = 100, 0.5  # assignments, and about so many seconds between two
FRAME = b"x" * 4_000  # as large as one of a ticket
SEEN = """() => {
  window.seen = {};
  const painted = (row) => requestAnimationFrame(() => setTimeout(() => (window.seen[row.id.slice(7)] = Date.now() / 1000)));
  new MutationObserver((changes) => changes.forEach(({ addedNodes }) => [...addedNodes].filter((node) => node.id).forEach(painted)))
    .observe(document.getElementById("rows"), { childList: true });
}"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with database_of_its_own() as environment, running(tmp_path, **environment) as desk:
        ask(desk, f"begin({2 * TIMES})")
        yield desk


@pytest.fixture
def port(desk: Desk) -> Iterator[int]:
    """Of the process for websockets, started as in compose.yaml. Each socket is an open file, of which some systems allow few at first."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    command = [Path(sys.executable).with_name("granian"), "--interface", "asgi", "--host", "127.0.0.1", "--port", str(desk.port), "helpdesk.asgi:application"]
    with servers.running(command, answers=lambda: servers.is_listening(desk.port), cwd=servers.ROOT, env=desk.environment):
        yield desk.port


def ask(desk: Desk, call: str) -> Any:
    return desk.run_python(f"import json; from tests.benchmarks import assigning; print(json.dumps(assigning.{call}))")


async def test_thousand_open_sockets(report: Report, desk: Desk, port: int) -> None:
    """From the commit of an assignment, made in another process, to the whole frame at the sockets. Each socket is another agent's."""
    sessions = await asyncio.to_thread(ask, desk, f"sessions_of({MANY})")
    async with open_pages(port, sessions[:FEW]) as few:
        beside = await told(desk, few)
        async with open_pages(port, sessions[FEW:]) as more:
            told_to_many = await told(desk, few | more)
    bare = await told_by_redis_alone(MANY)

    for who, at_few, at_many, aim in zip(("the assignee's socket", "each socket"), beside, told_to_many, ("≤ 50 ms", ""), strict=True):
        what = f"commit → frame at {who}, {MANY:,} open: p50 and p95"
        shown = f"{statistics.median(at_many):.0f} and {p95(at_many):.0f} ms"
        report(what, shown, beside=f"{FEW} open: p95 {p95(at_few):.0f} ms", ratio=f"{p95(at_many) / p95(at_few):.1f}", aim=aim)
    what = f"bare Redis, a message to {MANY:,} subscribers: p95"
    report(what, f"{p95(bare):.0f} ms", beside="each socket, above", ratio=f"{p95(told_to_many[1]) / p95(bare):.1f}")


async def told(desk: Desk, pages: dict[int, OpenPage]) -> tuple[list[float], list[float]]:
    """Milliseconds until the assignee's page was told, and until each page was."""
    commits: list[Commit] = await asyncio.to_thread(ask, desk, f"assign({list(pages)}, {TIMES}, {EVERY})")
    tickets = {ticket for ticket, _agent, _at in commits}
    for _second in range(PATIENCE):
        if are_all_told := all(tickets <= page.came.keys() for page in pages.values()):
            break
        await asyncio.sleep(1)
    assert are_all_told
    own = [(pages[agent].came[ticket] - at) * 1e3 for ticket, agent, at in commits]
    return own, [(page.came[ticket] - at) * 1e3 for page in pages.values() for ticket, _agent, at in commits]


async def told_by_redis_alone(subscribers: int) -> list[float]:
    """Milliseconds until each was told."""
    server, sent = redis.Redis.from_url(os.environ["REDIS_URL"]), []
    async with subscribed(os.environ["REDIS_URL"], subscribers) as listening:
        for _ in range(TIMES // 4):
            await asyncio.sleep(EVERY)
            sent.append(time.time())
            await asyncio.to_thread(server.publish, "bare", FRAME)
        await asyncio.sleep(2)
    server.close()
    return [(came - at) * 1e3 for one in listening for came, at in zip(one.came, sent, strict=True)]


def p95(spent: list[float]) -> float:
    return statistics.quantiles(spent, n=20)[-1]


def test_seen_on_screen(report: Report, desk: Desk, page: Page) -> None:
    """From the commit of an assignment to the painted row in the assignee's own inbox."""
    agent = ask(desk, f"reader({PASSWORD!r})")
    desk.start("serve")
    sign_in(page, f"{desk.address}/inbox/mine/", "reader@desk.example")
    page.locator("#rows").wait_for(state="attached")
    page.evaluate(SEEN)

    first, *commits = ask(desk, f"assign([{agent}], 31, 1)")

    page.wait_for_function("([count]) => Object.keys(window.seen).length >= count", arg=[1 + len(commits)])
    seen = page.evaluate("window.seen")
    spent = [(seen[str(ticket)] - at) * 1e3 for ticket, _agent, at in commits]
    cold = f"the first of a process: {(seen[str(first[0])] - first[2]) * 1e3:.0f} ms"
    report("commit → row painted in an open page: p50 and p95", f"{statistics.median(spent):.0f} and {p95(spent):.0f} ms", beside=cold, aim="≤ 250 ms")
