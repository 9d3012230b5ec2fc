"""Reports over the API (B12, B13)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from agents.models import Role
from tests.api.calls import call
from tests.api.conftest import SignIn
from tests.factories import make_agent
from tests.reports.desk import a_ticket, at
from tests.reports.test_surges import arrive, weeks_before

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst(client_of: SignIn) -> APIClient:
    return client_of(make_agent("Ana", role=Role.ANALYST))


def test_service_report(analyst: APIClient) -> None:
    ada = make_agent("Ada")
    a_ticket(at("2026-11-16 10:00"), at("2026-11-16 10:00") + timedelta(minutes=12), channel="sms")
    weeks_before(1, 1, 1, 1)
    arrive(at("2026-11-16 12:00"), 6)

    status, found = call(analyst, "GET", "reports/service/?from=2026-11-16&until=2026-11-16&hours=clock")

    sms = {"new": 1, "answered": 1, "unanswered": 0, "median": 12, "slowest": 12}
    mail = {"new": 6, "answered": 0, "unanswered": 6, "median": None, "slowest": None}
    both = sms | {"new": 7, "unanswered": 6}
    assert (status, found) == (
        200,
        {
            "first": "2026-11-16",
            "last": "2026-11-16",
            "hours": "clock",
            "all": both,
            "before": {"new": 0, "answered": 0, "unanswered": 0, "median": None, "slowest": None},
            "days": [both | {"day": "2026-11-16"}],
            "channels": [mail | {"channel": "email"}, sms | {"channel": "sms"}],
            "agents": [{"agent": ada.pk, "name": "Ada", "by_turn": 0, "by_hand": 0}],
            "unassigned": [{"day": "2026-11-16", "channel": "email", "count": 6, "usual": 1.0, "is_surge": True}],
        },
    )


@pytest.mark.parametrize("query", ["days=5", "from=2026-11-16", "from=x&until=y", "channel=pigeon", "hours=long", "month=3", "days=%00"])
def test_service_report_refuses_in_words(analyst: APIClient, query: str) -> None:
    answer: Any = call(analyst, "GET", f"reports/service/?{query}")

    assert (answer[0], len(answer[1])) == (400, 1)
