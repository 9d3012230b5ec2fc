"""What every run of the tests stands on: a data folder of its own, and no surprise about what was left out.

DATABASE_URL and REDIS_URL are used if they are set; without them tests run on SQLite and in memory. ONLY_WITH_DATABASE=1 leaves out what
asks no database that is set: the second run, on another database, has nothing to add there.
REQUIRE_ALL=1 makes a missing browser an error instead of a skip, and tries a failed browser test once more. The summary names it.
"""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

import django
import hypothesis
import pytest
from asgiref.sync import SyncToAsync
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test import TransactionTestCase
from playwright.sync_api import expect

from tests.databases import empty_tables
from tests.servers import find_chromium

IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ  # started by the run itself, with its environment
CHROMIUM_FLAGS = [
    *("--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run", "--disable-quic"),
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]

if not IS_WORKER:
    if settings.configured:
        raise pytest.UsageError("Unset DJANGO_SETTINGS_MODULE: tests must choose their own data folder before the settings are read.")
    data = tempfile.mkdtemp(prefix="helpdesk-tests-")
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    os.environ |= {"DJANGO_SETTINGS_MODULE": "helpdesk.settings", "HELPDESK_DATA": data, "HELPDESK_ENV_FILE": os.devnull}
if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as a desk has it: SQLite in memory locks differently, and threads starve on it.
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"{settings.DATA_DIR}/test.sqlite3"
django.setup()
from helpdesk.customers import discovery  # noqa: E402  # models need the settings

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a safe one takes most of a run
settings.SENTIMENT_SCORER = "tests.intake.scorers.FirstNumber"  # no model is loaded for what has nothing to do with one
pytest_plugins = ["tests.people"]  # its fixtures are everybody's
expect.set_options(timeout=30_000)  # milliseconds: what a browser waits for takes long on a busy machine

hypothesis.settings.register_profile("default", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("ci", hypothesis.settings.get_profile("default"), max_examples=2_000)
hypothesis.settings.register_profile("thorough", hypothesis.settings.get_profile("default"), max_examples=50_000)
hypothesis.settings.load_profile("default")


def pytest_configure() -> None:
    if os.environ.get("REQUIRE_ALL") == "1" and find_chromium() is None:
        raise pytest.UsageError("REQUIRE_ALL is set and there is no Chromium on PATH.")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(specs: list[Any]) -> None:
    """Workers share PostgreSQL under different database names; here the same for Redis and for files."""
    redis = os.environ.get("REDIS_URL", "").rpartition("/")[0]
    for number, spec in enumerate(specs):
        spec.env["HELPDESK_DATA"] = f"{os.environ['HELPDESK_DATA']}/{number}"
        if redis:
            spec.env["REDIS_URL"] = f"{redis}/{number}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("ONLY_WITH_DATABASE") == "1":
        items[:] = [item for item in items if item.get_closest_marker("django_db") or "db" in item.fixturenames]
    for item in items:
        if "playwright" in item.fixturenames:
            item.add_marker("browser")
            if os.environ.get("REQUIRE_ALL") == "1":
                item.add_marker(pytest.mark.flaky(reruns=1))
            if find_chromium() is None:
                item.add_marker(pytest.mark.skip(reason="needs Chromium"))
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)  # last: Playwright leaves an event loop, which Django's ORM refuses


def pytest_collection_finish() -> None:
    """What is there by now stays to the end: walking through it again and again would take a tenth of the run."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = (report.longrepr[2] for report in terminalreporter.getreports("skipped"))
    counts = Counter(reason.partition("needs ")[2] for reason in reasons if "needs " in reason)
    if counts:
        terminalreporter.write_line("Left out: " + ", ".join(f"{count} that need {tool}" for tool, count in counts.items()), yellow=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """PostgreSQL drops no database in use, and the thread that runs the ORM for async code keeps its connection."""
    yield
    SyncToAsync.single_thread_executor.submit(connections.close_all).result()


TransactionTestCase._fixture_teardown = lambda _case: empty_tables()  # type: ignore[attr-defined]  # there is no other door


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Rate limits count in the cache; what one test used up must not fail the next. Nor does a process know names of a table that is empty again."""
    cache.clear()
    discovery.forget()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, not one that Playwright would download."""
    return browser_type_launch_args | {"executable_path": find_chromium(), "args": CHROMIUM_FLAGS}
