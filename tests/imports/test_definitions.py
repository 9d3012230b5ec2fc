"""Definitions as Klaviyo exports them: ours, or every problem by its place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from helpdesk.imports.klaviyo.definitions import read_pasted, translate
from helpdesk.imports.models import Account, Group
from tests.factories import CHURN_RISK_HIGH, PLACED_ORDER_IN_2_HOURS, all_of

METRICS, GROUPS = {"TRk7Zm": "Placed Order"}, {"YzQ3vw": 12}
COUNT = {"type": "numeric", "operator": "greater-than", "value": 2}
LAST_30 = {"type": "date", "operator": "in-the-last", "unit": "day", "quantity": 30}
IS_RED = {"property": "Colour", "filter": {"type": "string", "operator": "equals", "value": "red"}}
SHORT = {"type": "string", "operator": "equals", "value": "Umeå"}
ABOVE_HALF = {"type": "numeric", "operator": "greater-than", "value": 0.5}


def metric(**said: Any) -> dict[str, Any]:
    return {"type": "profile-metric", "measurement": "count", "measurement_filter": COUNT, "timeframe_filter": LAST_30} | said


def consent(**said: Any) -> dict[str, Any]:
    return {"type": "profile-marketing-consent", "consent": {"channel": "email", "can_receive_marketing": True, **said}}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (metric(metric_id="TRk7Zm", metric_filters=None), metric(metric="Placed Order")),
        (metric(metric_id="TRk7Zm", metric_filters=[IS_RED]), metric(metric="Placed Order", metric_filters=[IS_RED])),
        (
            {"type": "profile-property", "property": "location['city']", "filter": SHORT},
            {"type": "profile-property", "property": "city", "filter": SHORT},
        ),
        (
            {"type": "profile-property", "property": "first_name", "filter": SHORT},
            {"type": "profile-property", "property": "properties['first_name']", "filter": SHORT},
        ),
        (
            {"type": "profile-property", "property": "properties['Tier']", "filter": {"type": "existence", "operator": "is-set"}},
            {"type": "profile-property", "property": "properties['Tier']", "filter": {"type": "existence", "operator": "is-set"}},
        ),
        (
            {"type": "profile-group-membership", "is_member": False, "group_ids": ["YzQ3vw"], "timeframe_filter": None},
            {"type": "profile-group-membership", "is_member": False, "group_ids": ["12"]},
        ),
        (consent(consent_status={"subscription": "subscribed", "filters": None}), consent(consent_status={"subscription": "subscribed"})),
        (consent(consent_status={"subscription": "any", "filters": []}), consent(consent_status={"subscription": "any"})),
        (
            {"type": "profile-predictive-analytics", "dimension": "churn_probability", "filter": ABOVE_HALF},
            {"type": "profile-predictive-analytics", "dimension": "churn_probability", "filter": ABOVE_HALF},
        ),
        (
            {"type": "profile-predictive-analytics", "dimension": "expected_date_of_next_order", "filter": LAST_30 | {"operator": "in-the-next"}},
            {"type": "profile-predictive-analytics", "dimension": "expected_date_of_next_purchase", "filter": LAST_30 | {"operator": "in-the-next"}},
        ),
        ({"type": "profile-region", "in_region": True, "region_id": "european_union"},) * 2,
        (CHURN_RISK_HIGH, CHURN_RISK_HIGH),
        (PLACED_ORDER_IN_2_HOURS, PLACED_ORDER_IN_2_HOURS),
    ],
)
def test_condition_is_translated(theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    assert translate(all_of(theirs), METRICS, GROUPS) == (all_of(ours), [])


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        (metric(metric_id="Unknwn"), ".metric_id: no event is known by the ID “Unknwn”; import the account first."),
        (metric(metric_id="TRk7Zm", measurement="unique"), ".measurement: expected one of count, sum."),
        (
            metric(metric_id="TRk7Zm", timeframe_filter={"type": "date", "operator": "flow-start"}),
            ".timeframe_filter.operator: expected one of alltime, before, after, between-static, in-the-last, in-the-next, at-least, between.",
        ),
        ({"type": "profile-property", "property": "location['latitude']", "filter": SHORT}, ".property: “location['latitude']” is not kept here."),
        (
            {"type": "profile-group-membership", "is_member": True, "group_ids": ["Unknwn"]},
            ".group_ids: no list or segment is known by the ID “Unknwn”; import the account first.",
        ),
        (
            {"type": "profile-group-membership", "is_member": True, "group_ids": ["YzQ3vw"], "timeframe_filter": LAST_30},
            ".timeframe_filter: since when somebody is in a segment cannot be asked here.",
        ),
        (
            consent(consent_status={"subscription": "subscribed", "filters": [{}]}),
            ".consent.consent_status.filters: how somebody subscribed cannot be asked here.",
        ),
        ({"type": "profile-random-bucket"}, ".type: conditions of the type “profile-random-bucket” cannot be asked here."),
        ("nonsense", ".type: conditions of the type “None” cannot be asked here."),
    ],
)
def test_what_cannot_be_asked_is_named_with_its_place(condition: Any, problem: str) -> None:
    definition = {"condition_groups": [{"conditions": [CHURN_RISK_HIGH]}, {"conditions": [CHURN_RISK_HIGH, condition]}]}

    assert translate(definition, METRICS, GROUPS) == (None, [f"condition_groups[1].conditions[1]{problem}"])


def test_every_problem_is_named() -> None:
    _none, problems = translate(all_of({"type": "a"}, CHURN_RISK_HIGH, {"type": "b"}), METRICS, GROUPS)

    assert [problem.partition(":")[0] for problem in problems] == ["condition_groups[0].conditions[0].type", "condition_groups[2].conditions[0].type"]


@pytest.mark.parametrize(
    "definition", [None, {}, [], "x", 7, {"condition_groups": []}, {"condition_groups": [None]}, {"condition_groups": [{"conditions": []}]}]
)
def test_what_is_no_definition_is_a_problem_and_no_error(definition: Any) -> None:
    ours, problems = translate(definition, METRICS, GROUPS)

    assert (ours, len(problems)) == (None, 1)
    assert "expected a list with at least one entry." in problems[0]


@pytest.mark.django_db
@pytest.mark.parametrize("wrapped", ["{}", '{{"definition": {}}}', '{{"data": {{"type": "segment", "attributes": {{"name": "x", "definition": {}}}}}}}'])
def test_pasted_definition_is_read_with_the_names_of_the_imported_accounts(wrapped: str) -> None:
    account = Account.objects.create(external_id="AbC123", name="Holm & Vide", metrics=METRICS)
    Group.objects.create(account=account, external_id="YzQ3vw", name="Club", segment=None)
    pasted = wrapped.format(json.dumps(all_of(metric(metric_id="TRk7Zm", metric_filters=None))))

    assert read_pasted(pasted) == read_pasted(json.loads(pasted)) == (all_of(metric(metric="Placed Order")), [])


@pytest.mark.django_db
@pytest.mark.parametrize("pasted", ["", "{", "[" * 100_000, '"x"', "nonsense", "NaN", '{"data": {"attributes": []}}'])
def test_what_is_no_json_is_a_problem_and_no_error(pasted: str) -> None:
    ours, problems = read_pasted(pasted)

    assert (ours, len(problems)) == (None, 1)
