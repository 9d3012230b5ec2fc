"""Two ready-made rules (R14, R15)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Agent, Team
from helpdesk.tickets.models import SavedView
from routing.models import Destination, Rule
from routing.rule_set import Written
from routing.rules import RuleError, To, create_rule, must_draft

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


@dataclass(frozen=True)
class Example:
    """`to`: the name of the team, or of the view, where its tickets go."""

    key: str
    name: str
    definition: Written
    destination: Destination
    to: str


def _all_of(condition: Written) -> Written:
    return {"condition_groups": [{"conditions": [condition]}]}


EXAMPLES = (
    Example("churn-defence", CHURN_DEFENCE, _all_of(_CHURN_RISK_HIGH), Destination.TEAM, "Retention specialists"),
    Example("urgent-modifications", URGENT_MODIFICATIONS, _all_of(_JUST_ORDERED), Destination.VIEW, "Urgent modifications"),
)


@transaction.atomic
def add_example(key: str, *, by: Agent | None) -> Rule:
    """A draft; the one that is there if it was added before. Its team is made first (R4): RuleError where `by` may not make one."""
    must_draft(by)
    example = next(example for example in EXAMPLES if example.key == key)
    return Rule.objects.filter(name=example.name).first() or create_rule(example.name, example.definition, to=_where(example, by), by=by)


def _where(example: Example, by: Agent | None) -> To:
    if example.destination == Destination.VIEW:
        view = SavedView.objects.filter(name=example.to).first()
        return To(view=view, new_view="" if view else example.to)
    team = Team.objects.filter(name=example.to).first()
    if team is None and (by is None or by.has_perm("agents.add_team")):
        team = Team.objects.create(name=example.to)
    if team is None:
        raise RuleError(_("Make the team “%(team)s” first, in Settings. The rule sends tickets there.") % {"team": example.to})
    return To(team=team)
