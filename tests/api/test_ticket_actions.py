"""POST /api/v1/tickets/acts/ and its neighbours: the inbox's verbs with the inbox's rules."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from agents.models import Agent, Role
from helpdesk.tickets.acts.assignment import assign_agent
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.models import Ticket
from tests.api.calls import call
from tests.api.conftest import SignIn
from tests.factories import make_agent, make_customer, make_team, make_ticket
from tests.tickets.reading import again, history

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket() -> Ticket:
    return make_ticket()


def act(api: APIClient, *tickets: Ticket, **fields: Any) -> Any:
    return call(api, "POST", "tickets/acts/", {"tickets": [ticket.pk for ticket in tickets], **fields})


@pytest.mark.parametrize(
    ("fields", "becomes"),
    [
        ({"act": "close"}, {"is_open": False}),
        ({"act": "prioritise", "value": "high"}, {"priority": "high"}),
        ({"act": "spam"}, {"is_spam": True}),
    ],
)
def test_acts_are_done_to_many_and_undone(fields: dict[str, str], becomes: dict[str, Any], api: APIClient) -> None:
    tickets = [make_ticket(), make_ticket()]
    before = [{name: getattr(ticket, name) for name in becomes} for ticket in tickets]

    status, done = act(api, *tickets, **fields)
    after = [{name: getattr(again(ticket), name) for name in becomes} for ticket in tickets]
    undone = call(api, "DELETE", f"tickets/acts/{done['act']}/")

    assert (status, done["changed"], done["left"], after) == (200, 2, [], [becomes, becomes])
    assert undone == (200, {"changed": 2, "act": None, "left": []})
    assert [{name: getattr(again(ticket), name) for name in becomes} for ticket in tickets] == before


def test_a5_a23_assigning_only_what_nobody_has(api: APIClient, ida: Agent) -> None:
    """A5, A23."""
    anna, free, taken = make_agent("Anna"), make_ticket(), make_ticket()
    assign_agent(taken, anna, by=anna)

    status, done = act(api, free, taken, act="assign", value=str(ida.pk), seen_assignee=None)

    assert (status, done["changed"], done["left"]) == (200, 1, [f"Already taken by Anna: #{taken.pk}."])
    assert (again(free).assignee, again(taken).assignee) == (ida, anna)


def test_b14_team(api: APIClient) -> None:
    """B14."""
    anna = make_agent("Anna", online=True)
    team, tickets = make_team("Returns", anna), [make_ticket(), make_ticket()]

    act(api, *tickets, act="team", value=str(team.pk))

    assert {(again(ticket).team, again(ticket).assignee) for ticket in tickets} == {(team, anna)}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"act": "explode", "tickets": [1]}, "act"),
        ({"act": "close", "tickets": []}, "tickets"),
        ({"act": "close", "tickets": [2**63]}, "tickets"),
        ({"act": "close", "tickets": ["x"]}, "tickets"),
        ({"act": "close", "tickets": [1], "by": 3}, "by"),
        ({"act": "assign", "tickets": [1], "value": "777777"}, "value"),
        ({"act": "snooze", "tickets": [1], "value": "yesterday"}, "value"),
    ],
)
def test_what_means_nothing_is_refused(body: dict[str, Any], field: str, api: APIClient, ticket: Ticket) -> None:
    """V14."""
    status, problem = call(api, "POST", "tickets/acts/", body)

    assert (status, list(problem), history(ticket)) == (400, [field], [])


def test_somebody_elses_act_is_not_there(api: APIClient, client_of: SignIn, ticket: Ticket) -> None:
    """V3."""
    _status, done = act(api, ticket, act="close")

    status, _problem = call(client_of(make_agent("Anna")), "DELETE", f"tickets/acts/{done['act']}/")

    assert (status, again(ticket).is_open) == (404, False)


def test_a1_analysts_do_nothing(client_of: SignIn, ticket: Ticket) -> None:
    """A1."""
    api = client_of(make_agent("Ana", role=Role.ANALYST))

    answers = [act(api, ticket, act="close")[0], call(api, "POST", f"tickets/{ticket.pk}/merges/", {"other": 1})[0]]

    assert (answers, again(ticket).is_open) == ([403, 403], True)


def test_merge_and_its_undoing(api: APIClient, ticket: Ticket) -> None:
    other = make_ticket(customer=ticket.customer)

    status, merge = call(api, "POST", f"tickets/{ticket.pk}/merges/", {"other": other.pk})
    messages = ticket.messages.count()
    undone = call(api, "DELETE", f"tickets/{ticket.pk}/merges/{merge['number']}/")

    assert (status, merge["kept"], merge["merged"], messages) == (201, ticket.pk, other.pk, 2)
    assert (undone, ticket.messages.count(), again(other).is_open) == ((204, None), 1, True)


def test_merges_that_cannot_be(api: APIClient, ticket: Ticket, ida: Agent) -> None:
    _status, merge = call(api, "POST", f"tickets/{ticket.pk}/merges/", {"other": make_ticket(customer=ticket.customer).pk})
    add_tag(ticket, "Returns", by=ida)

    answers = [
        call(api, "POST", f"tickets/{ticket.pk}/merges/", {"other": ticket.pk})[0],
        call(api, "POST", f"tickets/{ticket.pk}/merges/", {"other": 777777})[0],
        call(api, "POST", "tickets/777777/merges/", {"other": ticket.pk})[0],
        call(api, "DELETE", f"tickets/{ticket.pk}/merges/{merge['number']}/")[0],
        call(api, "DELETE", f"tickets/{ticket.pk}/merges/777777/")[0],
    ]

    assert answers == [409, 400, 404, 409, 404]


def test_split(api: APIClient) -> None:
    ada = make_customer("Ada")
    ticket = make_ticket("One", customer=ada, conversation_id="t")
    make_ticket("Two", customer=ada, conversation_id="t")
    one, two = ticket.messages.all()

    status, new = call(api, "POST", f"tickets/{ticket.pk}/splits/", {"messages": [two.pk], "subject": "Another matter"})
    refused = call(api, "POST", f"tickets/{ticket.pk}/splits/", {"messages": [one.pk]})

    assert (status, list(Ticket.objects.get(pk=new["ticket"]).messages.all())) == (201, [two])
    assert refused == (400, {"messages": ["Leave at least one message of the customer here."]})
