"""GET /api/v1/tickets/<number>/decisions/: why a ticket is where it is (I2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from agents.models import Agent, Role
from helpdesk.customers.profiles import track
from helpdesk.customers.segments import create_segment
from helpdesk.tickets.acts.assignment import assign_team
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.models import SavedView, Tag, Ticket
from routing.models import RuleSet, TeamMatching
from routing.router import route_ticket
from routing.rule_set import digest_of
from routing.shifts import go_online
from tests.api.calls import call
from tests.api.conftest import SignIn, iso
from tests.factories import (
    CHANNEL_IS_SMS,
    CHURN_RISK_HIGH,
    PLACED_ORDER_IN_2_HOURS,
    all_of,
    any_of,
    make_agent,
    make_customer,
    make_rule,
    make_team,
    make_ticket,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 13, 9, tzinfo=UTC)


def decisions(client: APIClient, ticket: Ticket) -> list[dict[str, Any]]:
    status, told = call(client, "GET", f"tickets/{ticket.pk}/decisions/")
    assert status == 200
    found: list[dict[str, Any]] = told["results"]
    return found


def test_decision_is_told_with_every_rule_and_every_candidate(client_of: SignIn) -> None:
    bob, eva = make_agent("Bob"), make_agent("Eva")
    team = make_team("Returns", bob, eva)
    first = make_rule("VIPs", to=team, when=all_of(CHURN_RISK_HIGH))
    second = make_rule("Orders", to=team, when=any_of(CHANNEL_IS_SMS, PLACED_ORDER_IN_2_HOURS))
    third = make_rule("Watched", to=SavedView.objects.create(name="Watch-list"), when=all_of(CHANNEL_IS_SMS))
    with time_machine.travel(NOW, tick=False):
        go_online(bob)
        customer = make_customer()
        track(customer, "Placed Order", occurred_at=NOW - timedelta(minutes=2))
        ticket = make_ticket(customer=customer)
        made = route_ticket(ticket.pk, cause="test")

    (told,) = decisions(client_of(bob), ticket)

    rules, candidates = told.pop("rules"), told.pop("candidates")
    ids = {"id": made.pk, "team": team.pk, "agent": bob.pk, "version": 3}
    assert told == ids | {"at": iso(NOW), "cause": "test", "team_was_chosen": False, "waiting_because": "", "teams": []}
    sms = {"text": "ticket channel equals sms", "value": "email", "result": False}
    order = {"text": "Placed Order at least once in the last 2 hours", "value": 1, "result": True}
    risk = {"text": "churn risk equals High", "value": None, "result": False}
    missed = {"matched": False, "is_winner": False, "until": None, "error": ""}
    end = iso(NOW + timedelta(minutes=118, microseconds=1))
    assert rules == [
        missed | {"id": first.pk, "number": 1, "name": "VIPs", "goes_to": "Returns", "groups": [[risk]]},
        {"id": second.pk, "number": 2, "name": "Orders", "goes_to": "Returns", "matched": True, "is_winner": True}
        | {"until": end, "error": "", "groups": [[sms, order]]},
        missed | {"id": third.pk, "number": 3, "name": "Watched", "goes_to": "Watch-list", "groups": [[sms]]},
    ]
    assert candidates == [{"agent": bob.pk, "name": "Bob", "outcome": "taken"}, {"agent": eva.pk, "name": "Eva", "outcome": "offline"}]


def test_decisions_are_told_the_newest_first(api: APIClient) -> None:
    ticket = make_ticket()
    for cause in ("created", "reopened 17"):
        route_ticket(ticket.pk, cause=cause)

    told = decisions(api, ticket)

    assert [(each["cause"], each["version"], each["rules"]) for each in told] == [("reopened 17", None, []), ("created", None, [])]


def test_team_that_tags_named_or_a_person_chose_is_told(api: APIClient, ida: Agent) -> None:
    """A10."""
    ticket, team, other = make_ticket(), make_team("Orders"), make_team("Other")
    add_tag(ticket, "Order", by=None)
    TeamMatching.objects.create(team=team).tags.set(Tag.objects.all())
    route_ticket(ticket.pk, cause="created")
    ticket.refresh_from_db()
    assign_team(ticket, other, by=ida)
    route_ticket(ticket.pk, cause="again")

    chosen, matched = decisions(api, ticket)

    assert (matched["team"], matched["teams"]) == (team.pk, [{"team": team.pk, "because": [["tag", "Order"]]}])
    assert (chosen["team_was_chosen"], chosen["teams"]) == (True, [])


def test_rule_that_could_not_be_read_says_why(api: APIClient) -> None:
    rules = [{"id": 1, "name": "Old", "definition": {}, "team": None, "view": None, "goes_to": "Gone"}]
    RuleSet.objects.create(number=1, rules=rules, digest=digest_of(rules))
    ticket = make_ticket()
    route_ticket(ticket.pk, cause="test")

    (rule,) = decisions(api, ticket)[0]["rules"]

    assert (rule["error"], rule["matched"], rule["groups"]) == ("condition_groups: expected a value.", False, [])


def test_long_text_is_told_in_short(api: APIClient) -> None:
    body = {"type": "ticket-property", "property": "body", "filter": {"type": "string", "operator": "contains", "value": "x"}}
    make_rule(to=make_team(), when=all_of(body))
    ticket = make_ticket("x" * 5_000)
    route_ticket(ticket.pk, cause="test")

    assert decisions(api, ticket)[0]["rules"][0]["groups"][0][0]["value"] == "x" * 200


@pytest.mark.parametrize("number", [999, 10**30])
def test_foreign_ticket_is_404(api: APIClient, number: int) -> None:
    """V3."""
    assert call(api, "GET", f"tickets/{number}/decisions/")[0] == 404


def test_ticket_that_the_person_may_not_see_is_404(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """V3: asked through the one queryset for it."""
    seen, hidden = make_ticket(), make_ticket()
    monkeypatch.setattr(type(Ticket.objects), "visible_to", lambda tickets, _agent: tickets.exclude(pk=hidden.pk))

    assert [call(api, "GET", f"tickets/{ticket.pk}/decisions/")[0] for ticket in (seen, hidden)] == [200, 404]


def test_only_those_who_answer_read(client_of: SignIn) -> None:
    """C4."""
    ticket = make_ticket()
    route_ticket(ticket.pk, cause="test")

    assert [call(client, "GET", f"tickets/{ticket.pk}/decisions/")[0] for client in (client_of(make_agent("Ann", role=Role.ANALYST)), APIClient())] == [
        403,
        401,
    ]


def test_list_costs_a_number_of_queries_that_does_not_grow(api: APIClient) -> None:
    """With candidates and segments; every version is read once for each process."""
    member = {"type": "profile-group-membership", "is_member": False, "group_ids": [str(create_segment("VIP", by=None).pk)]}
    make_rule(to=make_team("", make_agent(), make_agent()), when=all_of(member))
    ticket, counts = make_ticket(), []
    for cause in range(6):
        route_ticket(ticket.pk, cause=f"cause {cause}")
        with CaptureQueriesContext(connection) as captured:
            told = decisions(api, ticket)
        counts.append(len(captured))

    assert ([len(each["candidates"]) for each in told], len(set(counts))) == ([2] * 6, 1)
