"""POST /api/v1/rules/preview/: what a rule would have caught."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from helpdesk.api.rule_views import TOO_SLOW
from routing.backtest.effect import TicketEffect
from routing.models import Rule
from routing.router import route_ticket
from tests.api.calls import call
from tests.factories import CHANNEL_IS_SMS, all_of, make_ticket

pytestmark = pytest.mark.django_db
IS_SMS = all_of(CHANNEL_IS_SMS)
BROKEN = all_of({"type": "ticket-property", "property": "channel", "filter": {"type": "string", "operator": "is", "value": "sms"}})
OPERATOR = "condition_groups[0].conditions[0].filter.operator: expected one of "


def test_preview_counts_samples_and_says_it_in_words(api: APIClient) -> None:
    tickets = [make_ticket(channel=channel).pk for channel in ("email", *["sms"] * 7)]
    for ticket in tickets:
        route_ticket(ticket, cause="test")

    status, told = call(api, "POST", "rules/preview/", {"definition": IS_SMS})

    assert (status, told["words"], told["count"], told["total"]) == (200, "ticket channel equals sms", 7, 8)
    assert [row["number"] for row in told["sample"]] == tickets[:-6:-1]
    assert Rule.objects.count() == 0


@pytest.mark.parametrize("value", [10**30, 1.5e300])
def test_preview_knows_numbers_of_any_size(api: APIClient, value: float) -> None:
    route_ticket(make_ticket().pk, cause="test")
    score = {"type": "ticket-property", "property": "sentiment_score", "filter": {"type": "numeric", "operator": "greater-than", "value": value}}
    spent = {"type": "profile-metric", "metric": "Placed Order", "measurement": "sum", "measurement_filter": score["filter"]}
    spent["timeframe_filter"] = {"type": "date", "operator": "alltime"}

    assert [call(api, "POST", "rules/preview/", {"definition": all_of(each)})[0] for each in (score, spent)] == [200, 200]


def test_preview_that_takes_too_long_is_given_up(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.api.rule_views.effect_of", lambda _definition: TicketEffect(is_slow=True))

    assert call(api, "POST", "rules/preview/", {"definition": IS_SMS}) == (400, {"definition": [TOO_SLOW]})


@pytest.mark.parametrize(("definition", "begins"), [(BROKEN, OPERATOR), ({}, "condition_groups: expected "), ({"a": 10**1_000}, "Null characters")])
def test_preview_names_the_place_of_what_is_wrong(api: APIClient, definition: Any, begins: str) -> None:
    status, problem = call(api, "POST", "rules/preview/", {"definition": definition})

    assert (status, problem["definition"][0][: len(begins)]) == (400, begins)
