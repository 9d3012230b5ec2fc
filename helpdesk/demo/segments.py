"""The shop's segments, as they were a week ago and as they are now."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from helpdesk.customers.memberships import refresh_moving, update_changed
from helpdesk.customers.models import Customer
from helpdesk.customers.segments import add_members, create_segment
from helpdesk.demo.past import living_at

TESTERS = 5


def found_segments(customers: list[Customer], dice: random.Random, now: datetime) -> None:
    """Each by its definition, and one list that people keep."""
    with living_at(now - timedelta(days=8)):
        for name, conditions in _definitions().items():
            create_segment(name, {"condition_groups": [{"conditions": [condition]} for condition in conditions]}, by=None)
        add_members(create_segment("Tent testers", by=None), dice.sample(customers, TESTERS), by=None)
        _ask()
    with living_at(now):
        _ask()


def _ask() -> None:
    update_changed.func()
    refresh_moving.func()


def _definitions() -> dict[str, list[dict[str, Any]]]:
    ordered_lately = {
        "type": "profile-metric",
        "metric": "Placed Order",
        "measurement": "count",
        "measurement_filter": {"type": "numeric", "operator": "greater-than-or-equal", "value": 1},
        "timeframe_filter": {"type": "date", "operator": "in-the-last", "quantity": 30, "unit": "day"},
    }
    return {
        "Bought in the last 30 days": [ordered_lately],
        "Likely to leave": [_about("churn_risk", "string", "equals", "High")],
        "Nordic countries": [_about("country", "string", "in", ["Sweden", "Norway", "Denmark", "Finland"])],
        "Summit members who may leave": [
            _about("properties['loyalty_tier']", "string", "equals", "Summit"),
            _about("churn_probability", "numeric", "greater-than", 0.4),
        ],
    }


def _about(name: str, kind: str, operator: str, value: Any) -> dict[str, Any]:
    return {"type": "profile-property", "property": name, "filter": {"type": kind, "operator": operator, "value": value}}
