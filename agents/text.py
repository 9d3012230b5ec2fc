"""Text from outside, before it is kept."""

from __future__ import annotations

import re

# NUL and half surrogate pairs cannot be stored; the other control characters and the marks that turn the
# direction of writing round only ever mislead whoever reads a row.
_MISLEADING = re.compile("[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def readable(text: str) -> str:
    """Several lines, as they were written."""
    return _MISLEADING.sub("", text)


def one_line(text: str) -> str:
    """A name, a subject: what may stand in a row and in the header of a mail (V8)."""
    return " ".join(readable(text).split())
