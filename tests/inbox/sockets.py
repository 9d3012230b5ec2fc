"""Open pages in tests: a signed-in agent's websocket, through the real stack of the server."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from agents.models import Agent
from helpdesk.asgi import application

PATIENCE = 10  # seconds until a test that hangs fails


@database_sync_to_async
def sign_in(agent: Agent) -> str:
    """The key of a new session of theirs."""
    session = SessionStore()
    session[SESSION_KEY] = str(agent.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = agent.get_session_auth_hash()
    session.create()
    return str(session.session_key)


@database_sync_to_async
def sign_out(session_key: str) -> None:
    SessionStore(session_key).flush()


class Page(ApplicationCommunicator):
    """One websocket. (Channels' own communicator is only importable with Daphne installed.)"""

    def __init__(self, session_key: str = "", *, origin: str = "http://localhost", query: str = "") -> None:
        headers = [(b"host", b"localhost"), (b"origin", origin.encode())]
        if session_key:
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={session_key}".encode()))
        address = {"path": "/ws/inbox/", "query_string": query.encode()}
        super().__init__(application, {"type": "websocket", **address, "headers": headers, "subprotocols": []})

    async def answer(self) -> dict[str, Any]:
        """What the server says to the handshake: websocket.accept, or websocket.close with a code."""
        await self.send_input({"type": "websocket.connect"})
        return dict(await self.receive_output(PATIENCE))

    async def frame(self) -> dict[str, Any]:
        return dict(json.loads((await self.receive_output(PATIENCE))["text"]))

    async def say(self, text: str) -> None:
        await self.send_input({"type": "websocket.receive", "text": text})

    async def until_closed(self) -> tuple[list[dict[str, Any]], int]:
        """The frames that arrive before the end, and the code that the server closes with."""
        frames = []
        while (message := await self.receive_output(PATIENCE))["type"] == "websocket.send":
            frames.append(json.loads(message["text"]))
        return frames, message["code"]

    async def leave(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(PATIENCE)


@asynccontextmanager
async def open_page(session_key: str, query: str = "") -> AsyncIterator[Page]:
    """A page that is connected and has been greeted."""
    page = Page(session_key, query=query)
    assert (await page.answer())["type"] == "websocket.accept"
    assert (await page.frame())["kind"] == "hello"
    try:
        yield page
    finally:
        await page.leave()
