"""What an address says of rows: their numbers, and where a page of a list ended. What is none of ours is not there."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import Http404

from agents.text import number_in


def number_of(text: str) -> int:
    """Of a row."""
    if not number_in(text):
        raise Http404
    return number_in(text)


def cursor(moment: datetime, number: int) -> str:
    """Of the last row of a page, in a list by moment and number."""
    return f"{moment.isoformat()}~{number}"


def read_cursor(text: str) -> tuple[datetime, int]:
    moment, _tilde, number = text.partition("~")
    try:
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise Http404
        return at.astimezone(UTC), number_of(number)
    except (ValueError, OverflowError):  # no calendar's day, or one before the first
        raise Http404 from None
