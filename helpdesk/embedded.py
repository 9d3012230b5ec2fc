"""The whole desk in one process: web, websockets and background jobs (`manage.py serve`, `manage.py demo`)."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections
from django_ox.worker import Worker
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from agents.streams import serve_from


def prepare() -> None:
    """The database and the static files as this version wants them."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)


def must_be_free(host: str, port: int) -> None:
    """CommandError with one sentence when something else listens there."""
    with contextlib.closing(socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(f"Port {port} on {host} cannot be used: {error.strerror}. Choose another with --port.") from error


def run(host: str, port: int, *, beside: tuple[Callable[[threading.Event], None], ...] = ()) -> None:
    """Serves until SIGTERM or SIGINT. `beside`: what else runs, each in a thread, until its event is set."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, host]
    asyncio.run(_run(host, port, beside))


async def _run(host: str, port: int, beside: tuple[Callable[[threading.Event], None], ...]) -> None:
    loop = asyncio.get_running_loop()
    serve_from(loop)
    stop = threading.Event()
    server = _server(host, port)
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, server.stop)
    threads = [_thread(_work, stop), *(_thread(task, stop) for task in beside)]
    try:
        await server.serve()
    finally:
        stop.set()
        for thread in threads:
            await asyncio.to_thread(thread.join, 10)
        serve_from(None)


def _server(host: str, port: int) -> Server:
    from helpdesk.asgi import application

    return Server(
        application,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        log_level=LogLevels.error,
        static_path_route=["/static"],
        static_path_mount=[Path(settings.STATIC_ROOT)],
    )


def _thread(target: Callable[[threading.Event], None], stop: threading.Event) -> threading.Thread:
    thread = threading.Thread(target=target, args=(stop,), name=target.__name__, daemon=True)
    thread.start()
    return thread


def _work(stop: threading.Event) -> None:
    """Background jobs, in this process so that their live updates reach its sockets."""
    worker = Worker(concurrency=1, poll_interval=0.2)
    threading.Thread(target=_stop_with, args=(worker, stop), daemon=True).start()
    worker.run()
    connections.close_all()


def _stop_with(worker: Worker, stop: threading.Event) -> None:
    stop.wait()
    worker.request_stop()
