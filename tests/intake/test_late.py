"""C11: what arrives after a ticket was routed may route it once more, if nobody has it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from agents.models import Agent, Team
from helpdesk.intake import process_message, read_late
from helpdesk.tickets.acts.assignment import assign_agent, assign_team
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.models import Inbound, Ticket
from tests.factories import all_of, make_agent, make_rule, make_team, make_ticket
from tests.intake.scorers import FirstNumber
from tests.tickets.reading import again

pytestmark = pytest.mark.django_db
NEGATIVE = {"type": "ticket-property", "property": "sentiment", "filter": {"type": "string", "operator": "equals", "value": "negative"}}


@pytest.fixture
def senior() -> Team:
    team = make_team("Senior")
    make_rule(to=team, when=all_of(NEGATIVE))
    return team


@pytest.fixture
def unscored(senior: Team, settings: Any) -> Ticket:
    """Routed while the scorer was away."""
    settings.SENTIMENT_SCORER = "tests.intake.scorers.Away"
    ticket = make_ticket("2 stars")
    process_message.func(Inbound.objects.get().pk)
    settings.SENTIMENT_SCORER = "tests.intake.scorers.FirstNumber"
    return ticket


def come_back(ticket: Ticket) -> Ticket:
    read_late.func(ticket.messages.get().pk, 0)
    return again(ticket)


def test_score_that_comes_late_routes_the_ticket_once_more(unscored: Ticket, senior: Team) -> None:
    before = again(unscored).team

    after = come_back(unscored)
    come_back(unscored)

    assert (before, after.team, after.sentiment_label, unscored.decisions.count()) == (None, senior, "negative", 2)


def returned(ticket: Ticket, ida: Agent) -> None:
    assign_agent(ticket, ida, by=ida)
    assign_agent(ticket, None, by=ida)


@pytest.mark.parametrize(
    "act",
    [
        lambda ticket, ida: assign_agent(ticket, ida, by=ida),
        lambda ticket, ida: assign_team(ticket, make_team("Chosen"), by=ida),
        returned,
        lambda ticket, ida: close(ticket, by=ida),
    ],
    ids=["taken", "given to a team", "returned", "closed"],
)
def test_what_a_person_has_done_meanwhile_stands(unscored: Ticket, act: Callable[[Ticket, Agent], None]) -> None:
    act(unscored, make_agent())
    before = again(unscored)

    after = come_back(unscored)

    assert (after.team, after.assignee, unscored.decisions.count()) == (before.team, before.assignee, 1)


def test_scorer_that_takes_too_long_keeps_no_ticket_waiting(senior: Team, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SENTIMENT_SCORER, settings.SENTIMENT_TIME_LIMIT = "tests.intake.scorers.FirstNumber", 0.05
    monkeypatch.setattr(FirstNumber, "score", lambda self, text, language: time.sleep(0.5))
    ticket = make_ticket("2 stars")

    process_message.func(Inbound.objects.get().pk)

    assert (again(ticket).sentiment_label, ticket.decisions.count()) == ("", 1)


def test_tags_that_come_with_a_message_are_those_of_the_ticket_it_opens() -> None:
    """R10: a form or another program knows what it is about. A later message changes nothing."""
    ticket = make_ticket(tags=("Order", "Size", " \u200b"), conversation_id="one", sender=None)

    assert sorted(tag.name for tag in ticket.tags.all()) == ["Order", "Size"]
