"""The table of a run: each benchmark reports its figures, the end of the run prints them, and BENCHMARK_TABLE=<file> keeps them.

uv run python tests/servers.py uv run pytest tests/benchmarks -m benchmark -n0
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

Report = Callable[..., None]
ROWS = pytest.StashKey[list[tuple[str, ...]]]()
HEAD = ("what", "measured", "beside", "ratio", "aim")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[ROWS] = []


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Report:
    """`report(what, measured, beside="…", ratio="…", aim="…")`, texts with their units; nothing of it is asserted."""

    def row(what: str, measured: str, *, beside: str = "", ratio: str = "", aim: str = "") -> None:
        request.config.stash[ROWS].append((f"{what} ({connection.vendor})", measured, beside, ratio, aim))

    return row


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if rows := config.stash[ROWS]:
        lines = ["| " + " | ".join(row) + " |" for row in (HEAD, ("---",) * len(HEAD), *rows)]
        terminalreporter.write_line("\n".join(lines))
        if kept := os.environ.get("BENCHMARK_TABLE"):
            with Path(kept).open("a") as file:
                file.write("\n".join(["", f"Commit {_commit()}, {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores.", "", *lines, ""]))


def _commit() -> str:
    return subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False).stdout.strip()
