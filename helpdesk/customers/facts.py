"""What conditions can ask about a customer."""

from __future__ import annotations

import re
from typing import Any

from helpdesk.customers.models import Customer

_CUSTOM = re.compile(r"properties\['(.+)'\]")
# C16: the number is stored, the band is derived from it.
CHURN_BANDS = ((0.66, "High"), (0.33, "Medium"), (0.0, "Low"))
COLUMNS = ("email", "phone", "external_id", "name", "country", "city", "zone", "language")


def profile_value(customer: Customer, name: str) -> Any:
    """A well-known name, `$country` and the like included (C15), or `properties['x']`; None when unknown."""
    if name.removeprefix("$") == "churn_risk":
        return churn_risk(customer.properties.get("churn_probability"))
    stored = stored_name(name)
    if stored.startswith("$") and stored[1:] in COLUMNS:
        return getattr(customer, stored[1:]) or None
    return customer.properties.get(stored)


def stored_name(name: str) -> str:
    """Under which name its values are kept: `$country` for the profile's own, the bare name for a custom property."""
    if custom := _CUSTOM.fullmatch(name):
        return custom[1]
    bare = name.removeprefix("$")
    return f"${bare}" if bare in COLUMNS else bare


def churn_risk(probability: Any) -> str | None:
    if isinstance(probability, bool) or not isinstance(probability, (int, float)):
        return None
    return next((band for limit, band in CHURN_BANDS if probability >= limit), None)
