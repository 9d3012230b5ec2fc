"""A real desk in processes of its own, which a test may kill at any moment."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from tests.servers import ROOT, free_port, is_listening

PATIENCE = 90  # seconds


class Desk:
    """`serve`, and beside it `work` and `receive_smtp` when asked for. Whatever is killed can be started again."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.environment = os.environ | {"HELPDESK_DATA": str(folder), "HELPDESK_ENV_FILE": os.devnull, "JOB_LOCK_TIMEOUT": "3"} | environment
        self.log = (folder / "desk.log").open("a")
        self.port, self.smtp_port = free_port(), free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """`work-2` is another `work`."""
        command = name.partition("-")[0]
        options = {"serve": ["--port", str(self.port)], "work": [], "receive_smtp": ["--port", str(self.smtp_port)]}
        self.processes[name] = subprocess.Popen(
            [sys.executable, "manage.py", command, *options[command]], cwd=ROOT, env=self.environment, stdout=self.log, stderr=self.log
        )

        ports = {"serve": self.port, "receive_smtp": self.smtp_port}
        if name in ports:
            self.wait_for(lambda: is_listening(ports[name]))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self, name: str) -> None:
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait()

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(PATIENCE)
        self.log.close()

    def run_python(self, code: str) -> Any:
        """What `code`, which prints JSON last, prints inside the desk's own Django."""
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
        output = subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True).stdout
        return json.loads(output.splitlines()[-1])

    def begin_anew(self, code: str) -> Any:
        """As `run_python`, in a desk that is emptied before, while it runs: starting another takes longer than most tests."""
        return self.run_python("from tests.databases import empty_tables; empty_tables(from_one=True)\n" + code)

    def post(self, path: str, key: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and answer; status 0 when nobody answered."""
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.address + path, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, {}
        except OSError:
            return 0, {}

    @staticmethod
    def wait_for(condition: Callable[[], bool], patience: float = PATIENCE) -> None:
        deadline = time.monotonic() + patience
        while not condition():
            assert time.monotonic() < deadline, "This did not come true in time."
            time.sleep(0.2)


@contextmanager
def running(folder: Path, *services: str, **environment: str) -> Iterator[Desk]:
    """With these services. Whatever runs at the end is stopped, however it ends."""
    desk = Desk(folder, **{"DATABASE_URL": "", "REDIS_URL": ""} | environment)
    if not desk.environment["DATABASE_URL"] and not (folder / "desk.sqlite3").exists():
        shutil.copytree(empty_desk().name, folder, dirs_exist_ok=True)
    try:
        for name in services:
            desk.start(name)
        yield desk
    finally:
        desk.stop()


@cache
def empty_desk() -> tempfile.TemporaryDirectory[str]:
    """A folder with an empty desk to start from: making one takes longer than most tests."""
    folder = tempfile.TemporaryDirectory()
    desk = Desk(Path(folder.name), DATABASE_URL="", REDIS_URL="")
    desk.run_python("from helpdesk import embedded; embedded.prepare(); print(0)")
    for name in ("secret.key", "desk.log"):
        Path(folder.name, name).unlink(missing_ok=True)
    desk.log.close()
    return folder


@contextmanager
def database_of_its_own() -> Iterator[dict[str, str]]:
    """Where an empty database is, of the kind that this run is about: SQLite in the desk's folder, or PostgreSQL beside the one of this run."""
    if not settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        yield {}
        return
    server, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
    name = f"desk_{secrets.token_hex(4)}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield {"DATABASE_URL": f"{server}/{name}", "REDIS_URL": os.environ.get("REDIS_URL", "")}
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
