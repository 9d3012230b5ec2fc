"""What a page of a standard list costs with 10,000, 100,000 and a million tickets, and for a quiet team beside a flooded one (A6–A9, S6)."""

from __future__ import annotations

import statistics
import time
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from agents.models import Team
from helpdesk.tickets.models import SavedView
from tests.benchmarks.conftest import Report
from tests.benchmarks.shop import NOW
from tests.factories import CHANNEL_IS_SMS, all_of, make_agent, make_customer
from tests.inbox.browsing import browser_of

pytestmark = [pytest.mark.benchmark, pytest.mark.django_db(transaction=True)]
TIMES, FLOOD, QUIET = 60, 100_000, 30
SIZES = {"postgresql": (10_000, 100_000, 1_000_000), "sqlite": (10_000, 100_000)}
# Two of five are open. Of each hundred, one is the reader's, one nobody's; ten belong to the busy team.
_TICKETS = """
INSERT INTO tickets_ticket (customer_id, channel, inbox, thread_key, subject, preview, language, assigned_automatically, priority, is_spam,
                            sentiment_label, sentiment_score, team_id, assignee_id, created_at, last_message_at, waiting_since, closed_at)
WITH RECURSIVE told(n) AS (SELECT %(first)s UNION ALL SELECT n + 1 FROM told WHERE n < %(last)s)
SELECT %(customer)s, CASE n %% 5 WHEN 0 THEN 'sms' ELSE 'email' END, 'support@desk.example', 't' || n, 'Where is my order number ' || n,
       'It should have come on Monday', 'sv', false, 'normal', false, 'negative', n %% 4, CASE WHEN n %% 100 < %(share)s THEN %(team)s END,
       CASE WHEN n %% 100 = 50 THEN %(reader)s WHEN n %% 100 <> 51 THEN %(other)s END,
       %(at)s, %(at)s, CASE WHEN n %% 2 = 0 THEN %(at)s END, CASE WHEN n %% 5 > %(open)s THEN %(at)s END
FROM told
"""


def at(offset: str) -> str:
    """SQL of a moment: the row's number in minutes before now."""
    if connection.vendor == "postgresql":
        return f"timestamptz '{NOW.isoformat()}' - ({offset}) * interval '1 minute'"
    return f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', '{NOW:%Y-%m-%d %H:%M:%S}', '-' || ({offset}) || ' minutes')"


class Desk:
    def __init__(self) -> None:
        self.reader, self.other = make_agent("Reader"), make_agent("Other")
        self.busy, self.quiet = Team.objects.create(name="Busy"), Team.objects.create(name="Quiet")
        self.customer = make_customer("Ada")
        self.view = SavedView.objects.create(name="SMS", definition=all_of(CHANNEL_IS_SMS))
        self.filled = 0

    def fill(self, count: int, *, team: Team, share: int = 10, is_open: int = 1, when: str = "n") -> None:
        told = {"first": self.filled + 1, "last": self.filled + count, "customer": self.customer.pk, "team": team.pk, "share": share, "open": is_open}
        with connection.cursor() as cursor:
            cursor.execute(_TICKETS.replace("%(at)s", at(when)), told | {"reader": self.reader.pk, "other": self.other.pk})
            self.filled += count
            cursor.execute("ANALYZE")


def p95(browser: Client, address: str, **headers: Any) -> float:
    """Milliseconds of the server, from the request to the rendered answer."""
    spent = []
    for _ in range(TIMES):
        started = time.perf_counter()
        assert browser.get(address, **headers).status_code == 200
        spent.append((time.perf_counter() - started) * 1e3)
    return statistics.quantiles(spent, n=20)[-1]


def test_pages_of_standard_lists(report: Report) -> None:
    desk = Desk()
    browser = browser_of(desk.reader)
    lists = ["all", "unassigned", "mine", f"team-{desk.busy.pk}", "all/?sort=waiting", "all/?sort=upset", f"view-{desk.view.pk}"]
    names = {f"team-{desk.busy.pk}": "a team", f"view-{desk.view.pk}": "a view of SMS"}
    first: dict[str, float] = {}
    for size in SIZES[connection.vendor]:
        desk.fill(size - desk.filled, team=desk.busy)
        for key in lists:
            address = f"/inbox/{key}" if "?" in key else f"/inbox/{key}/"
            rows, page = p95(browser, address, headers={"HX-Request": "true", "HX-Target": "rows"}), p95(browser, address)
            ratio = rows / first.setdefault(key, rows)
            what = f"{names.get(key, key)}, {size:,} tickets: rows p95"
            report(what, f"{rows:.1f} ms", beside=f"whole page {page:.1f} ms", ratio=f"{ratio:.2f}", aim="≤ 15 ms, ratio ≤ 1.3")


def test_quiet_team_beside_a_flooded_one(report: Report) -> None:
    """Its few tickets are older than all of the flood, which is where a plan by date alone reads through it."""
    desk = Desk()
    desk.fill(QUIET, team=desk.quiet, share=100, is_open=5, when="n + 1000000")
    browser = browser_of(desk.reader)
    address = f"/inbox/team-{desk.quiet.pk}/"
    before = p95(browser, address, headers={"HX-Request": "true", "HX-Target": "rows"})
    desk.fill(FLOOD, team=desk.busy, share=100, is_open=5)
    after = p95(browser, address, headers={"HX-Request": "true", "HX-Target": "rows"})
    report(
        "quiet team beside 100,000 open tickets of another: rows p95",
        f"{after:.1f} ms",
        beside=f"alone {before:.1f} ms",
        ratio=f"{after / before:.2f}",
        aim="≤ 15 ms",
    )
