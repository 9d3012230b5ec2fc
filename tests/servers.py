"""What tests use beside Python: Chromium, PostgreSQL, Redis.

    python3 tests/servers.py COMMAND…

runs COMMAND with DATABASE_URL and REDIS_URL pointing to a private PostgreSQL and a private Redis on loopback,
stops both afterwards and exits as COMMAND did. It needs nothing but the standard library.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60  # seconds a server may take to answer or to stop


class ServerError(Exception):
    """A server is not installed or did not start."""


def find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def find_postgresql() -> Path | None:
    """The folder of the newest PostgreSQL server's programs; Debian keeps them off PATH."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = installed[-1] if installed else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def find_redis() -> str | None:
    return shutil.which("redis-server")


@contextmanager
def private_postgresql() -> Iterator[str]:
    """The URL of an empty database on a server that forgets everything."""
    programs = find_postgresql()
    if programs is None:
        raise ServerError("No PostgreSQL server is installed (Debian: apt-get install postgresql).")
    user = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="postgresql-") as folder:
        if user:
            shutil.chown(folder, user, user)
        data = f"{folder}/data"
        initdb = [programs / "initdb", "-D", data, "-U", "helpdesk", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(initdb, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": folder, "fsync": "off", "full_page_writes": "off"}
        command = [programs / "postgres", "-D", data, *(f"--{name}={value}" for name, value in options.items())]
        is_ready = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
        with running(command, stop_by=signal.SIGINT, user=user, cwd=folder, answers=lambda: subprocess.run(is_ready, check=False).returncode == 0):
            yield f"postgres://helpdesk@127.0.0.1:{port}/postgres"


@contextmanager
def private_redis() -> Iterator[str]:
    """The URL of an empty Redis that writes nothing to disk."""
    program = find_redis()
    if program is None:
        raise ServerError("No Redis server is installed (Debian: apt-get install redis-server).")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        command = [program, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", folder]
        with running(command, cwd=folder, answers=lambda: is_listening(port)):
            yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def running(command: list[str | Path], *, answers: Callable[[], bool], stop_by: signal.Signals = signal.SIGTERM, **options: Any) -> Iterator[Path]:
    """A server process that answers; stopped by its pid at the end. What it prints goes to a log, which is shown if it never answers."""
    with tempfile.NamedTemporaryFile(prefix="server-", suffix=".log") as output:
        log = Path(output.name)
        process = subprocess.Popen(command, stdout=output, stderr=output, **options)
        try:
            deadline = time.monotonic() + PATIENCE
            while not answers():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise ServerError(f"{command[0]} did not start:\n{log.read_text()}")
                time.sleep(0.05)
            yield log
        finally:
            process.send_signal(stop_by)
            process.wait(PATIENCE)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def is_listening(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def run_with_servers(command: list[str]) -> int:
    with private_postgresql() as database, private_redis() as redis:
        return subprocess.run(command, check=False, env=os.environ | {"DATABASE_URL": database, "REDIS_URL": redis}).returncode


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped then, too
    sys.exit(run_with_servers(sys.argv[1:]))
