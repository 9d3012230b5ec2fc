"""The rows that were refused, as a CSV file to mend and import again."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import chain

from helpdesk.imports.files.columns import OF_THE_ERROR_FILE
from helpdesk.imports.files.table import STARTS_A_FORMULA
from helpdesk.imports.models import Import


class _Echo:
    def write(self, line: str) -> str:
        return line


def as_csv(run: Import) -> Iterator[str]:
    """Line by line: row, reason, then the row's cells as they were."""
    refusals = run.refusals.order_by("row").values_list("row", "reason", "raw").iterator()
    header = [*map(str, OF_THE_ERROR_FILE), *run.options.get("header", [])]
    return csv_lines(chain([header], ([str(row), reason, *raw] for row, reason, raw in refusals)))


def csv_lines(rows: Iterable[list[str]]) -> Iterator[str]:
    """All cells are quoted, and none is a formula (V13)."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield "\ufeff"  # or a spreadsheet takes it for the code page of its country
    for row in rows:
        yield writer.writerow(_safe(row))


def _safe(cells: list[str]) -> list[str]:
    return [f"'{cell}" if cell.startswith(STARTS_A_FORMULA) else cell for cell in cells]
