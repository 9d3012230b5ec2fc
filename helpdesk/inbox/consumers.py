"""The socket of an open inbox page: frames out, signs of life in (V12, C18).

It carries no state. A page that was disconnected reads everything again through ordinary requests.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from time import monotonic
from typing import Any
from urllib.parse import parse_qs

from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings

from agents.availability import note_sign_of_life
from agents.languages import in_language
from agents.streams import DESK, agent_stream, as_carried
from agents.toasts import toast_frame, waiting_toasts
from helpdesk.inbox.lists.navigation import latest_change
from helpdesk.inbox.sessions import agent_of
from helpdesk.inbox.ticket import replying

log = logging.getLogger(__name__)

CHECK_EVERY = 4.0  # seconds, at most; V12 allows five
LARGEST = 64 * 1024  # bytes of one incoming message
BUSIEST = 20  # incoming messages in one second

SIGNED_OUT, NOT_ALLOWED, NO_SIGN_OF_LIFE, TOO_MANY = 4401, 4403, 4408, 4429
TOO_LARGE, WATCH_FAILED = 1009, 1011

Message = dict[str, Any]


class InboxConsumer(AsyncJsonWebsocketConsumer):
    """Out: {"kind": "hello" | "ticket" | "toast" | "toasts_gone" | "availability" | "typing" | "ping", …}.

    In: {"typing": ticket}, which is passed on; or anything at all, which only says that the page is there.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.joined: tuple[str, ...] = ()
        self.typed_at = 0.0
        self.language = _language_of(scope)
        self.watching: asyncio.Task[None] | None = None
        await super().__call__(scope, lambda: self._receive_or_end(receive, send), send)

    async def dispatch(self, message: Message) -> None:
        """Without Channels' visit to the one thread of the database before each message: among a thousand pages a frame would wait for a thousand.

        Whatever asks the database does so in `database_sync_to_async`, which closes old connections itself.
        """
        await getattr(self, get_handler_name(message))(message)

    async def _receive_or_end(self, receive: Any, send: Any) -> Any:
        """The server keeps a close waiting for as long as somebody waits to receive: so we stop receiving, then close."""
        incoming: asyncio.Future[Message] = asyncio.ensure_future(receive())
        either: set[asyncio.Future[Any]] = {incoming, self.ended}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if incoming.done():
                return incoming.result()
        finally:
            incoming.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await incoming
        await send({"type": "websocket.close", "code": self.ended.result()})
        return {"type": "websocket.disconnect", "code": self.ended.result()}

    def end(self, code: int) -> None:
        """From here on nothing is sent but the close."""
        if not self.ended.done():
            self.ended.set_result(code)

    async def connect(self) -> None:
        """Whoever is not signed in is closed with 4401, who answers no tickets with 4403; neither is sent a frame.

        Accepted first, because browsers hide the code of a refused handshake and the page would try for ever.
        """
        await self.accept()
        if not await self._is_allowed():
            return
        self.heard, self.second, self.received = True, 0, 0
        self.joined = (DESK, agent_stream(self.agent.pk))
        for stream in self.joined:
            await self.channel_layer.group_add(stream, self.channel_name)
        await self._note_sign_of_life()
        await self.send_json({"kind": "hello", "latest": await database_sync_to_async(latest_change)()})
        for toast in await database_sync_to_async(lambda: list(waiting_toasts(self.agent)))():
            await self.send_json(in_language(toast_frame(toast), self.language))
        self.watching = asyncio.create_task(self._watch())

    async def disconnect(self, code: int) -> None:
        for stream in self.joined:
            await self.channel_layer.group_discard(stream, self.channel_name)
        if self.watching is not None:
            self.watching.cancel()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **_kwargs: Any) -> None:
        self.heard = True
        if len(bytes_data or (text_data or "").encode()) > LARGEST:
            self.end(TOO_LARGE)
        elif self._is_flood():
            self.end(TOO_MANY)
        elif text_data and len(text_data) <= replying.LARGEST and monotonic() - self.typed_at >= replying.SILENCE:
            await self._pass_on(text_data)

    async def _pass_on(self, text: str) -> None:
        """Before the greeting there is no agent, and after the end nobody to speak for."""
        if self.ended.done() or not self.joined:
            return
        self.typed_at = monotonic()
        if frame := await database_sync_to_async(replying.typing_frame)(text, self.agent):
            await self.channel_layer.group_send(DESK, as_carried(frame))

    def _is_flood(self) -> bool:
        second = int(monotonic())
        self.received = self.received + 1 if second == self.second else 1
        self.second = second
        return self.received > BUSIEST

    async def frame(self, message: Message) -> None:
        """What a stream carries. "signed_out" is for us: our own session may be the one that ended."""
        is_sign_out = message["kind"] == "signed_out"
        is_due = is_sign_out or monotonic() - self.checked_at >= CHECK_EVERY
        if self.ended.done() or (is_due and not await self._is_allowed()):
            return
        if not is_sign_out:
            await self.send(text_data=message["said"][self.language])

    async def _is_allowed(self) -> bool:
        """Reads session, agent and role again; ends the connection if they no longer allow it."""
        agent = await agent_of(self.scope["session"].session_key or "")
        self.checked_at = monotonic()
        if agent is None:
            self.end(SIGNED_OUT)
            return False
        if not agent.can_answer:
            self.end(NOT_ALLOWED)
            return False
        self.agent = agent
        return True

    async def _watch(self) -> None:
        """Whatever stops the watch ends the connection: nobody stays connected unwatched."""
        last_beat = monotonic()
        try:
            while not self.ended.done() and await self._is_allowed():
                if monotonic() - last_beat >= settings.PRESENCE_HEARTBEAT:
                    last_beat = monotonic()
                    await self._beat()
                await asyncio.sleep(min(CHECK_EVERY / 2, settings.PRESENCE_HEARTBEAT))  # in time, so that no frame has to look itself
        except Exception:
            log.exception("The watch over a socket failed")
            self.end(WATCH_FAILED)

    async def _beat(self) -> None:
        """A sleeping laptop keeps its connection: only a page that has answered the last ping is alive."""
        if not self.heard:
            return self.end(NO_SIGN_OF_LIFE)
        self.heard = False
        await self._note_sign_of_life()
        await self.send_json({"kind": "ping"})
        return None

    @database_sync_to_async
    def _note_sign_of_life(self) -> None:
        note_sign_of_life(self.agent, session_key=self.scope["session"].session_key or "")


def _language_of(scope: Message) -> str:
    """In which the page was made; it says so in the address. One that we do not speak is our own."""
    said = parse_qs(scope["query_string"].decode("latin-1")).get("language", [""])[0]
    return said if said in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
