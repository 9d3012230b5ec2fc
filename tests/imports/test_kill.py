"""A worker that is really killed, in the middle of whatever it does."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import Desk, database_of_its_own, running
from tests.servers import ROOT

ROWS, KILLS = 4_000, 3

SET_UP = f"""
import io, json
from django.core.management import call_command
from helpdesk.imports.models import Import
from tests.imports.files import started
call_command("migrate", verbosity=0)
rows = "".join(f"customer{{n}}@example.com,{{n}}\\n" if n % 100 else f"no address,{{n}}\\n" for n in range({ROWS}))
print(json.dumps(started("Email,Points\\n" + rows).pk))
"""

WORK = """
from django.utils import timezone
from helpdesk import long_work
from helpdesk.imports import runs
from helpdesk.imports.files import batch
from helpdesk.imports.models import Import
batch.ROWS, long_work.SECONDS = 200, 0
while Import.objects.filter(status__in=["waiting", "running"]).update(next_at=timezone.now()):
    runs.run_import.func({run})
    print("a batch", flush=True)
"""

READ = """
import json
from helpdesk.customers.models import Customer
from helpdesk.imports.models import Import
run = Import.objects.get()
rows = list(run.refusals.order_by("row").values_list("row", flat=True))
print(json.dumps([run.status, run.done, run.new, run.refused, Customer.objects.count(), rows]))
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """On the kind of database that this run is about."""
    with database_of_its_own() as environment, running(tmp_path, **environment) as desk:
        yield desk


def work(desk: Desk, run: int) -> subprocess.Popen[str]:
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", WORK.format(run=run)]
    return subprocess.Popen(command, cwd=ROOT, env=desk.environment, stdout=subprocess.PIPE, stderr=desk.log, text=True)


def test_killed_worker_loses_and_doubles_nothing(desk: Desk) -> None:
    """kill -9, three times, wherever it is; the next worker goes on from the last commit."""
    run = desk.run_python(SET_UP)

    for _kill in range(KILLS):
        with work(desk, run) as worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "a batch\n"
            time.sleep(random.random() / 2)
            worker.kill()
    with work(desk, run) as worker:
        worker.communicate()

    refused = list(range(2, ROWS + 2, 100))
    assert desk.run_python(READ) == ["done", ROWS, ROWS - len(refused), len(refused), ROWS - len(refused), refused]
