"""The two ways data about a customer comes in: identify and track."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import phonenumbers
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from agents.text import one_line
from helpdesk.customers.models import Customer, Event, ExternalId
from helpdesk.customers.values import remember, typed

_FIELDS = {"name": 200, "country": 100, "city": 100, "zone": 64, "language": 10}  # and their longest values
_KEYS = ("external_id", "email", "phone")  # the strongest first


class NothingNamed(ValueError):
    """An event needs the name of what was done."""


class NobodyNamed(ValueError):
    """A customer needs an e-mail, a phone number or an external ID."""


@transaction.atomic
def identify(
    *, email: str = "", phone: str = "", external_id: str = "", ids: Mapping[str, str] | None = None, at: datetime | None = None, **facts: Any
) -> Customer:
    """The customer with one of these keys, made if there is none; empty facts never overwrite known ones.

    `ids`: what other systems call them, as {"shopify": "7012345"}. `facts`: name, country, city, zone, language; `consent`, as
    {"email": "subscribed"} (or "unsubscribed"); and `properties`, a dict that is merged in, where `$country` and the like mean
    the profile's own. A key that is given and was not known is added, unless another customer already has it. `at`: since when
    it is so, now unless told. `is_new` of the returned one tells whether it was made.
    """
    keys, ids = _clean_keys(email=email, phone=phone, external_id=external_id), _clean_ids(ids or {})
    if not keys and not ids:
        raise NobodyNamed("A customer needs an e-mail, a phone number or an external ID.")
    facts, at = _own_fields_first(facts), at or timezone.now()
    customer = find(keys, ids)
    if customer is None:
        try:
            with transaction.atomic():
                return _fill(Customer(**keys), facts, ids, at)
        except IntegrityError:  # somebody else made the same customer a moment ago
            customer = find(keys, ids)
            if customer is None:
                raise
    missing = {key: value for key, value in keys.items() if not getattr(customer, key) and not _with(key, value).exists()}
    return _fill(customer, facts | missing, ids, at)


def _clean_keys(*, email: str, phone: str, external_id: str) -> dict[str, str]:
    keys = {"external_id": external_id.strip()[:200], "email": email.strip().lower()[:320], "phone": e164(phone)}
    return {key: value for key, value in keys.items() if value}


def _clean_ids(ids: Mapping[str, str]) -> dict[str, str]:
    return {source: value.strip()[:200] for source, value in ids.items() if value.strip()}


def e164(phone: str) -> str:
    """The number as +46701234567, or "" for what is no possible number."""
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if phonenumbers.is_possible_number(number) else ""


def _own_fields_first(facts: dict[str, Any]) -> dict[str, Any]:
    """`$country` among the properties is the profile's country; consent is a property of each channel."""
    properties = dict(facts.get("properties") or {})
    own = {field: properties.pop(f"${field}") for field in _FIELDS if f"${field}" in properties}
    for key in _KEYS:
        properties.pop(f"${key}", None)  # who somebody is, is said by `identify`'s keys alone
    consent = {f"{channel}_consent": status for channel, status in (facts.get("consent") or {}).items()}
    return own | {name: value for name, value in facts.items() if name in _FIELDS and value} | {"properties": properties | consent}


def find(keys: Mapping[str, str], ids: Mapping[str, str]) -> Customer | None:
    """By the strongest key first: external ID, other systems' IDs, e-mail, phone. A merged profile leads to the one it became.

    Locked, so that nobody's facts are overwritten by older ones.
    """
    ways = [_with("external_id", keys["external_id"])] if "external_id" in keys else []
    ways += [Customer.objects.filter(external_ids__source=source, external_ids__value=value) for source, value in ids.items()]
    ways += [_with(key, keys[key]) for key in ("email", "phone") if key in keys]
    found = next((customer for way in ways if (customer := way.select_for_update(no_key=True, of=("self",)).first())), None)
    while found is not None and found.merged_into_id is not None:
        found = Customer.objects.select_for_update(no_key=True).get(pk=found.merged_into_id)
    return found


def _with(key: str, value: str) -> QuerySet[Customer]:
    if key == "email":  # as the index has it; `iexact` would ask PostgreSQL for UPPER and read the whole table
        return Customer.objects.alias(address=Lower("email")).filter(address=value)
    return Customer.objects.filter(**{key: value})


def _fill(customer: Customer, facts: dict[str, Any], ids: dict[str, str], at: datetime) -> Customer:
    customer.is_new = customer.pk is None
    changed = {f"${key}": getattr(customer, key) for key in _KEYS if customer.is_new and getattr(customer, key)}
    for field in (*_FIELDS, *_KEYS):
        value = one_line(str(facts.get(field) or ""))[: _FIELDS.get(field)]
        if value and value != getattr(customer, field):
            setattr(customer, field, value)
            changed[f"${field}"] = value
    new = {key: value for key, value in facts["properties"].items() if customer.properties.get(key) != value}
    customer.properties = customer.properties | new
    if changed or new or customer.is_new:
        customer.changed_at = timezone.now()
        customer.save()
        remember(customer, changed | new, at=at)
    _know_as(customer, ids)
    return customer


def _know_as(customer: Customer, ids: dict[str, str]) -> None:
    """An ID that is somebody else's already stays theirs."""
    if ids:
        ExternalId.objects.bulk_create([ExternalId(customer=customer, source=source, value=value) for source, value in ids.items()], ignore_conflicts=True)


def track(
    customer: Customer,
    metric: str,
    *,
    occurred_at: datetime | None = None,
    value: Decimal | None = None,
    properties: dict[str, Any] | None = None,
    external_id: str | None = None,
) -> Event:
    """Records what a customer did. The same `external_id` again changes nothing and returns the first one, which is not `is_new`."""
    if not metric.strip():
        raise NothingNamed("An event needs a metric, the name of what was done.")
    properties = properties or {}
    fields = {
        "customer": customer,
        "metric": metric,
        "occurred_at": occurred_at or timezone.now(),
        "value": value,
        "properties": properties,
        "typed": typed(properties),
    }
    if external_id is None:
        event, event.is_new = Event.objects.create(**fields), True
    else:
        event, event.is_new = Event.objects.get_or_create(external_id=external_id, defaults=fields)
    if event.is_new:
        Customer.objects.filter(pk=customer.pk).update(changed_at=timezone.now())
    return event
