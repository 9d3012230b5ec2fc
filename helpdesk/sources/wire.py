"""What comes over the wire, before anybody believes it. Sizes are in bytes."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Never

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django.utils import timezone

from agents.text import one_line
from helpdesk.conditions.dates import as_moment
from helpdesk.conditions.filters import as_number
from helpdesk.customers.filing.incoming import LARGEST_AMOUNT

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
REQUESTS_A_MINUTE = 3_000  # from one address (V15)
PASSING = (InterfaceError, OperationalError)  # the database is away or busy: another time it will not be
UNEXPECTED = "Something went wrong here, not there. The log has the details."
_GZIP = 31  # zlib's number for "with a gzip header"


class Problem(ValueError):
    """What is wrong, in words for the person who looks at it."""


class TooLarge(Problem):
    """More bytes than allowed."""


class NotYet(Exception):
    """It belongs to something that has not arrived."""


class NotUsed(Exception):
    """There is nothing in it for us, and nothing for a person to do."""


def is_within_rate(address: str) -> bool:
    """Counts a request; False once an address has used up its minute."""
    key = f"sources:{address}:{timezone.now():%H:%M}"
    cache.add(key, 0, timeout=120)
    try:
        return cache.incr(key) <= REQUESTS_A_MINUTE
    except ValueError:  # the cache has just dropped it
        return True


def read_body(request: HttpRequest, most: int) -> bytes:
    """The bytes as they came. Never reads more, whatever the request says of itself: raises TooLarge."""
    return _limited(request.read(most + 1), most)


def read_unpacked(request: HttpRequest, most: int) -> bytes:
    """As `read_body`, after gunzip if it was packed."""
    raw = read_body(request, most)
    if request.headers.get("Content-Encoding", "").lower() != "gzip":
        return raw
    try:
        return _limited(zlib.decompressobj(_GZIP).decompress(raw, most + 1), most)
    except zlib.error as error:
        raise Problem("This is not gzip.") from error


def _limited(raw: bytes, most: int) -> bytes:
    if len(raw) > most:
        raise TooLarge(f"This is too large: at most {most} bytes.")
    return raw


def read_json(raw: bytes) -> Any:
    try:
        return json.loads(raw, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Problem("This is not JSON that can be read.") from error


def _no_number(name: str) -> Never:
    raise ValueError(name)  # NaN and Infinity are Python's, not JSON's


# What a field should be; anything else counts as not given --------------------------------------------


def text(value: Any, longest: int = 200) -> str:
    """One line. Numbers are IDs, too."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    return one_line(str(value))[:longest]


def an_object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def money(value: Any) -> Decimal | None:
    """With two decimals; None for what is no amount, or more than an event can hold."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        amount = Decimal(str(value)[:40])
        return amount.quantize(Decimal("0.01"), ROUND_HALF_UP) if amount.is_finite() and abs(amount) < LARGEST_AMOUNT else None
    except InvalidOperation:
        return None


def number(value: Any) -> int | float | None:
    """A number, or text that is one."""
    found = as_number(value)
    return int(found) if found is not None and found.is_integer() else found


def moment(value: Any) -> datetime | None:
    """None for what is no time since 1900."""
    found = as_moment(value) if isinstance(value, str) else None
    return found if found is not None and found >= EARLIEST else None


def an_email(value: Any) -> str:
    """ "" for what is no address: it is who somebody is."""
    address = text(value, longest=320)
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address
