"""Reading a mail in a process of its own, which a hostile mail may hang, fill or kill (V9).

One worker for each process that receives mail, started with the first mail. It begins fresh (`forkserver`), so it holds
neither our threads, nor our database connections, nor Django.
"""

from __future__ import annotations

import multiprocessing
import resource
from concurrent.futures import TimeoutError as TookTooLong
from concurrent.futures.process import BrokenProcessPool
from threading import Lock

from pebble import ProcessExpired, ProcessPool

from helpdesk.transports.email.parse import ParsedMail, UnreadableMail, parse_mail

TIME_LIMIT = 10  # seconds for one mail
MEMORY_LIMIT = 2 * 1024**3  # bytes of address space

_lock = Lock()
_pool: ProcessPool | None = None


def parse_guarded(raw: bytes) -> ParsedMail:
    """What `parse_mail` says, or UnreadableMail. Any other exception is ours, not the mail's: try again later."""
    try:
        return _parse_in_worker(raw)
    except BrokenProcessPool:  # the worker died between two mails
        return _parse_in_worker(raw)


def stop() -> None:
    """Ends the worker; the next mail starts another."""
    global _pool
    with _lock:
        pool, _pool = _pool, None
    if pool is not None:
        pool.stop()  # type: ignore[no-untyped-call] # pebble leaves it untyped
        pool.join()


def _parse_in_worker(raw: bytes) -> ParsedMail:
    try:
        return _running_pool().schedule(parse_mail, [raw], timeout=TIME_LIMIT).result()
    except TookTooLong:
        raise UnreadableMail(f"Reading this mail took longer than {TIME_LIMIT} seconds and was stopped.") from None
    except ProcessExpired:
        raise UnreadableMail("Reading this mail made the mail reader crash.") from None


def _running_pool() -> ProcessPool:
    global _pool  # noqa: PLW0603 # one worker for the whole process
    with _lock:
        if _pool is None or not _pool.active:
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload([parse_mail.__module__])
            _pool = ProcessPool(max_workers=1, initializer=_limit_memory, context=context)
        return _pool


def _limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
