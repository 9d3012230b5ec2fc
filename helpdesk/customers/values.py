"""Facts as typed rows: what SQL can ask alike on every database, and what was true at any instant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from helpdesk.conditions.dates import as_moment
from helpdesk.conditions.filters import as_entry, as_number, as_text
from helpdesk.customers.models import Customer, PropertyValue

SEPARATOR = "\x1f"  # `as_entry` leaves none in an entry


def remember(customer: Customer, values: Mapping[str, Any], *, at: datetime) -> None:
    """Closes the rows of these facts and opens new ones. Inside the transaction that writes the profile.

    Names as `facts.stored_name` has them. Nothing known is no row for a field of the profile's own, and a row of nothing for a custom property.
    """
    customer.property_values.filter(name__in=values, until=None).update(until=at)
    opened = [PropertyValue(customer=customer, name=name, since=at, value=value, **columns(value)) for name, value in values.items()]
    PropertyValue.objects.bulk_create(opened)


def columns(value: Any) -> dict[str, Any]:
    """The value as each type of filter reads it; None where it is nothing of that type."""
    is_plain = value is not None and not isinstance(value, (list, dict))
    moment = as_moment(value)
    entries = [as_entry(item) for item in value] if isinstance(value, list) else None
    return {
        "kind": kind_of(value),
        "text": as_text(value) if is_plain else None,
        "number": as_number(value),
        "boolean": value if isinstance(value, bool) else None,
        "moment": moment,
        "yearless": f"{moment:%m-%dT%H:%M:%S.%f}" if moment else None,
        "items": None if entries is None else SEPARATOR.join(["", *entries, ""]),
        "length": None if entries is None else len(entries),
    }


def typed(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of each property, as JSON in the row itself. Names begin with "=": SQLite takes one that looks like a number for a place in a list."""
    return {f"={name}": _written(columns(value)) for name, value in properties.items()}


def _written(found: dict[str, Any]) -> dict[str, Any]:
    known = {name: value for name, value in found.items() if value is not None}
    return known | ({"moment": found["moment"].isoformat(timespec="microseconds")} if found["moment"] else {})


def kind_of(value: Any) -> PropertyValue.Kind:
    match value:
        case None:
            return PropertyValue.Kind.NOTHING
        case bool():
            return PropertyValue.Kind.BOOLEAN
        case int() | float():
            return PropertyValue.Kind.NUMBER
        case list():
            return PropertyValue.Kind.LIST
        case dict():
            return PropertyValue.Kind.OBJECT
    return PropertyValue.Kind.TEXT


def value_at(customer: Customer, name: str, moment: datetime) -> Any:
    """What the fact was at that instant (I1); None when it had none. A row holds from `since` on, and until just before `until`."""
    row = customer.property_values.filter(Q(until=None) | Q(until__gt=moment), name=name, since__lte=moment).order_by("-since", "-pk").first()
    return row.value if row else None
