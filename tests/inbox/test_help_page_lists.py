"""The help page about assigning tickets, sentence by sentence: its lists (seed 001, A6–A9), and views by sentiment (seed 003, S3, S6)."""

from __future__ import annotations

import pytest

from agents.models import Agent
from helpdesk.tickets.acts.assignment import assign_agent, assign_team
from helpdesk.tickets.acts.lifecycle import close, set_sentiment
from helpdesk.tickets.models import Ticket
from tests.factories import make_team, make_ticket
from tests.inbox.browsing import browser_of, rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def tickets(ada: Agent, bea: Agent) -> dict[str, Ticket]:
    found = {name: make_ticket(name) for name in ("nobody's", "mine", "hers", "the team's", "mine, closed")}
    assign_agent(found["mine"], ada, by=ada)
    assign_agent(found["hers"], bea, by=bea)
    assign_team(found["the team's"], make_team("Returns", bea), by=bea)
    assign_agent(found["mine, closed"], ada, by=ada)
    close(found["mine, closed"], by=ada)
    return found


def listed(agent: Agent, tickets: dict[str, Ticket], address: str) -> set[str]:
    names = {ticket.pk: name for name, ticket in tickets.items()}
    return {names[number] for number in rows(browser_of(agent).get(address))}


def test_a6_my_inbox_holds_only_what_is_assigned_to_whoever_looks(ada: Agent, bea: Agent, tickets: dict[str, Ticket]) -> None:
    assert [listed(who, tickets, "/inbox/mine/") for who in (ada, bea)] == [{"mine"}, {"hers"}]


def test_a7_all_tickets_is_the_default_and_holds_everybodys(ada: Agent, tickets: dict[str, Ticket]) -> None:
    assert browser_of(ada).get("/")["Location"] == "/inbox/all/"
    assert listed(ada, tickets, "/inbox/all/") == {"nobody's", "mine", "hers", "the team's"}


def test_a8_unassigned_holds_what_nobody_has(ada: Agent, tickets: dict[str, Ticket]) -> None:
    """C3: neither a person nor a team."""
    assert listed(ada, tickets, "/inbox/unassigned/") == {"nobody's"}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/inbox/mine/", {"mine"}),
        ("/inbox/mine/?status=closed", {"mine, closed"}),
        ("/inbox/mine/?status=any", {"mine", "mine, closed"}),
        ("/inbox/all/?status=any&channel=email", {"nobody's", "mine", "hers", "the team's", "mine, closed"}),
    ],
)
def test_a9_lists_show_open_tickets_and_more_if_asked(ada: Agent, tickets: dict[str, Ticket], address: str, expected: set[str]) -> None:
    assert listed(ada, tickets, address) == expected


def test_s3_s6_every_agent_filters_and_sorts_by_sentiment(ada: Agent, tickets: dict[str, Ticket]) -> None:
    set_sentiment(tickets["mine"], score=2, label="negative")
    set_sentiment(tickets["hers"], score=0, label="urgent")
    set_sentiment(tickets["nobody's"], score=9, label="promoter")

    upset = rows(browser_of(ada).get("/inbox/all/?sentiment=urgent&sentiment=negative&sort=upset"))

    assert upset == [tickets["hers"].pk, tickets["mine"].pk]
