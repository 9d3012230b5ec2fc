"""Two ready-made rules (R14, R15). Making one again returns the one that is there."""

from __future__ import annotations

from typing import Any

from agents.models import Team
from helpdesk.tickets.models import SavedView
from routing.models import Rule
from routing.order import next_position

CHURN_DEFENCE = "Churn defence"
URGENT_MODIFICATIONS = "Urgent order mod"

_CHURN_RISK_HIGH = {"type": "profile-property", "property": "churn_risk", "filter": {"type": "string", "operator": "equals", "value": "High"}}
_JUST_ORDERED = {
    "type": "profile-metric",
    "metric": "Placed Order",
    "measurement": "count",
    "measurement_filter": {"type": "numeric", "operator": "greater-than-or-equal", "value": 1},
    "timeframe_filter": {"type": "date", "operator": "in-the-last", "quantity": 2, "unit": "hour"},
}


def add_churn_defence(team: Team) -> Rule:
    """R14: churn risk equals High → assign to this team."""
    return _add(CHURN_DEFENCE, _CHURN_RISK_HIGH, destination=Rule.Destination.TEAM, team=team)


def add_urgent_modifications() -> Rule:
    """R15: placed an order in the last 2 hours → save as view “Urgent modifications”."""
    view, _created = SavedView.objects.get_or_create(name="Urgent modifications", defaults={"icon": "bag"})
    return _add(URGENT_MODIFICATIONS, _JUST_ORDERED, destination=Rule.Destination.VIEW, view=view)


def _add(name: str, condition: dict[str, Any], **destination: Any) -> Rule:
    definition = {"condition_groups": [{"conditions": [condition]}]}
    return Rule.objects.get_or_create(name=name, defaults={"definition": definition, "position": next_position(), **destination})[0]
