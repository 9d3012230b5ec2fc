"""The next rows of a file."""

from __future__ import annotations

import io
from itertools import islice
from typing import cast

from helpdesk.imports.batches import Batch
from helpdesk.imports.files.rows import Plan, plan_of
from helpdesk.imports.files.storage import Pieces, head_of, shape_of
from helpdesk.imports.files.table import BadRow, Record, read_records, read_table
from helpdesk.imports.models import Import
from helpdesk.imports.writing import Line, write

ROWS = 1_000


def next_batch(run: Import) -> Batch:
    """`cursor`: the byte after the last row, and how many rows there were before it. The first row names the columns."""
    shape, plan = shape_of(run), plan_of(run.mapping, run.options)
    offset = run.cursor.get("offset") or read_table(head_of(run), shape).start
    row = run.cursor.get("row", 1)
    stream = io.BufferedReader(cast(io.RawIOBase, Pieces(run, offset)), 64 * 1024)
    records = list(islice(read_records(stream, shape, offset=offset), ROWS))
    lines = [_line(number, record, plan) for number, record in enumerate(records, row + 1)]
    end = records[-1].end if records else offset
    return Batch(lambda: write(lines), {"offset": end, "row": row + len(records)}, is_last=len(records) < ROWS)


def _line(number: int, record: Record, plan: Plan) -> Line:
    if record.problem:
        return Line(number, record.cells, problem=record.problem)
    try:
        return Line(number, record.cells, plan.row(record.cells))
    except BadRow as problem:
        return Line(number, record.cells, problem=str(problem))
