"""What acts cost: one ticket, a hundred, ten thousand, each with its history (PostgreSQL)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from agents.models import Agent, Team
from helpdesk.tickets.acts.assignment import assign_agent, assign_many, assign_team_many
from helpdesk.tickets.acts.bulk import Chosen, undo
from helpdesk.tickets.acts.lifecycle import close_many, prioritise_many
from helpdesk.tickets.acts.tags import tag_many
from helpdesk.tickets.models import Priority, Ticket
from tests.benchmarks.conftest import Report
from tests.factories import make_agent, make_customer, make_team

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="measures PostgreSQL"),
]
TICKETS, ROUNDS = 50_000, 7
_TICKETS = """
INSERT INTO tickets_ticket (id, customer_id, channel, inbox, thread_key, subject, preview, language, assigned_automatically, sentiment_label, priority, is_spam,
                            created_at, last_message_at, waiting_since)
SELECT n, %(customer)s, 'email', 'support@desk.example', 't' || n, 'Where is my order number ' || n, '', 'sv', false, '', 'normal', false, at, at, at
FROM (SELECT n, now() - n * interval '1 minute' AS at FROM generate_series(1, %(rows)s) n) told
"""


def seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def test_acts(report: Report) -> None:
    ida, anna = make_agent("Ida"), make_agent("Anna")
    team = make_team("Returns", ida, anna)
    with connection.cursor() as cursor:
        cursor.execute(_TICKETS, {"customer": make_customer("Ada").pk, "rows": TICKETS})
        cursor.execute("ANALYZE")
    one = Ticket.objects.select_related("customer").get(pk=TICKETS)
    singles = sorted(seconds(lambda agent=(ida, anna)[n % 2]: assign_agent(one, agent, by=ida)) for n in range(200))
    report("assign one, p50 and p95", f"{singles[100] * 1e3:.1f} and {singles[190] * 1e3:.1f} ms", aim="p95 ≤ 10 ms")
    for count, aim, rounds in ((100, "≤ 70 ms", ROUNDS), (10_000, "≤ 2 s", 3)):
        measure(report, Chosen(range(1, count + 1)), (ida, anna), team, aim=aim, rounds=rounds)


def measure(report: Report, chosen: Chosen, agents: tuple[Agent, Agent], team: Team, *, aim: str, rounds: int) -> None:
    by, count, done = agents[0], len(chosen.numbers), []
    acts: dict[str, Callable[[int], Any]] = {
        "assign": lambda n: assign_many(chosen, agents[n % 2], by=by),
        "spread over a team": lambda n: assign_team_many(chosen, (team, None)[n % 2], in_turn=agents, by=by),
        "set priority": lambda n: prioritise_many(chosen, (Priority.HIGH, Priority.LOW)[n % 2], by=by),
        "tag": lambda n: tag_many(chosen, f"Tag {n} of {count}", by=by),
    }
    for name, act in acts.items():
        spent = [seconds(lambda n=n, act=act: act(n)) * 1e3 for n in range(rounds)]
        report(f"{name} {count:,}", f"{min(spent):.0f} to {max(spent):.0f} ms", aim=aim)
    spent = [seconds(lambda n=n: done.append(close_many(chosen, by=by)) if n % 2 == 0 else undo(done[-1].act, by=by)) * 1e3 for n in range(2 * rounds)]
    for name, times in (("close", spent[::2]), ("undo closing", spent[1::2])):
        report(f"{name} {count:,}", f"{min(times):.0f} to {max(times):.0f} ms", aim=aim)
