"""What is done to many costs what it costs for few."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Agent
from agents.streams import DESK
from helpdesk.tickets.acts.assignment import assign_many
from helpdesk.tickets.acts.bulk import Chosen, undo
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.models import Tag, Ticket
from routing.acts import ACTS, act_on
from tests.factories import make_agent, make_team, make_ticket
from tests.people import Commits, Listener

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida() -> Agent:
    return make_agent("Ida")


def all_of(tickets: list[Ticket]) -> Chosen:
    return Chosen([ticket.pk for ticket in tickets])


def value_of(act: str, ida: Agent) -> str:
    """What the act needs besides tickets."""
    team = make_team("Returns", make_agent("Anna", online=True), make_agent("Bob", online=True))
    tag, _new = (Tag.objects.create(name=name) for name in ("Order", "New"))
    values = {"assign": ida.pk, "team": team.pk, "tag": "New", "untag": tag.pk, "prioritise": "high", "snooze": "later", "spam": "block"}
    return str(values.get(act, ""))


def ready_for(act: str, count: int, ida: Agent) -> list[Ticket]:
    """Tickets that the act changes, half of them somebody's who is away."""
    away = Agent.objects.filter(name="Away").first() or make_agent("Away")
    tickets = [make_ticket() for _ in range(count)]
    for ticket in tickets:
        add_tag(ticket, "Order", by=None)
    assign_many(all_of(tickets[::2]), away, by=ida)
    if before := {"wake": ("snooze", "later"), "reopen": ("close", ""), "not-spam": ("spam", "block")}.get(act):
        act_on(all_of(tickets), *before, by=ida)
    return tickets


@pytest.mark.parametrize("act", ACTS)
def test_statements_do_not_grow_with_the_tickets(act: str, ida: Agent, listen: type[Listener], commits: Commits) -> None:
    """Of doing it, of undoing it, and of telling open pages."""
    value, page, counts = value_of(act, ida), listen(DESK), []
    for tickets in (ready_for(act, 24, ida), ready_for(act, 48, ida)):
        page.heard()
        with CaptureQueriesContext(connection) as captured, commits():
            outcome = act_on(all_of(tickets), act, value, by=ida)
            if outcome.act is not None:
                undo(outcome.act, by=ida)
        counts.append((len(captured), outcome.changed - len(tickets)))

    assert counts[0] == counts[1]
    assert (counts[0][1], [frame for frame in page.heard() if frame["kind"] != "many"]) == (0, [])
