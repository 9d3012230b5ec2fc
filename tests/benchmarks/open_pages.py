"""Very many open pages in one process, at the least cost for each: sockets that answer pings and note what came when."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

AT_ONCE = 20
PATIENCE = 120  # seconds until a socket that is not told fails the run
TEXT = 1
PONG = bytes([0x80 | TEXT, 0x80 | 2, 0, 0, 0, 0]) + b"{}"  # a client's frames are masked, with zeros as well
FACTS = re.compile(rb'{"kind": "(?P<kind>\w+)"(?:, "ticket": (?P<ticket>\d+))?')  # more is not read: the row is of no interest here
HANDSHAKE = (
    "GET /ws/inbox/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nCookie: sessionid={session}\r\n"
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
)


class Line(asyncio.Protocol):
    greeting: bytes

    def connection_made(self, transport: Any) -> None:
        self.transport: asyncio.Transport = transport
        transport.write(self.greeting)


class OpenPage(Line):
    """`came`: {ticket: when its frame was here in full}, in seconds of `time.time`."""

    def __init__(self, session: str, port: int) -> None:
        self.greeting = HANDSHAKE.format(port=port, session=session, key=base64.b64encode(os.urandom(16)).decode()).encode()
        self.buffer, self.is_upgraded = bytearray(), False
        self.came: dict[int, float] = {}
        self.greeted: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.is_upgraded:
            head, end, rest = self.buffer.partition(b"\r\n\r\n")
            assert not end or b" 101 " in head.splitlines()[0], head
            self.is_upgraded, self.buffer = bool(end), rest if end else self.buffer
        while self.is_upgraded and (frame := self.whole_frame()):
            self.take(*frame)

    def whole_frame(self) -> tuple[int, bytes] | None:
        """Kind and beginning of the next frame, once all of it is here."""
        short = self.buffer[1] if len(self.buffer) > 1 else 0
        start = 2 + {126: 2, 127: 8}.get(short, 0)
        end = start + (int.from_bytes(self.buffer[2:start]) if start > 2 else short)
        if len(self.buffer) < max(start, end):
            return None
        kind, begins = self.buffer[0] & 0xF, bytes(self.buffer[start : min(end, start + 60)])
        del self.buffer[:end]
        return kind, begins

    def take(self, kind: int, begins: bytes) -> None:
        facts = FACTS.match(begins)
        assert kind == TEXT, (kind, begins)
        assert facts, begins
        if facts["kind"] == b"ping":
            self.transport.write(PONG)
        elif facts["kind"] == b"hello":
            self.greeted.set_result(None)
        elif facts["kind"] == b"ticket":
            self.came[int(facts["ticket"])] = time.time()


class Subscriber(Line):
    """What is beside: Redis alone, with nothing between it and the receiver. `came`: when the first byte of each message was here."""

    greeting = b"SUBSCRIBE bare\r\n"

    def __init__(self) -> None:
        self.came: list[float] = []

    def data_received(self, data: bytes) -> None:
        if b"message" in data:
            self.came.append(time.time())


@asynccontextmanager
async def open_pages(port: int, sessions: list[tuple[int, str]]) -> AsyncIterator[dict[int, OpenPage]]:
    """{agent: their page}, all of them greeted."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(session: str) -> OpenPage:
        async with gate:
            page = await connected(OpenPage(session, port), "127.0.0.1", port)
            await asyncio.wait_for(page.greeted, PATIENCE)
            return page

    async with hung_up(await asyncio.gather(*(one(session) for _agent, session in sessions))) as pages:
        yield dict(zip((agent for agent, _session in sessions), pages, strict=True))


@asynccontextmanager
async def subscribed(url: str, count: int) -> AsyncIterator[list[Subscriber]]:
    server = urlsplit(url)
    async with hung_up([await connected(Subscriber(), server.hostname, server.port) for _ in range(count)]) as subscribers:
        yield subscribers


async def connected[P: Line](line: P, host: str | None, port: int | None) -> P:
    await asyncio.get_running_loop().create_connection(lambda: line, host, port)
    return line


@asynccontextmanager
async def hung_up[P: Line](lines: list[P]) -> AsyncIterator[list[P]]:
    """At the end."""
    try:
        yield lines
    finally:
        for line in lines:
            line.transport.abort()
        await asyncio.sleep(0.1)
