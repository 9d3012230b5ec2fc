"""I3: teams and segments that rules name, as they are in the database."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from agents.models import Role
from helpdesk.conditions.grammar import parse_definition
from helpdesk.customers.models import Segment
from routing.checker.desk import check_desk
from routing.checker.findings import CheckedRule, Found, Kind
from tests.factories import CHANNEL_IS_SMS, all_of, make_agent, make_team

pytestmark = pytest.mark.django_db


def asking(*segments: Any, team: int | None = None) -> CheckedRule:
    membership = {"type": "profile-group-membership", "is_member": True, "group_ids": [str(each) for each in segments]}
    return CheckedRule("rule", "Rule", parse_definition(all_of(membership if segments else CHANNEL_IS_SMS)), team=team)


def test_team_without_anybody_who_answers_is_empty() -> None:
    """A11."""
    gone, reader = make_agent(is_active=False), make_agent(role=Role.ANALYST)
    empty, full = make_team("Returns", gone, reader), make_team("Orders", gone, make_agent())

    assert check_desk([asking(team=full.pk)]) == []
    assert check_desk([asking(team=empty.pk)]) == [Found(Kind.EMPTY_TEAM, "rule", (), "Returns", "Nobody in the team Returns can be given tickets.")]


def test_segment_that_is_idle_deleted_or_unknown_is_named() -> None:
    well, idle = Segment.objects.create(name="Well"), Segment.objects.create(name="Idle", is_active=False)
    gone = Segment.objects.create(name="Gone", deleted_at=timezone.now())

    found = check_desk([asking(well.pk, idle.pk, gone.pk, 12345)])

    assert [(finding.kind, finding.witness, finding.words) for finding in found] == [
        (Kind.INACTIVE_SEGMENT, "Idle", "It asks about the segment Idle, which is inactive: nobody enters or leaves."),
        (Kind.INACTIVE_SEGMENT, "Gone", "It asks about the segment Gone, which was deleted: nobody is in it."),
        (Kind.INACTIVE_SEGMENT, "12345", "It asks about a segment that does not exist, with the ID 12345: nobody is in it."),
    ]


@pytest.mark.parametrize("many", [1, 5])
def test_desk_takes_two_queries_however_many_rules(many: int, django_assert_num_queries: Any) -> None:
    rules = [asking(Segment.objects.create(name=f"{number}").pk, team=make_team(f"{number}", make_agent()).pk) for number in range(many)]

    with django_assert_num_queries(2):
        found = check_desk(rules)

    assert found == []


def test_name_that_nobody_has_is_pointed_out() -> None:
    """A tag may come with the next ticket; teams and people do not."""
    make_team("Returns", make_agent("Ada"))
    asked = [("team", "equals", "Returns"), ("team", "not-in", ["Returns", "Refunds"]), ("assignee", "equals", "Ida"), ("assignee", "starts-with", "I")]
    conditions = [
        {"type": "ticket-property", "property": name, "filter": {"type": "string", "operator": operator, "value": value}} for name, operator, value in asked
    ]
    tag = {"type": "ticket-property", "property": "tags", "filter": {"type": "list", "operator": "contains", "value": "VIP"}}

    found = check_desk([CheckedRule("rule", "Rule", parse_definition(all_of(*conditions, tag)))])

    assert found == [
        Found(Kind.UNKNOWN_NAME, "rule", (), "Refunds", "It asks for the team Refunds: none is called so."),
        Found(Kind.UNKNOWN_NAME, "rule", (), "Ida", "It asks for the assignee Ida: nobody is called so."),
    ]
