"""Mail straight from another mail server, by SMTP or LMTP. 250 is said after the commit, never before."""

from __future__ import annotations

import asyncio
import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connections

from helpdesk.transports.email.addresses import inbox_of, is_taken
from helpdesk.transports.email.parse import MAIL_LIMIT
from helpdesk.transports.email.receive import receive_mail

MOST_RECIPIENTS = 50
MOST_CONNECTIONS = 20
IDLE_LIMIT = 300  # seconds from one command to the next, the sending of the mail included (RFC 5321, 4.5.3.2)
LINE_LIMIT = 1_048_576  # bytes; RFC 5321 has 1,000, and a mail is too good to lose over it
STORING_THREADS = 4

KEPT = "250 2.0.0 The mail is kept"
TRY_AGAIN = "451 4.3.0 The mail could not be stored; please try again later"
BUSY = "421 4.3.2 Too many connections; please try again later"

log = logging.getLogger(__name__)


class Listener(Controller):
    """A server on its own thread. `start()` raises OSError when the port is taken; `stop()` waits for the mails that are being stored."""

    handler: Receiver

    def __init__(self, *, host: str = "127.0.0.1", port: int = 8025, is_lmtp: bool = False) -> None:
        super().__init__(Receiver(), hostname=host, port=port, data_size_limit=MAIL_LIMIT, timeout=IDLE_LIMIT, ident="Helpdesk")
        self.protocol = _LmtpServer if is_lmtp else _SmtpServer

    def start(self) -> None:
        try:
            # aiosmtpd takes five seconds to notice that it cannot have the port.
            socket.create_server((self.hostname, self.port), family=socket.AF_INET6 if ":" in self.hostname else socket.AF_INET).close()
            super().start()
        except OSError:
            self.loop.close()
            raise

    def factory(self) -> Any:  # aiosmtpd wants an SMTP object; asyncio takes any protocol
        is_full = len(self.handler.connected) >= MOST_CONNECTIONS
        return _Busy() if is_full else self.protocol(self.handler, **self.SMTP_kwargs)

    def stop(self, no_assert: bool = False) -> None:
        self.handler.storing.shutdown()
        super().stop(no_assert)


class Receiver:
    """What aiosmtpd asks at each step of a conversation; each answer is an SMTP reply."""

    def __init__(self) -> None:
        self.connected: set[SMTP] = set()
        self.storing = ThreadPoolExecutor(STORING_THREADS, thread_name_prefix="mail")

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802 # aiosmtpd's name
        if not is_taken(address):
            return "550 5.1.1 There is no such inbox here"
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients; please send the mail again for the others"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 # aiosmtpd's name
        raw = _as_delivered(envelope)
        inboxes = [inbox_of((), given=address) for address in envelope.rcpt_tos]
        replies = {inbox: await asyncio.get_running_loop().run_in_executor(self.storing, _store, raw, inbox) for inbox in dict.fromkeys(inboxes)}
        if isinstance(server, LMTP):
            return "\r\n".join(replies[inbox] for inbox in inboxes)
        return KEPT if set(replies.values()) == {KEPT} else TRY_AGAIN

    async def handle_exception(self, error: Exception) -> str:
        log.error("Mail listener", exc_info=error)
        return TRY_AGAIN


class _Counted(SMTP):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.event_handler.connected.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.connected.discard(self)
        super().connection_lost(error)


class _SmtpServer(_Counted):
    line_length_limit = LINE_LIMIT


class _LmtpServer(_Counted, LMTP):
    line_length_limit = LINE_LIMIT

    async def push(self, status: Any) -> None:
        """RFC 2033: after the mail there is one reply for each recipient, also when it was too large for all of them."""
        is_about_mail = status in ("552 Error: Too much mail data", "500 Line too long (see RFC5321 4.5.3.1.6)")
        count = len(self.envelope.rcpt_tos) if is_about_mail and self.envelope else 1
        await super().push("\r\n".join([status] * count) if count > 1 else status)


class _Busy(asyncio.Protocol):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # a connection's transport can be written to
        transport.write(f"{BUSY}\r\n".encode())
        transport.close()


def _as_delivered(envelope: Envelope) -> bytes:
    """The mail with its envelope's sender on top, as the last server of a mail's way writes it (RFC 5321, 4.4)."""
    content = envelope.original_content or b""
    sender = (envelope.mail_from or "").strip("<>")  # aiosmtpd gives the null sender as "<>"
    return f"Return-Path: <{sender}>\r\n".encode("utf-8", "surrogateescape") + content


def _store(raw: bytes, inbox: str) -> str:
    """Runs in a thread, whose database connection ends with the mail: there may not be another for hours."""
    try:
        receive_mail(raw, inbox=inbox)
    except Exception:  # whatever it was, the sending server must keep the mail
        log.exception("A mail for %s could not be stored", inbox)
        return TRY_AGAIN
    finally:
        connections.close_all()
    return KEPT
