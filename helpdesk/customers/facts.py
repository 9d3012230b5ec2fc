"""What conditions can ask about a customer."""

from __future__ import annotations

import re
from typing import Any

from helpdesk.customers.models import Customer
from helpdesk.customers.predictions.bands import churn_bands

_CUSTOM = re.compile(r"properties\['(.+)'\]", re.DOTALL)
COLUMNS = ("email", "phone", "external_id", "name", "country", "city", "zone", "language")
OWN = frozenset(f"${column}" for column in COLUMNS)


def profile_value(customer: Customer, name: str) -> Any:
    """A well-known name, `$country` and the like included (C15), or `properties['x']`; None when unknown."""
    if name.removeprefix("$") == "churn_risk":
        return churn_risk(customer.properties.get("churn_probability"))
    stored = stored_name(name)
    if stored in OWN:
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
    return next((band for limit, band in churn_bands() if probability >= limit), None)
