"""The two ways data about a customer comes in: identify and track. For many at once, see `bulk`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from helpdesk.customers.filing.batch import identified, keep, tracked
from helpdesk.customers.filing.incoming import EventRow, NobodyNamed, NothingNamed, NotStorable, Refusal, consent_status, e164, read_event, read_row
from helpdesk.customers.models import Customer, Event
from helpdesk.customers.values import remember

__all__ = ["NobodyNamed", "NotStorable", "NothingNamed", "Refusal", "consent_status", "e164", "identify", "mend", "track"]


def identify(
    *, email: str = "", phone: str = "", external_id: str = "", ids: Mapping[str, str] | None = None, at: datetime | None = None, **facts: Any
) -> Customer:
    """The customer with one of these keys, made if there is none; empty facts never overwrite known ones. Raises Refusal.

    `ids`: what other systems call them, as {"shopify": "7012345"}. `facts`: name, country, city, zone, language; `consent`, as
    {"email": "subscribed"} (see `consent_status`); and `properties`, a dict that is merged in, where `$country` and the like mean
    the profile's own. A key that is given and was not known is added, unless another customer already has it. `at`: since when
    it is so, now unless told; what is older than what is known goes into the history alone. `is_new` of the returned one tells
    whether it was made.

    The strongest key decides: external ID, other systems' IDs, e-mail, phone. A phone may be a family's: it leads to nobody who
    has another e-mail or external ID than those given with it, and stays with whom it was seen first.
    """
    return keep(identified, [read_row(email=email, phone=phone, external_id=external_id, ids=ids, at=at, **facts)])[0]


@transaction.atomic
def mend(customer: Customer, fields: Mapping[str, str]) -> None:
    """What people correct by hand in name, country, city, zone and language, also to nothing: with its history, and nothing else is written."""
    now = timezone.now()
    Customer.objects.filter(pk=customer.pk).update(**fields, changed_at=now, renamed_at=now)
    remember(customer, {f"${name}": value for name, value in fields.items()}, at=now)


def track(
    customer: Customer,
    metric: str,
    *,
    occurred_at: datetime | None = None,
    value: Decimal | None = None,
    properties: Mapping[str, Any] | None = None,
    external_id: str | None = None,
) -> Event:
    """Records what a customer did. The same `external_id` again changes nothing and returns the first one, which is not `is_new`.

    Of a merged profile, it is the survivor's. Raises Refusal.
    """
    row = EventRow(customer=customer, metric=metric, occurred_at=occurred_at, value=value, properties=properties, external_id=external_id)
    return keep(tracked, [read_event(row)])[0]
