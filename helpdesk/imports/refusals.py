"""The rows that were refused, as a CSV file to mend and import again."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from helpdesk.imports.files.columns import OF_THE_ERROR_FILE
from helpdesk.imports.files.table import STARTS_A_FORMULA
from helpdesk.imports.models import Import


class _Echo:
    def write(self, line: str) -> str:
        return line


def as_csv(run: Import) -> Iterator[str]:
    """Line by line: row, reason, then the row's cells as they were. All cells are quoted, and none is a formula (V13)."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield "\ufeff"  # or a spreadsheet takes it for the code page of its country
    yield writer.writerow(_safe([*map(str, OF_THE_ERROR_FILE), *run.options.get("header", [])]))
    for row, reason, raw in run.refusals.order_by("row").values_list("row", "reason", "raw").iterator():
        yield writer.writerow(_safe([str(row), reason, *raw]))


def _safe(cells: list[str]) -> list[str]:
    return [f"'{cell}" if cell.startswith(STARTS_A_FORMULA) else cell for cell in cells]
