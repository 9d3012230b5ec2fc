"""What rules cost: at intake, and over a million tickets of the past (PostgreSQL)."""

from __future__ import annotations

import random
import resource
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from agents.models import Team
from helpdesk.customers.profiles import identify, track
from helpdesk.intake import Sender, process_message, receive_message
from helpdesk.tickets.models import Inbound
from routing.backtest.asking import Asking
from routing.backtest.runs import BATCH
from routing.backtest.tally import ask
from routing.models import RoutingDecision, RuleSet
from routing.rule_set import Rules, Written, digest_of
from tests.benchmarks.conftest import Report
from tests.benchmarks.shop import NOW, fill
from tests.benchmarks.test_conditions import rule
from tests.conditions.builders import about_ticket, definition, done, in_the_last, text
from tests.factories import make_agent, make_inbound

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="measures PostgreSQL"),
]
MESSAGES, ROUNDS = 20, 6
CUSTOMERS, DECISIONS, DAYS = 1_000_000, 1_000_000, 30
_TICKETS = """
INSERT INTO tickets_ticket (id, customer_id, channel, inbox, thread_key, subject, preview, language, assigned_automatically, sentiment_label, priority, is_spam,
                            created_at, last_message_at, closed_at)
SELECT n, 1 + (random() * (%(customers)s - 1))::int, (ARRAY['email','webchat','sms','social','api'])[1 + n %% 5], 'support@desk.example', 't' || n,
       'Where is my order number ' || n, '', 'sv', false, '', 'normal', false, at, at, at
FROM (SELECT n, %(now)s::timestamptz - (%(rows)s - n) * (%(days)s * interval '1 day') / %(rows)s AS at FROM generate_series(1, %(rows)s) n) told
"""
_DECISIONS = """
INSERT INTO routing_routingdecision (id, ticket_id, cause, at, matched, team_was_chosen, was_open, tags, sentiment_label, team_before, assignee_before,
                                     priority, values, until, teams, candidates, left_alone, waiting_because)
SELECT id, id, 'created 1', created_at, ',', false, true, E'\\x1fOrder\\x1f', '', '', '', 'normal', '[1, "gold", "Medium"]', '{}', '[]', '[[1, "offline"]]',
       false, ''
FROM tickets_ticket
"""

_SCAN = "SELECT count(*) FROM tickets_ticket t JOIN routing_routingdecision d ON d.ticket_id = t.id WHERE t.id % 7 = 9"


def seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def written(number: int, wanted: dict[str, Any], team: int) -> Written:
    return {"id": number, "name": f"Rule {number}", "definition": wanted, "team": team, "view": None, "goes_to": "Team"}


def publish(count: int, team: Team) -> None:
    pick = random.Random(count)
    rules = [written(number, rule(pick), team.pk) for number in range(1, count + 1)]
    RuleSet.objects.create(number=RuleSet.objects.count() + 1, rules=rules, digest=digest_of(rules))


def take_in(times: int) -> float:
    """Median seconds of a message, from the transport's call to the agent's toast."""
    spent = []
    for _ in range(times):
        message = make_inbound(sender=Sender(email="ada@example.com"))
        spent.append(seconds(lambda message=message: process(message)))
    return statistics.median(spent)


def process(message: Any) -> None:
    receipt = receive_message(message)
    process_message.func(Inbound.objects.get(message=receipt.message).pk)


@pytest.mark.parametrize("scorer", ["tests.intake.scorers.FirstNumber", "customer_agent.builtin_sentiment.BuiltinScorer"])
def test_intake_with_many_rules(report: Report, settings: Any, scorer: str) -> None:
    """In turn, so that a busy moment of the machine falls on all of them. The ratio is of the medians of all rounds."""
    settings.SENTIMENT_SCORER = scorer
    team = Team.objects.create(name="Returns")
    team.members.set(make_agent(online=True) for _ in range(7))
    ada = identify(email="ada@example.com", country="France", properties={"tier": "gold", "total_clv": 100, "churn_probability": 0.5})
    for number in range(20):
        track(ada, "Placed Order", external_id=str(number))
    publish(0, team)
    take_in(5)
    spent: dict[int, list[float]] = {0: [], 100: [], 1_000: []}
    for _round in range(ROUNDS):
        for count, times in spent.items():
            publish(count, team)
            take_in(3)  # the set is compiled once
            times.append(take_in(MESSAGES))
    none = f"none: {statistics.median(spent[0]) * 1e3:.1f} ms"
    for count, aim in ((100, "≤ 1.05"), (1_000, "≤ 1.15")):
        ratio = statistics.median(with_rules / without for with_rules, without in zip(spent[count], spent[0], strict=True))
        what = f"intake with {count} rules, {scorer.rsplit('.', 1)[1]}"
        report(what, f"{statistics.median(spent[count]) * 1e3:.1f} ms", beside=none, ratio=f"{ratio:.3f}", aim=aim)


def all_batches(decisions: Any, rules: Rules) -> None:
    """As the job does it, with what it counts and the moves that it keeps."""
    left = 500
    for first in range(0, DECISIONS, BATCH):
        left -= len(ask(decisions.filter(pk__gt=first, pk__lte=first + BATCH), rules, most_moves=left).moves)


def test_back_test_of_a_million_tickets(report: Report) -> None:
    fill(CUSTOMERS, and_beside=1)
    told = {"customers": CUSTOMERS, "rows": DECISIONS, "days": DAYS, "now": NOW}
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in (_TICKETS, _DECISIONS):
            cursor.execute(statement, told)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")
        scan = min(seconds(lambda: cursor.execute(_SCAN)) for _ in range(3))
    everything = RoutingDecision.objects.all()
    between = (NOW - timedelta(days=DAYS + 1), NOW)
    rules = {
        "channel equals sms": (about_ticket("channel", text("equals", "sms")), "≤ 5"),
        "Placed Order in the last 2 hours": (done("Placed Order", when=in_the_last(2, "hour")), "≤ 20"),
    }
    for name, (condition, aim) in rules.items():
        one = Rules.of([written(1, definition([condition]), 1)])
        taken = min(seconds(everything.filter(Asking(one, between).matches(one.placed[0])).count) for _ in range(2))
        report(f"a million decisions asked: {name}", f"{taken:.2f} s", beside=f"scan: {scan:.2f} s", ratio=f"{taken / scan:.1f}", aim=aim)
        whole = seconds(lambda one=one: all_batches(everything, one))
        report(f"a million decisions back-tested, batch by batch: {name}", f"{whole:.2f} s", beside=f"scan: {scan:.2f} s", ratio=f"{whole / scan:.1f}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pick = random.Random(1)
    hundred = Rules.of([written(number, rule(pick), 1) for number in range(1, 101)])
    some = everything.filter(pk__lte=20_000)
    taken = seconds(lambda: ask(some, hundred, most_moves=500))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    report("20,000 decisions back-tested by 100 rules", f"{taken:.1f} s", beside=f"{grown:.0f} MB more memory", aim="≤ 200 MB")
