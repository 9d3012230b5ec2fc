"""What a file is, from its bytes: encoding and delimiter. Only a guess, which the person who imports can change."""

from __future__ import annotations

import codecs
import csv
from collections import Counter

from django.utils.translation import gettext as _

from helpdesk.imports.files.table import BadFile, Shape

# Letters that the other of the two code pages does not have at the same byte; those that both claim decide nothing.
_POLISH, _WESTERN = "ąłśżźĄŁŚŻŹĘĆŃ", "åÅøØèÈàÀëË"


class Utf8Check:
    """Whether everything that was fed is UTF-8."""

    def __init__(self) -> None:
        self.passed = True
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def feed(self, piece: bytes) -> None:
        try:
            self._decoder.decode(piece)
        except UnicodeDecodeError:
            self.passed = False


def guess_shape(head: bytes, *, is_utf8: bool) -> Shape:
    """BadFile for what holds no text."""
    if head.startswith(b"PK\x03\x04"):
        raise BadFile(_("This is a workbook, not a CSV file. In the program that made it, save it as “CSV UTF-8”."))
    encoding = _utf16(head) or ("utf-8" if is_utf8 else _code_page(head))
    if "16" not in encoding and b"\0" in head:
        raise BadFile(_("This is not a text file. Save it as “CSV UTF-8” in the program that made it."))
    return Shape(encoding, _delimiter(head.decode(encoding, "replace").removeprefix("\ufeff")))


def _utf16(head: bytes) -> str:
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    even, odd = head[::2].count(0), head[1::2].count(0)
    if not head or max(even, odd) * 4 < len(head) or min(even, odd) * 20 > len(head):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _code_page(head: bytes) -> str:
    polish = sum(letter in _POLISH for letter in head.decode("cp1250", "replace"))
    western = sum(letter in _WESTERN for letter in head.decode("cp1252", "replace"))
    return "cp1250" if polish > western else "cp1252"


def _delimiter(text: str) -> str:
    """The one that gives the most rows of the same width, and among those the widest."""
    lines = text.splitlines(keepends=True)[:50]
    return max((",", ";", "\t"), key=lambda delimiter: _fit(lines, delimiter))


def _fit(lines: list[str], delimiter: str) -> tuple[int, int]:
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return 0, 0
    width = widths[0] if widths else 0
    return (Counter(widths)[width], width) if width > 1 else (0, 0)
