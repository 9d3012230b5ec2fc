"""What comes in about customers, cleaned before anything is asked: one `Told` for each row, or a `Refusal` in the user's words."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

import phonenumbers
from django.utils import timezone

from agents.text import one_line
from helpdesk.customers.models import Customer
from helpdesk.customers.values import typed

FIELDS = {"name": 200, "country": 100, "city": 100, "zone": 64, "language": 10}  # of the profile's own, and their longest values
KEYS = {"external_id": 200, "email": 320, "phone": 20}  # the strongest first
CHANNELS = ("email", "sms", "push")  # of consent
LONGEST_SOURCE, LONGEST_ID, LONGEST_NAME, LONGEST_METRIC = 40, 200, 200, 120
LARGEST_AMOUNT = 10**12
LONGEST_PROPERTIES, DEEPEST_PROPERTIES = 100_000, 20  # characters of JSON, levels
_NOT_TEXT = re.compile(r"[\0\ud800-\udfff]")
_LONGEST_NUMBER = 3_000  # bits; Python refuses to write far longer ones
_CONSENTS = {
    "subscribed": {"subscribed", "opted_in", "opted-in", "opt_in", "opt-in", "confirmed", "granted", "true", "yes", "1"},
    "unsubscribed": {"unsubscribed", "opted_out", "opted-out", "opt_out", "opt-out", "denied", "revoked", "suppressed", "false", "no", "0"},
}


class Refusal(ValueError):
    """What was told cannot be kept; the text says why, to whoever told it."""


class NothingNamed(Refusal):
    """An event needs the name of what was done."""


class NobodyNamed(Refusal):
    """A customer needs an e-mail, a phone number, an external ID or the ID of another system."""


class NotStorable(Refusal):
    """No database holds this."""


@dataclass(frozen=True)
class Told:
    """One row: who it is about, by keys and IDs or by primary key, and what is said. `at` is None where nobody said since when."""

    keys: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    customer: int | None = None

    def facts(self) -> dict[str, Any]:
        """By the names under which their values are kept."""
        return {f"${name}": value for name, value in self.fields.items()} | dict(self.properties)


@dataclass(frozen=True)
class Happened:
    """One event, and whose it is."""

    told: Told
    external_id: str | None
    fields: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class EventRow:
    """The arguments of `profiles.track`; `customer` may be the arguments of `profiles.identify` instead."""

    customer: Customer | Mapping[str, Any]
    metric: str
    occurred_at: datetime | None = None
    value: Any = None
    properties: Mapping[str, Any] | None = None
    external_id: str | None = None


def read_row(
    *,
    email: Any = "",
    phone: Any = "",
    external_id: Any = "",
    ids: Mapping[str, Any] | None = None,
    at: datetime | None = None,
    consent: Mapping[str, Any] | None = None,
    properties: Mapping[str, Any] | None = None,
    **facts: Any,
) -> Told:
    """The arguments of `profiles.identify`, cleaned; raises Refusal."""
    keys = {"external_id": _key("external_id", external_id), "email": _key("email", email).lower(), "phone": e164(_text(phone))}
    known_as = {_limited("A source", source, LONGEST_SOURCE): _limited("An ID", value, LONGEST_ID) for source, value in (ids or {}).items()}
    keys, known_as = _filled(keys), _filled(known_as)
    if not keys and not known_as:
        raise NobodyNamed("A customer needs an e-mail, a phone number or an external ID.")
    own, custom = _own_fields_first(_object(properties))
    fields = {name: one_line(_text(value))[:longest] for name, longest in FIELDS.items() if (value := facts.get(name) or own.get(name))}
    return Told(keys, known_as, _filled(fields), as_properties(custom | _consents(custom, consent or {})), _moment(at))


def read_event(row: EventRow) -> Happened:
    """Raises Refusal."""
    if not row.metric.strip():
        raise NothingNamed("An event needs a metric, the name of what was done.")
    if len(row.metric) > LONGEST_METRIC or len(row.external_id or "") > LONGEST_ID or _NOT_TEXT.search(f"{row.metric}{row.external_id or ''}"):
        raise NotStorable(f"A metric is a text of at most {LONGEST_METRIC} characters, the ID of an event one of at most {LONGEST_ID}.")
    properties = as_properties(_object(row.properties))
    at = _moment(row.occurred_at) or timezone.now()
    fields = {"metric": row.metric, "occurred_at": at, "value": _amount(row.value), "properties": properties, "typed": typed(properties)}
    told = Told(customer=row.customer.pk) if isinstance(row.customer, Customer) else read_row(**row.customer)
    return Happened(told, row.external_id or None, fields)


def _moment(at: datetime | None) -> datetime | None:
    if at is not None and timezone.is_naive(at):
        raise NotStorable("A time needs its zone, as 2026-11-22T13:07:00Z.")
    return at


def _amount(value: Any) -> Decimal | None:
    """Two decimals, as the column has them."""
    if value is None:
        return None
    try:
        amount = Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    except InvalidOperation as problem:
        raise NotStorable("The value of an event is a number.") from problem
    if not amount.is_finite() or abs(amount) >= LARGEST_AMOUNT:
        raise NotStorable("The value of an event has at most 12 digits before the decimal point.")
    return amount


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _filled(texts: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in texts.items() if text}


def _key(name: str, value: Any) -> str:
    return _limited({"external_id": "An external ID", "email": "An e-mail"}[name], value, KEYS[name])


def _limited(what: str, value: Any, longest: int) -> str:
    """Never cut: two that differ at their ends would be one."""
    text = _text(value)
    if len(text) > longest:
        raise NobodyNamed(f"{what} has at most {longest} characters.")
    if _NOT_TEXT.search(text):
        raise NobodyNamed(f"{what} holds no null characters and no broken ones.")
    return text


def e164(phone: str) -> str:
    """The number as +46701234567, or "" for what is no possible number."""
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if phonenumbers.is_possible_number(number) else ""


def _object(properties: Any) -> Mapping[str, Any]:
    if not isinstance(properties or {}, Mapping):
        raise NotStorable('Properties are an object, as {"tier": "gold"}.')
    return properties or {}


def _own_fields_first(properties: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """`$country` among the properties is the profile's country. Who somebody is, is said by `identify`'s keys alone."""
    own = {name: properties[f"${name}"] for name in FIELDS if f"${name}" in properties}
    aliases = {f"${name}" for name in (*FIELDS, *KEYS)}
    return own, {name: value for name, value in properties.items() if name not in aliases}


def _consents(properties: Mapping[str, Any], consent: Mapping[str, Any]) -> dict[str, Any]:
    """Consent is a property of each channel, told by itself or among the properties."""
    told = {name: properties[name] for channel in CHANNELS if (name := f"{channel}_consent") in properties}
    told |= {f"{channel}_consent": status for channel, status in consent.items()}
    return {name: status for name, value in told.items() if (status := consent_status(value))}


def consent_status(value: Any) -> str | None:
    """ "subscribed" or "unsubscribed", however other systems write it (True, "SUBSCRIBED", "opted_in"); None for what is neither."""
    written = str(value).strip().lower().replace(" ", "_")
    return next((status for status, ways in _CONSENTS.items() if written in ways), None)


def as_properties(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The same, in the one way in which each database gives it back; NotStorable where none can hold it."""
    if any(not isinstance(name, str) or len(name) > LONGEST_NAME for name in properties):
        raise NotStorable(f"The name of a property is a text of at most {LONGEST_NAME} characters.")
    found: dict[str, Any] = _storable(dict(properties), DEEPEST_PROPERTIES)
    if len(json.dumps(found, ensure_ascii=False)) > LONGEST_PROPERTIES:
        raise NotStorable(f"Properties are at most {LONGEST_PROPERTIES} characters of JSON.")
    return found


def _storable(value: Any, levels: int) -> Any:
    match value:
        case dict() if levels and all(isinstance(name, str) for name in value):
            return {_storable(name, levels): _storable(part, levels - 1) for name, part in value.items()}
        case list() | tuple() if levels:
            return [_storable(part, levels - 1) for part in value]
        case str() if not _NOT_TEXT.search(value):
            return value
        case None | bool():
            return value
        case int() if value.bit_length() <= _LONGEST_NUMBER:
            return value
        case float() if math.isfinite(value):
            return int(value) if abs(value) >= 1e16 else value or 0.0  # PostgreSQL writes out large ones, and knows no -0.0
    raise NotStorable(f"Null characters, broken characters, infinite numbers, more than {DEEPEST_PROPERTIES} levels and what is no JSON cannot be kept.")


def same(one: Any, other: Any) -> bool:
    """As JSON is: Python takes true for 1, and 1 for 1.0."""
    if isinstance(one, (list, dict)) and isinstance(other, (list, dict)):
        return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    return type(one) is type(other) and bool(one == other)
