"""Live frames to open pages: one stream for the desk, one for each agent.

Fire and forget, by design: a frame may be lost, so none carries state that a page cannot read again
from the database. A page that has been disconnected re-reads everything.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import logging
import threading
from concurrent.futures import Future, wait
from functools import cache
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.conf import settings

from agents.languages import in_language

log = logging.getLogger(__name__)
DESK = "desk"

PATIENCE = 2.0  # seconds that a process which ends may take for it

_server_loop: asyncio.AbstractEventLoop | None = None
_unsent: set[Future[None]] = set()


def agent_stream(agent_id: int) -> str:
    return f"agent.{agent_id}"


def serve_from(loop: asyncio.AbstractEventLoop | None) -> None:
    """Remembers the loop the sockets live on: the in-memory layer only delivers on that one."""
    global _server_loop  # noqa: PLW0603 -- a process has one server
    _server_loop = loop


def publish(stream: str, frame: dict[str, Any]) -> None:
    """Call after commit. Never fails its caller: what is lost, pages read again."""
    layer = get_channel_layer()
    message = as_carried(frame)
    if _server_loop is None and isinstance(layer, InMemoryChannelLayer):
        async_to_sync(layer.group_send)(stream, message)
    elif layer is not None:
        sent = asyncio.run_coroutine_threadsafe(layer.group_send(stream, message), _server_loop or _publishing_loop())
        _unsent.add(sent)
        sent.add_done_callback(_done)


def as_carried(frame: dict[str, Any]) -> dict[str, Any]:
    """As pages get it, {language: JSON}: written once for a thousand of them."""
    said = {code: json.dumps(in_language(frame, code)) for code, _name in settings.LANGUAGES}
    return {"type": "frame", "kind": frame["kind"], "said": said}


@cache
def _publishing_loop() -> asyncio.AbstractEventLoop:
    """Of a process without sockets: a worker, a WSGI process. One loop, so one connection to Redis.

    A command often ends right after its commit: it waits for what is on its way.
    """
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="live-updates", daemon=True).start()
    atexit.register(lambda: wait(_unsent.copy(), PATIENCE))
    return loop


def _done(sent: Future[None]) -> None:
    _unsent.discard(sent)
    if not sent.cancelled() and (error := sent.exception()):
        log.warning("A live update was not sent: %s", error)
