"""Text from outside, before it is kept."""

from __future__ import annotations

import re
from unicodedata import category

# NUL and half surrogate pairs cannot be stored; the other control characters and the marks that turn the
# direction of writing round only ever mislead whoever reads a row.
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"
_MISLEADING = re.compile("[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def readable(text: str) -> str:
    """Several lines, as they were written."""
    return _MISLEADING.sub("", text)


def one_line(text: str) -> str:
    """A name, a subject: what may stand in a row and in the header of a mail (V8). "" where nothing of it can be seen."""
    line = " ".join(readable(text).split())
    return line if any(map(_is_seen, line)) else ""


def number_in(text: str) -> int:
    """Of a row, where a form, an address or a search names one; else 0, which no row has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def _is_seen(character: str) -> bool:
    """Neither a blank, nor one that only changes how others look. A few that Unicode calls letters and signs are blanks, too."""
    return category(character)[0] not in "CMZ" and character not in _BLANK


# Tags that hold others: not the void ones, nor those that the next of their kind closes.
_NESTING_TAG = re.compile(r"<(/?)(?!(?:br|img|hr|meta|link|input|col|p|li|dt|dd|td|th|tr|option|a)\b)[a-z]", re.IGNORECASE)


def is_nested_too_deep(html: str, most: int = 200) -> bool:
    """What nobody has written: a sanitiser's time is quadratic in the depth (V9)."""
    depth = 0
    for tag in _NESTING_TAG.finditer(html):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth > most:
            return True
    return False
