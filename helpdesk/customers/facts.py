"""What conditions can ask about a customer."""

from __future__ import annotations

import re
from typing import Any

from helpdesk.customers.models import Customer

_CUSTOM = re.compile(r"properties\['(.+)'\]")
# C16: the number is stored, the band is derived from it.
CHURN_BANDS = ((0.66, "High"), (0.33, "Medium"), (0.0, "Low"))
COLUMNS = ("email", "phone", "external_id", "name", "country", "city", "language")


def profile_value(customer: Customer, name: str) -> Any:
    """A well-known name, `$country` and the like included (C15), or `properties['x']`; None when unknown."""
    if (custom := custom_name(name)) is not None:
        return customer.properties.get(custom)
    name = name.removeprefix("$")
    if name == "churn_risk":
        return churn_risk(customer.properties.get("churn_probability"))
    if name in COLUMNS:
        return getattr(customer, name) or None
    return customer.properties.get(name)


def custom_name(name: str) -> str | None:
    """The x of `properties['x']`; None for a well-known name."""
    custom = _CUSTOM.fullmatch(name)
    return custom[1] if custom else None


def churn_risk(probability: Any) -> str | None:
    if isinstance(probability, bool) or not isinstance(probability, (int, float)):
        return None
    return next((band for limit, band in CHURN_BANDS if probability >= limit), None)
