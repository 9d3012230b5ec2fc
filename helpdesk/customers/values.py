"""Custom properties as typed rows: what SQL can ask alike on every database, and what was true at any instant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from helpdesk.conditions.dates import as_moment
from helpdesk.conditions.filters import as_number, as_text
from helpdesk.customers.models import Customer, PropertyItem, PropertyValue


def remember(customer: Customer, values: Mapping[str, Any], *, at: datetime) -> None:
    """Closes the rows of these properties and opens new ones. Inside the transaction that writes `Customer.properties`."""
    customer.property_values.filter(name__in=values, until=None).update(until=at)
    opened = [PropertyValue(customer=customer, name=name, since=at, value=value, **columns(value)) for name, value in values.items()]
    PropertyValue.objects.bulk_create(opened)
    PropertyItem.objects.bulk_create(PropertyItem(property=row, text=text) for row in opened for text in items(row.value))


def columns(value: Any) -> dict[str, Any]:
    """The value as each type of filter reads it; None where it is nothing of that type."""
    is_plain = value is not None and not isinstance(value, (list, dict))
    return {
        "kind": _kind(value),
        "text": as_text(value) if is_plain else None,
        "number": as_number(value),
        "boolean": value if isinstance(value, bool) else None,
        "moment": as_moment(value),
    }


def _kind(value: Any) -> PropertyValue.Kind:
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


def items(value: Any) -> list[str]:
    return [as_text(item) for item in value] if isinstance(value, list) else []


def value_at(customer: Customer, name: str, moment: datetime) -> Any:
    """What the property was at that instant (I1); None when it had none. A row holds from `since` on, and until just before `until`."""
    row = customer.property_values.filter(Q(until=None) | Q(until__gt=moment), name=name, since__lte=moment).order_by("-since", "-pk").first()
    return row.value if row else None
