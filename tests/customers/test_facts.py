"""What conditions may ask about a customer."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.customers.facts import churn_risk, profile_value
from helpdesk.customers.models import Customer

pytestmark = pytest.mark.django_db  # the limits of churn risk are a row

ADA = Customer(
    email="ada@example.com",
    name="Ada",
    country="Sweden",
    properties={"tier": "gold", "churn_probability": 0.9, "email": "other@example.com", "$lucky": 7, "it's": 1},
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", "ada@example.com"),
        ("$country", "Sweden"),
        ("country", "Sweden"),
        ("city", None),
        ("phone", None),
        ("tier", "gold"),
        ("properties['tier']", "gold"),
        ("properties['email']", "other@example.com"),
        ("properties['$lucky']", 7),
        ("properties['it's']", 1),
        ("properties['nothing']", None),
        ("nothing", None),
        ("churn_probability", 0.9),
        ("churn_risk", "High"),
        ("pk", None),
        ("save", None),
    ],
)
def test_profile_value(name: str, value: Any) -> None:
    """R5, R9, C15, C16: well-known names, `$` before them, and custom properties; nothing else of the row."""
    assert profile_value(ADA, name) == value


@pytest.mark.parametrize(
    ("probability", "band"),
    [(1, "High"), (0.66, "High"), (0.65, "Medium"), (0.33, "Medium"), (0.32, "Low"), (0, "Low"), (-0.1, None), (None, None), ("0.9", None), (True, None)],
)
def test_churn_risk_is_derived(probability: Any, band: str | None) -> None:
    """C16."""
    assert churn_risk(probability) == band
