"""Files as people upload them, and their way through an import."""

from __future__ import annotations

import io
from typing import Any

from agents.models import Agent, Role
from helpdesk.imports.files.columns import guess_mapping
from helpdesk.imports.files.forms import table_of
from helpdesk.imports.files.storage import keep_file
from helpdesk.imports.files.values import Reading
from helpdesk.imports.models import Import
from helpdesk.imports.runs import run_import, start
from tests.factories import make_agent


def a_manager() -> Agent:
    return Agent.objects.filter(role=Role.MANAGER).first() or make_agent("Mona Berg", role=Role.MANAGER)


def kept(content: str | bytes, *, what: str = "customers", name: str = "customers.csv") -> Import:
    data = content.encode() if isinstance(content, str) else content
    return keep_file(io.BytesIO(data), size=len(data), name=name, what=what, by=a_manager())


def guessed(run: Import) -> list[dict[str, str]]:
    table = table_of(run)
    return guess_mapping(table.header, table.rows, run.options["what"], Reading(decimal="," if run.options["delimiter"] == ";" else "."))


def started(content: str | bytes, *, what: str = "customers", mapping: list[dict[str, str]] | None = None, **options: Any) -> Import:
    """With the mapping that is guessed, unless one is given."""
    run = kept(content, what=what)
    run.mapping, run.options = mapping or guessed(run), run.options | options
    run.save()
    start(run)
    return run


def work_off(run: Import) -> Import:
    """As workers do, job after job, until nothing is left."""
    for _job in range(1_000):
        run.refresh_from_db()
        if not run.is_under_way:
            return run
        Import.objects.filter(pk=run.pk).update(next_at=run.created_at)
        run_import.func(run.pk)
    raise AssertionError("This import does not end.")


def imported(content: str | bytes, **options: Any) -> Import:
    return work_off(started(content, **options))


def refusals(run: Import) -> list[tuple[int, str]]:
    return list(run.refusals.order_by("row").values_list("row", "reason"))
