"""The uploaded file, in pieces in the database: never whole in memory."""

from __future__ import annotations

import io
from functools import partial
from typing import Any, BinaryIO

from django.db import transaction

from agents.models import Agent
from agents.text import one_line
from helpdesk.imports.files.sniffing import Utf8Check, guess_shape
from helpdesk.imports.files.table import LARGEST, BadFile, Shape, read_table, too_large
from helpdesk.imports.models import Chunk, Import

PIECE = 1024 * 1024
HEAD = 256 * 1024


def keep_file(upload: BinaryIO, *, size: int, name: str, what: str, by: Agent) -> Import:
    """`size` in bytes; `what` is customers or events. BadFile, with a sentence, for what is no table."""
    if size > LARGEST:
        raise BadFile(too_large())
    run = Import(kind=Import.Kind.CSV, name=one_line(name)[:200] or "CSV", by=by, total=size)
    with transaction.atomic():
        run.save()
        is_utf8 = _write_pieces(run, upload)
        shape = guess_shape(head_of(run), is_utf8=is_utf8)
        run.options = {"what": what}
        reshape(run, shape)
    return run


def reshape(run: Import, shape: Shape) -> None:
    """From now on the file is read so. BadFile when there is no table in it."""
    table = read_table(head_of(run), shape)
    run.options |= shape.as_json() | {"header": table.header}
    run.save(update_fields=["options"])


def _write_pieces(run: Import, upload: BinaryIO) -> bool:
    """Whether all of it is UTF-8."""
    check = Utf8Check()
    for number, data in enumerate(iter(partial(upload.read, PIECE), b"")):
        Chunk.objects.create(run=run, number=number, data=data)
        check.feed(data)
    return check.passed


def head_of(run: Import) -> bytes:
    return Pieces(run, 0).read(HEAD)


def shape_of(run: Import) -> Shape:
    return Shape(encoding=run.options["encoding"], delimiter=run.options["delimiter"])


class Pieces(io.RawIOBase):
    """The file from a byte on, one piece at a time. Pieces have their size, except for the last."""

    def __init__(self, run: Import, offset: int) -> None:
        self.run, self.number, self.rest = run, offset // PIECE, memoryview(b"")
        self.skip = offset % PIECE

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not len(self.rest):
            self.rest = self._next_piece()
        taken = self.rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self.rest = self.rest[len(taken) :]
        return len(taken)

    def _next_piece(self) -> memoryview:
        data = Chunk.objects.filter(run=self.run, number=self.number).values_list("data", flat=True).first()
        piece, self.skip, self.number = memoryview(data or b"")[self.skip :], 0, self.number + 1
        return piece
