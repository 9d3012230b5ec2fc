"""`manage.py demo`: one command, one sentence when it cannot, and a second time everything is still there."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings

import manage
from agents.models import Agent
from helpdesk import embedded
from helpdesk.demo import seeding
from helpdesk.demo.simulator import simulate, stay_present
from helpdesk.demo.staff import PASSWORD
from helpdesk.management.commands import demo
from helpdesk.outbox import senders
from tests import servers
from tests.servers import ROOT, free_port, is_listening, running

OF_THE_TESTS = ("DJANGO_SETTINGS_MODULE", "HELPDESK_ENV_FILE")


def surroundings(folder: Path, **more: str) -> dict[str, str]:
    """As a user has them: nothing that the tests have chosen for themselves, but the folder."""
    return {name: value for name, value in os.environ.items() if name not in OF_THE_TESTS} | {"HELPDESK_DATA": str(folder)} | more


def start(*arguments: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "demo", *arguments]
    return subprocess.run(command, cwd=ROOT, env=surroundings(folder, **more), capture_output=True, text=True, check=False, timeout=120)


def test_demo_serves_a_filled_shop_until_it_is_told_to_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all that would lead to a real desk in its surroundings: the demo is deaf to it."""
    monkeypatch.setattr(servers, "PATIENCE", 300)  # seconds; a busy machine scores a hundred texts slowly
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    real_desk = {"HELPDESK_PROFILE": "production", "DATABASE_URL": "postgres://nobody@127.0.0.1:1/real", "REDIS_URL": "redis://127.0.0.1:1/0"}

    command = [sys.executable, "manage.py", "demo", "--port", str(port)]
    with running(command, cwd=ROOT, env=surroundings(tmp_path, **real_desk), answers=lambda: is_listening(port)) as log:
        status = urllib.request.urlopen(f"{address}/account/login/", timeout=60).status
        said = log.read_text()

    assert status == 200
    assert re.findall(r"http://\S+|\S+@example\.com", said) == [address, *(f"{role}@example.com" for role in ("owner", "admin", "manager", "agent", "analyst"))]
    assert said.count(PASSWORD) == 1
    assert "Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


def test_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = start("--port", str(port), folder=tmp_path)

    assert done.returncode == 1
    assert done.stderr == f"CommandError: Port {port} on 127.0.0.1 cannot be used: Address already in use. Choose another with --port.\n"


def test_unwritable_folder_is_one_sentence(tmp_path: Path) -> None:
    no_folder = tmp_path / "file"
    no_folder.write_text("")

    done = start(folder=no_folder)

    assert done.returncode == 1
    assert done.stderr == f"The helpdesk cannot write to {no_folder}/demo: Not a directory. Set HELPDESK_DATA to a folder that it may write to.\n"


def test_too_old_a_python_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 12, 9))

    with pytest.raises(SystemExit) as stopped:
        manage.main()

    assert stopped.value.code == "The helpdesk needs Python 3.13 or newer; this is Python 3.12."


def test_demo_refuses_the_settings_of_a_real_desk() -> None:
    with pytest.raises(CommandError) as refused:
        call_command("demo")

    assert str(refused.value) == "The demo needs settings of its own: start it as “manage.py demo”."


# With the serving and the filling left out ---------------------------------------------------------


class Stage:
    """What the command did, in order."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.done = folder, list[Any]()

    def demo(self, *arguments: str) -> list[Any]:
        self.done.clear()
        with override_settings(IS_DEMO=True):
            call_command("demo", "--port", str(free_port()), *arguments)
        return self.done


@pytest.fixture
def stage(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(tmp_path / "desk.sqlite3"))
    monkeypatch.setattr(demo.connections, "close_all", lambda: None)
    monkeypatch.setattr(demo, "desk_has_owner", (tmp_path / "desk.sqlite3").exists)
    monkeypatch.setattr(demo, "seed", lambda: (stage.done.append("filled"), (tmp_path / "desk.sqlite3").touch()))
    monkeypatch.setattr(embedded, "prepare", lambda: None)
    monkeypatch.setattr(embedded, "run", lambda host, port, beside: stage.done.append(beside))
    monkeypatch.setattr(senders, "_senders", {})
    return stage


def test_second_start_keeps_what_is_there(stage: Stage) -> None:
    stage.demo()

    assert stage.demo() == [(stay_present, simulate)]


def test_quiet_lets_nobody_write(stage: Stage) -> None:
    assert stage.demo("--quiet") == ["filled", (stay_present,)]


def test_reset_starts_over_and_removes_only_the_database(stage: Stage) -> None:
    for name in ("desk.sqlite3", "desk.sqlite3-wal", "desk.sqlite3-shm", "secret.key", "mine.txt"):
        (stage.folder / name).touch()

    done = stage.demo("--reset")

    assert done == ["filled", (stay_present, simulate)]
    assert {path.name for path in stage.folder.iterdir()} == {"desk.sqlite3", "secret.key", "mine.txt"}


def test_reset_waits_until_the_port_is_free(stage: Stage) -> None:
    """Another demo may be running on it, with this very database."""
    (stage.folder / "desk.sqlite3").touch()

    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(CommandError), override_settings(IS_DEMO=True):
        call_command("demo", "--reset", "--port", str(taken.getsockname()[1]))

    assert (stage.folder / "desk.sqlite3").exists()


@pytest.mark.django_db
def test_seeding_is_all_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted, it is not taken for done at the next start."""

    def interrupt(*_arguments: Any, **_options: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(seeding, "play", interrupt)

    with pytest.raises(KeyboardInterrupt):
        seeding.seed()

    assert Agent.objects.count() == 0
