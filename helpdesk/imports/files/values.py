"""A cell as a value of a type. BadRow says what is wrong with it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from helpdesk.imports.files.table import BadRow

YES = {"yes", "true", "y", "1", "ja", "j", "sant", "tak", "t", "prawda"}
NO = {"no", "false", "n", "0", "nej", "falskt", "nie", "fałsz"}
SUBSCRIBED = {*YES, "subscribed", "prenumererar", "zapisany", "opted in", "opt-in"}
UNSUBSCRIBED = {*NO, "unsubscribed", "avregistrerad", "wypisany", "opted out", "opt-out"}
_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[ T,]+(.+))?")
_NUMBERS = {
    sign: re.compile(rf"([+-]?(?:\d{{1,3}}(?:[\s\u00a0\u202f'’{other}]\d{{3}})+|\d+))(?:[{sign}](\d*))?([eE][+-]?\d{{1,3}})?", re.ASCII)
    for sign, other in ((".", ","), (",", "."))
}
_EPOCH = re.compile(r"\d{10}(\d{3})?")


@dataclass(frozen=True)
class Reading:
    """How this file writes things. `zone`: of times that name none. `decimal`: the decimal sign. `month_first`: 03/04 is the 4th of March.

    `country`: two letters, of phone numbers without one.
    """

    zone: str = "UTC"
    decimal: str = "."
    month_first: bool = False
    country: str = ""


def as_value(cell: str, kind: str, reading: Reading) -> Any:
    """What a property of that type keeps. `cell` is not empty."""
    return _TYPES[kind](cell, reading)


def number(cell: str, reading: Reading) -> float | int:
    found = decimal(cell, reading)
    if found == found.to_integral_value() and abs(found) < 2**53:
        return int(found)
    if math.isinf(float(found)):
        raise BadRow(_("“%(cell)s” is no number.") % {"cell": cell[:80]})
    return float(found)


def decimal(cell: str, reading: Reading) -> Decimal:
    """Thousands may be parted: by spaces, or by whichever of comma and point is not the decimal sign."""
    written = _NUMBERS[reading.decimal].fullmatch(cell)
    if not written:
        raise BadRow(_("“%(cell)s” is no number.") % {"cell": cell[:80]})
    whole, fraction, exponent = written.groups()
    return Decimal(re.sub(r"[^\d+-]", "", whole) + "." + (fraction or "0") + (exponent or ""))


def _yes_no(cell: str, _reading: Reading) -> bool:
    word = cell.casefold()
    if word not in YES | NO:
        raise BadRow(_("“%(cell)s” is neither yes nor no.") % {"cell": cell[:80]})
    return word in YES


def _date(cell: str, reading: Reading) -> str:
    """A day alone stays one; a time is kept with its offset."""
    found, has_time = _parsed(cell, reading)
    return found.isoformat() if has_time else found.date().isoformat()


def moment(cell: str, reading: Reading) -> datetime:
    """When something happened; a day without a time begins at midnight."""
    if _EPOCH.fullmatch(cell):
        return datetime.fromtimestamp(int(cell[:10]), UTC)
    return _parsed(cell, reading)[0]


def _parsed(cell: str, reading: Reading) -> tuple[datetime, bool]:
    try:
        found = datetime.fromisoformat(_iso(cell, reading))
        found = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(reading.zone))
        found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRow(_("“%(cell)s” is no date such as 2026-11-22 or 2026-11-22 13:07.") % {"cell": cell[:80]}) from None
    return found, bool(re.search(r"\d[T ,]+\d", cell))


def _iso(cell: str, reading: Reading) -> str:
    written = _DATE.fullmatch(cell)
    if not written:
        return cell.replace(" UTC", "+00:00")
    first, _sign, second, year, time = written.groups()
    day, month = (second, first) if reading.month_first else (first, second)
    return f"{year}-{month:0>2}-{day:0>2}" + (f"T{time.strip():0>5}" if time else "")


def _list(cell: str, _reading: Reading) -> list[str]:
    return [entry.strip() for entry in cell.split(";") if entry.strip()]


_TYPES: dict[str, Callable[[str, Reading], Any]] = {
    "text": lambda cell, _reading: cell,
    "number": number,
    "yes-no": _yes_no,
    "date": _date,
    "list": _list,
}


def email(cell: str) -> str:
    try:
        validate_email(cell)
    except ValidationError:
        raise BadRow(_("“%(cell)s” is no e-mail address.") % {"cell": cell[:80]}) from None
    return cell


def phone(cell: str, reading: Reading) -> str:
    """E.164."""
    try:
        found = phonenumbers.parse(cell, reading.country or None)
    except phonenumbers.NumberParseException:
        found = None
    if found is None or not phonenumbers.is_possible_number(found):
        raise BadRow(_("“%(cell)s” is no phone number with its country, as +46701234567.") % {"cell": cell[:80]})
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def consent(cell: str) -> str:
    """Subscribed or unsubscribed; "never subscribed" is no consent known."""
    word = cell.casefold().replace("_", " ")
    if word in SUBSCRIBED:
        return "subscribed"
    if word in UNSUBSCRIBED:
        return "unsubscribed"
    if word == "never subscribed":
        return ""
    raise BadRow(_("“%(cell)s” is neither “subscribed” nor “unsubscribed”.") % {"cell": cell[:80]})
