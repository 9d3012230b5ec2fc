"""The two ways data about a customer comes in: identify and track."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import phonenumbers
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from agents.text import one_line
from helpdesk.customers.models import Customer, Event
from helpdesk.customers.values import remember

_FIELDS = {"name": 200, "country": 100, "city": 100, "language": 10}  # and their longest values


class NothingNamed(ValueError):
    """An event needs the name of what was done."""


class NobodyNamed(ValueError):
    """A customer needs an e-mail, a phone number or an external ID."""


@transaction.atomic
def identify(*, email: str = "", phone: str = "", external_id: str = "", **facts: Any) -> Customer:
    """The customer with one of these keys, made if there is none; empty facts never overwrite known ones.

    `facts`: name, country, city, language, and `properties`, a dict that is merged in. A key that is
    given and was not known is added, unless another customer already has it. `is_new` of the returned one tells whether it was made.
    """
    keys = _clean_keys(email=email, phone=phone, external_id=external_id)
    customer = _find(keys)
    if customer is None:
        try:
            with transaction.atomic():
                return _fill(Customer(**keys), facts)
        except IntegrityError:  # somebody else made the same customer a moment ago
            customer = _find(keys)
            if customer is None:
                raise
    missing = {key: value for key, value in keys.items() if not getattr(customer, key) and not _with(key, value).exists()}
    for key, value in missing.items():
        setattr(customer, key, value)
    return _fill(customer, facts, changed=bool(missing))


def _clean_keys(*, email: str, phone: str, external_id: str) -> dict[str, str]:
    keys = {"external_id": external_id.strip()[:200], "email": email.strip().lower()[:320], "phone": e164(phone)}
    if not any(keys.values()):
        raise NobodyNamed("A customer needs an e-mail, a phone number or an external ID.")
    return {key: value for key, value in keys.items() if value}


def e164(phone: str) -> str:
    """The number as +46701234567, or "" for what is no possible number."""
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if phonenumbers.is_possible_number(number) else ""


def _find(keys: dict[str, str]) -> Customer | None:
    """By the strongest key first: external ID, then e-mail, then phone. Locked, so that nobody's facts are overwritten by older ones."""
    for key in ("external_id", "email", "phone"):
        if key in keys and (found := _with(key, keys[key]).select_for_update(no_key=True).first()):
            return found
    return None


def _with(key: str, value: str) -> QuerySet[Customer]:
    if key == "email":  # as the index has it; `iexact` would ask PostgreSQL for UPPER and read the whole table
        return Customer.objects.alias(address=Lower("email")).filter(address=value)
    return Customer.objects.filter(**{key: value})


def _fill(customer: Customer, facts: dict[str, Any], *, changed: bool = False) -> Customer:
    for field, longest in _FIELDS.items():
        value = one_line(str(facts.get(field) or ""))[:longest]
        if value and value != getattr(customer, field):
            setattr(customer, field, value)
            changed = True
    if new := {key: value for key, value in (facts.get("properties") or {}).items() if customer.properties.get(key) != value}:
        customer.properties = customer.properties | new
        changed = True
    customer.is_new = customer.pk is None
    if changed or customer.is_new:
        customer.save()
    if new:
        remember(customer, new, at=timezone.now())
    return customer


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
    fields = {"customer": customer, "metric": metric, "occurred_at": occurred_at or timezone.now(), "value": value, "properties": properties or {}}
    if external_id is None:
        event, event.is_new = Event.objects.create(**fields), True
    else:
        event, event.is_new = Event.objects.get_or_create(external_id=external_id, defaults=fields)
    return event
