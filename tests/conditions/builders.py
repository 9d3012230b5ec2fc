"""Definitions in JSON, as the rule builder sends them."""

from __future__ import annotations

from typing import Any

KINDS = "profile-metric, profile-property, profile-predictive-analytics, profile-group-membership, profile-region, profile-marketing-consent, ticket-property"


def text(operator: str, value: Any) -> dict[str, Any]:
    return {"type": "string", "operator": operator, "value": value}


def number(operator: str, value: Any) -> dict[str, Any]:
    return {"type": "numeric", "operator": operator, "value": value}


def some(operator: str, value: Any) -> dict[str, Any]:
    return {"type": "list", "operator": operator, "value": value}


def existence(operator: str) -> dict[str, Any]:
    return {"type": "existence", "operator": operator}


def truth(value: Any) -> dict[str, Any]:
    return {"type": "boolean", "operator": "equals", "value": value}


def about_them(name: Any, filter_: Any) -> dict[str, Any]:
    return {"type": "profile-property", "property": name, "filter": filter_}


def about_ticket(name: Any, filter_: Any) -> dict[str, Any]:
    return {"type": "ticket-property", "property": name, "filter": filter_}


ALLTIME = {"type": "date", "operator": "alltime"}


def in_the_last(quantity: Any, unit: Any) -> dict[str, Any]:
    return {"type": "date", "operator": "in-the-last", "quantity": quantity, "unit": unit}


def done(metric: Any, measured: Any = None, when: Any = ALLTIME, *, measurement: Any = "count") -> dict[str, Any]:
    measured = number("greater-than-or-equal", 1) if measured is None else measured
    return {"type": "profile-metric", "metric": metric, "measurement": measurement, "measurement_filter": measured, "timeframe_filter": when}


def definition(*groups: Any) -> dict[str, Any]:
    """Each group is a list of conditions of which one is enough."""
    return {"condition_groups": [{"conditions": list(group)} for group in groups]}
