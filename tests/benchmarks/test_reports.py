"""What the report of twelve weeks costs with a million tickets, beside one look at every ticket (B12, B13)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from agents.models import Agent, Role
from helpdesk.reports.asked import Asked
from helpdesk.reports.questions import newest_first, tickets_behind
from helpdesk.reports.service import first_replies, given
from helpdesk.reports.surges import unassigned_arrivals
from tests.benchmarks.conftest import Report
from tests.factories import make_agent, make_customer
from tests.inbox.browsing import browser_of

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="a million rows are for PostgreSQL"),
]
TICKETS, AGENTS = 1_000_000, 40
# Over a year; one of twenty is never answered, the others after two hours on average; half are given out by round robin, one of fifty waits in Unassigned.
_TICKETS = """
INSERT INTO tickets_ticket (customer_id, channel, inbox, thread_key, subject, preview, language, assigned_automatically, priority, is_spam,
                            sentiment_label, assignee_id, created_at, last_message_at, first_reply_at, closed_at)
SELECT %(customer)s, (ARRAY['email','email','webchat','sms','social'])[1 + n %% 5], 'support@desk.example', 't' || n, 'Where is my order number ' || n,
       'It should have come on Monday', 'sv', true, 'normal', n %% 50 = 0, '', %(first)s + n %% %(agents)s, at, at,
       CASE WHEN n %% 20 > 0 THEN at + interval '2 hours' * -ln(1 - random()) END, at + interval '1 day'
FROM (SELECT n, %(now)s::timestamptz - (1 - n / %(tickets)s::float8) * interval '365 days' AS at FROM generate_series(1, %(tickets)s) n) told
"""
_EVENTS = """
INSERT INTO tickets_ticketevent (ticket_id, kind, by_id, at, data)
SELECT t.id, kind, CASE WHEN t.id %% 2 = 0 THEN t.assignee_id END, t.created_at, jsonb_build_object('agent', t.assignee_id, 'name', 'Somebody')
FROM tickets_ticket t CROSS JOIN (VALUES ('created'), ('routed'), ('assigned')) k (kind)
"""
_DECISIONS = """
INSERT INTO routing_routingdecision (ticket_id, cause, at, matched, team_was_chosen, was_open, tags, sentiment_label, team_before, assignee_before,
                                     priority, "values", until, teams, candidates, left_alone, waiting_because, agent_id)
SELECT id, 'created', created_at, ',', false, true, '', '', '', '', 'normal', '[]', '{}', '[]', '[[1, "taken"], [2, "not their turn"]]', id %% 50 = 1,
       CASE WHEN id %% 50 = 1 THEN 'nobody is online' ELSE '' END, CASE WHEN id %% 50 <> 1 THEN assignee_id END
FROM tickets_ticket
"""


def fill() -> Agent:
    people = [make_agent(role=Role.MANAGER) for _ in range(AGENTS)]
    told = {"customer": make_customer().pk, "first": people[0].pk, "agents": AGENTS, "tickets": TICKETS, "now": timezone.now()}
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in (_TICKETS, _EVENTS, _DECISIONS):
            cursor.execute(statement, told)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")
    return people[0]


def seconds(work: Callable[[], object], *, times: int = 5) -> float:
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        spent.append(time.perf_counter() - started)
    return sorted(spent)[times // 2]


def look_at_all() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        cursor.execute("SELECT count(*) FROM tickets_ticket WHERE length(preview) > 100")
        cursor.execute("SET max_parallel_workers_per_gather TO DEFAULT")


def test_report_of_twelve_weeks(report: Report) -> None:
    manager = fill()
    browser, last = browser_of(manager), Asked.usual().last
    asked = Asked(last - timedelta(days=83), last)
    scan = seconds(look_at_all)
    parts: dict[str, Callable[[], object]] = {
        "time to first reply": lambda: first_replies(asked),
        "assigned per agent": lambda: given(asked),
        "surges": lambda: unassigned_arrivals(asked),
        "first page behind “slow”": lambda: list(newest_first(tickets_behind(asked, "slow", at_least=60))[:51]),
        "first page behind an agent’s number": lambda: list(newest_first(tickets_behind(asked, "by-turn", agent=manager))[:51]),
        "the whole page": lambda: browser.get("/reports/?days=84"),
    }
    for name, work in parts.items():
        took = seconds(work)
        report(
            f"reports, 12 weeks of {TICKETS:,} tickets: {name}",
            f"{took * 1e3:.0f} ms",
            beside=f"scan {scan * 1e3:.0f} ms",
            ratio=f"{took / scan:.2f}",
            aim="≈ 1 s",
        )
