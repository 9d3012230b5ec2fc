"""Facts as typed rows: what SQL can ask alike on every database, and what was true at any instant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.db.models import Q

from helpdesk.conditions.dates import as_moment, yearless
from helpdesk.conditions.filters import as_entries, as_number, as_text
from helpdesk.customers.facts import OWN
from helpdesk.customers.models import Customer, PropertyValue

SEPARATOR = "\x1f"  # `as_entry` leaves none in an entry


def remember(customer: Customer, values: Mapping[str, Any], *, at: datetime) -> None:
    """Closes the rows of these facts and opens new ones. Inside the transaction that writes the profile.

    Names as `facts.stored_name` has them. Nothing known is no row for a field of the profile's own, and a row of nothing for a custom property.
    """
    customer.property_values.filter(name__in=values, until=None).update(until=at)
    known = {name: value for name, value in values.items() if name not in OWN or value not in (None, "")}
    opened = [PropertyValue(customer=customer, name=name, since=at, value=value, **columns(value)) for name, value in known.items()]
    PropertyValue.objects.bulk_create(opened)


def columns(value: Any) -> dict[str, Any]:
    """The value as each type of filter reads it; None where it is nothing of that type."""
    moment, entries = as_moment(value), as_entries(value)
    return {
        "kind": kind_of(value),
        "text": as_text(value),
        "number": as_number(value),
        "boolean": value if isinstance(value, bool) else None,
        "moment": moment,
        "yearless": yearless(moment) if moment else None,
        "items": None if entries is None else SEPARATOR.join(["", *entries, ""]),
        "length": None if entries is None else len(entries),
    }


def typed(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of each property, as JSON in the row itself."""
    return {key_of(name): _known(columns(value)) for name, value in properties.items()}


def key_of(name: str) -> str:
    """SQLite takes a key that looks like a number for a place in a list, and finds none that holds a quotation mark."""
    return f"={quote(name, safe=' ', errors='surrogatepass')}"


def written(moment: datetime) -> str:
    """These sort as the moments do."""
    return moment.isoformat(timespec="microseconds")


def _known(found: dict[str, Any]) -> dict[str, Any]:
    known = {name: value for name, value in found.items() if value is not None}
    return known | ({"moment": written(found["moment"])} if found["moment"] else {})


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
