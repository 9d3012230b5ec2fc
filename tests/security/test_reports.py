"""V3, V13, V18: who reads reports sees numbers of the whole desk; the tickets behind them only who may see tickets."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from agents.models import Agent, Role
from tests.api.conftest import SignIn, client_of
from tests.factories import make_agent, make_ticket
from tests.inbox.browsing import browser_of

pytestmark = pytest.mark.django_db
PAGES = ["/reports/", "/reports/tickets/?of=new", "/reports/replies.csv", "/reports/agents.csv"]
__all__ = ["client_of"]


@pytest.mark.parametrize(
    ("role", "answers"),
    [
        *((role, [200, 200, 200, 200]) for role in (Role.OWNER, Role.ADMIN, Role.MANAGER)),
        (Role.ANALYST, [200, 404, 200, 200]),
        (Role.AGENT, [403, 403, 403, 403]),
    ],
)
def test_v3_reports_are_for_managers_and_analysts(role: Role, answers: list[int]) -> None:
    """C4."""
    make_ticket("A secret")
    browser = browser_of(make_agent("Reader", role=role))

    found = [browser.get(address) for address in PAGES]

    assert [page.status_code for page in found] == answers
    assert {page["Cache-Control"] for page in found} == {"private, no-store"}


def test_v3_analyst_sees_numbers_and_no_way_to_the_tickets() -> None:
    make_ticket("A secret", subject="Another secret")
    browser = browser_of(make_agent("Ana", role=Role.ANALYST))

    page = browser.get("/reports/").content.decode()

    assert (re.findall(r"/reports/tickets/|/tickets/|/fairness/|secret", page), page.count('href="/reports/"')) == ([], 1)


def test_v3_nobody_reads_reports_without_signing_in(client: Any) -> None:
    assert [client.get(address).status_code for address in PAGES] == [302] * len(PAGES)


@pytest.mark.parametrize(("role", "status"), [(Role.MANAGER, 200), (Role.ANALYST, 200), (Role.AGENT, 403)])
def test_v3_api_of_reports_asks_the_same(client_of: SignIn, role: Role, status: int) -> None:  # a fixture
    assert client_of(make_agent("Reader", role=role)).get("/api/v1/reports/service/").status_code == status


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "＝"])
def test_v13_no_cell_of_a_report_is_a_formula(start: str) -> None:
    browser = browser_of(make_agent("Cleo", role=Role.MANAGER))
    agent = make_agent("Ada")
    Agent.objects.filter(pk=agent.pk).update(name=f'{start}cmd|" /C calc"!A0')

    response: Any = browser.get("/reports/agents.csv")

    content = b"".join(response.streaming_content).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(content, newline="")) for cell in row]
    assert [cell for cell in cells if cell.startswith(start)] == []
    assert f'\'{start}cmd|" /C calc"!A0' in cells


def test_v2_names_are_text_in_charts_and_tables() -> None:
    make_agent("<script>alert(1)</script>")

    page = browser_of(make_agent("Cleo", role=Role.MANAGER)).get("/reports/").content.decode()

    assert (page.count("<script>alert"), page.count("&lt;script&gt;alert(1)")) == (0, 3)
