"""Text in a field of one line. A browser drops line breaks there, and nobody sees the blanks at its ends: such a text is written in quotes, as JSON."""

from __future__ import annotations

import json

_FIRST_PRINTABLE = 32


def written(text: str) -> str:
    """What `read` reads as the same text."""
    return json.dumps(text, ensure_ascii=False) if _needs_quotes(text) else text


def read(field: str) -> str:
    """Blanks at the ends do not count, outside of quotes."""
    bare = field.strip()
    try:
        quoted = json.loads(bare) if bare.startswith('"') else None
    except ValueError:
        quoted = None
    return quoted if isinstance(quoted, str) and _needs_quotes(quoted) else bare


def _needs_quotes(text: str) -> bool:
    """Quotes that nobody needs are part of the text: a subject may well be “"Hello"”."""
    return not text or text != text.strip() or any(ord(letter) < _FIRST_PRINTABLE for letter in text) or read(text) != text
