"""Rows a second of a CSV import, beside the raw limit: the same rows written to a bare table by COPY (PostgreSQL) or executemany (SQLite)."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from helpdesk.customers.models import Customer
from tests.benchmarks.conftest import Report
from tests.imports.files import started, work_off

pytestmark = [pytest.mark.benchmark, pytest.mark.django_db(transaction=True)]
CUSTOMERS = 50_000
HEADER = ["Email", "First name", "Last name", "Country", "City", "Customer ID", "Tier", "Points", "Customer since", "Newsletter"]
BARE = "CREATE TABLE bare (email text, first text, last text, country text, city text, external text, tier text, points text, since text, newsletter text)"


def people() -> list[list[str]]:
    return [
        [f"customer{n}@example.com", "Ada", f"Lind {n}", "Sweden", "Umeå", f"c{n}", ("gold", "silver")[n % 2], str(n % 500), f"2025-03-{n % 27 + 1:02}", "yes"]
        for n in range(CUSTOMERS)
    ]


def seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def write_bare(rows: list[list[str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BARE)
        if connection.vendor == "postgresql":
            with cursor.copy("COPY bare FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(f"INSERT INTO bare VALUES ({', '.join(['%s'] * len(HEADER))})", rows)
        cursor.execute("DROP TABLE bare")


def test_import_of_customers_from_a_file(report: Report) -> None:
    rows, file = people(), io.StringIO()
    csv.writer(file).writerows([HEADER, *rows])
    content = file.getvalue()

    bare = seconds(lambda: write_bare(rows))
    first = seconds(lambda: work_off(started(content)))
    again = seconds(lambda: work_off(started(content)))

    raw = "COPY" if connection.vendor == "postgresql" else "executemany"
    for what, took in (("new", first), ("known and as they were", again)):
        report(
            f"CSV import of {CUSTOMERS:,} customers, {what}",
            f"{CUSTOMERS / took:,.0f} rows/s",
            beside=f"bare {raw} {CUSTOMERS / bare:,.0f} rows/s",
            ratio=f"1 : {took / bare:.0f}",
        )
    assert Customer.objects.count() == CUSTOMERS
