"""What an address says of rows: their numbers, and where a page of a list ended. What is none of ours is not there."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import Model, Q, QuerySet
from django.http import Http404

from agents.text import number_in


def number_of(text: str) -> int:
    """Of a row."""
    if not number_in(text):
        raise Http404
    return number_in(text)


def part_of[Row: Model](rows: QuerySet[Row], by: str, *, above: str, length: int) -> tuple[list[Row], str]:
    """Of rows that stand newest first, by this moment and their number: what follows the part above, and where it ends; "" if nothing follows."""
    if above:
        at, number = _read(above)
        rows = rows.filter(**{f"{by}__lte": at}).filter(Q(**{f"{by}__lt": at}) | Q(pk__lt=number))
    part = list(rows[: length + 1])
    if len(part) <= length:
        return part, ""
    return part[:length], f"{getattr(part[length - 1], by).isoformat()}~{part[length - 1].pk}"


def _read(end: str) -> tuple[datetime, int]:
    moment, _tilde, number = end.partition("~")
    try:
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise Http404
        return at.astimezone(UTC), number_of(number)
    except (ValueError, OverflowError):  # no calendar's day, or one before the first
        raise Http404 from None
