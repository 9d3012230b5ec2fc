"""A CSV file as rows: each with its number and where it begins, so that reading can go on from any of them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.text import one_line

LARGEST = 200 * 1024 * 1024
MOST_COLUMNS = 200
LONGEST_ROW = 1_000_000  # characters
SAMPLE = 10
BOM = "\ufeff"
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
ENCODINGS = {"utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16 BE", "cp1252": "Windows-1252", "cp1250": "Windows-1250"}
DELIMITERS = {",": gettext_lazy("Comma"), ";": gettext_lazy("Semicolon"), "\t": gettext_lazy("Tab")}


# What decoding leaves of bytes that are no text: UTF-16 replaces them, the others keep them as half surrogate pairs.
_UNREADABLE = {True: re.compile("[\0\ufffd]"), False: re.compile("[\0\ud800-\udfff]")}


class BadFile(ValueError):
    """The text says to the user what is wrong with the file."""


class BadRow(ValueError):
    """The text says why this row cannot be taken."""


@dataclass(frozen=True)
class Shape:
    encoding: str
    delimiter: str

    def as_json(self) -> dict[str, str]:
        return {"encoding": self.encoding, "delimiter": self.delimiter}


@dataclass(frozen=True)
class Record:
    """`cells`, or the `problem` that makes it unreadable. `end`: the byte after it."""

    cells: list[str]
    end: int
    problem: str = ""


@dataclass(frozen=True)
class Table:
    """`header`: a name for each column. `rows`: the first ones. `start`: the byte at which they begin."""

    header: list[str]
    rows: list[list[str]]
    start: int


def too_large() -> str:
    return _("This file is larger than %(size)d MB. Split it and import the parts one after the other.") % {"size": LARGEST // 1024**2}


def read_table(head: bytes, shape: Shape) -> Table:
    """From the beginning of a file. BadFile when this is no table of ours."""
    records = read_records(io.BytesIO(head), shape)
    first = next(records, None)
    if first is None:
        raise BadFile(_("This file is empty. Its first row must name the columns."))
    if first.problem:
        raise BadFile(_("The first row cannot be read: %(problem)s") % {"problem": first.problem})
    header = _header(first.cells)
    rows = [_fitting(record.cells, len(header)) for record in islice(records, SAMPLE) if not record.problem]
    return Table(header, rows, first.end)


def _header(cells: list[str]) -> list[str]:
    if len(cells) > MOST_COLUMNS:
        raise BadFile(_("This file has %(count)d columns. At most %(most)d can be imported.") % {"count": len(cells), "most": MOST_COLUMNS})
    names = [one_line(cell) for cell in cells]
    for name in names:
        if name and names.count(name) > 1:
            raise BadFile(_("Two columns are called “%(name)s”. Give each a name of its own.") % {"name": name})
    return [name or _("Column %(number)d") % {"number": number} for number, name in enumerate(names, 1)]


def _fitting(cells: list[str], width: int) -> list[str]:
    """For the eye: as many cells as the header has."""
    return (cells + [""] * width)[:width]


def read_records(stream: Any, shape: Shape, *, offset: int = 0) -> Iterator[Record]:
    """All rows from a binary stream that begins at `offset`; blank lines are passed over.

    A row that cannot be read is a Record with a problem, and reading goes on at the next line: a quote that is never closed costs
    one row, not the rest of the file.
    """
    lines = _Lines(stream, shape.encoding, offset)
    while lines.has_more():
        try:
            cells = next(csv.reader(lines, delimiter=shape.delimiter, strict=True), [])
        except csv.Error:
            lines.back_to_second()
            yield Record(lines.first_cells(), lines.offset, _("Its quotation marks do not match."))
        else:
            problem = _("It holds characters that are not %(encoding)s text.") % {"encoding": ENCODINGS[shape.encoding]}
            if any(cells):
                yield Record(cells, lines.offset, problem if _UNREADABLE["16" in shape.encoding].search("".join(cells)) else "")
        lines.forget()


class _Lines:
    """Lines of text that know how many bytes have been handed out, and can be handed out again as long as the row is not done."""

    def __init__(self, stream: Any, encoding: str, offset: int) -> None:
        self.text = io.TextIOWrapper(stream, encoding, errors="replace" if "16" in encoding else "surrogateescape", newline="")
        self.offset = offset
        self.waiting: list[str] = []
        self.taken: list[str] = []
        if offset == 0 and self.has_more() and self.waiting[0].startswith(BOM):
            self.waiting[0] = self.waiting[0].removeprefix(BOM)
            self.offset = self._bytes(BOM)

    def has_more(self) -> bool:
        if not self.waiting and (line := self.text.readline(LONGEST_ROW)):
            self.waiting.append(line)
        return bool(self.waiting)

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if not self.has_more():
            raise StopIteration
        line = self.waiting.pop(0)
        self.taken.append(line)
        self.offset += self._bytes(line)
        return line

    def _bytes(self, line: str) -> int:
        return len(line) if line.isascii() and "16" not in self.text.encoding else len(line.encode(self.text.encoding, self.text.errors or "strict"))

    def back_to_second(self) -> None:
        self.waiting = self.taken[1:] + self.waiting
        self.offset -= sum(map(self._bytes, self.taken[1:]))
        del self.taken[1:]

    def first_cells(self) -> list[str]:
        return ["".join(self.taken).strip().encode("utf-8", "replace").decode()[:2000]]

    def forget(self) -> None:
        self.taken.clear()
