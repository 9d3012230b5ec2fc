"""GET /api/v1/tickets/"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from agents.models import Agent
from helpdesk.tickets.acts.assignment import assign_agent, assign_team
from helpdesk.tickets.acts.lifecycle import close, set_sentiment
from helpdesk.tickets.models import Ticket
from tests.factories import make_customer, make_team, make_ticket

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/tickets/"


def numbers(api: APIClient, **query: Any) -> list[int]:
    response = api.get(ADDRESS, query)
    assert response.status_code == 200
    return [ticket["number"] for ticket in response.json()["results"]]


def iso(moment: Any) -> Any:
    from rest_framework.fields import DateTimeField

    return DateTimeField().to_representation(moment)


def test_ticket_is_shown(api: APIClient, ida: Agent) -> None:
    team, ticket = make_team(), make_ticket(customer=make_customer("Ada"), subject="Lost", channel="sms")
    assign_agent(ticket, ida, by=ida)
    assign_team(ticket, team, by=ida)
    set_sentiment(ticket, score=2, label="negative")

    shown = api.get(ADDRESS).json()

    ticket.refresh_from_db()
    assert shown == {
        "next": None,
        "previous": None,
        "results": [
            {
                "number": ticket.pk,
                "subject": "Lost",
                "channel": "sms",
                "sentiment": "negative",
                "sentiment_score": 2,
                "customer": "Ada",
                "assignee": ida.pk,
                "team": team.pk,
                "created_at": iso(ticket.created_at),
                "last_message_at": iso(ticket.last_message_at),
                "closed_at": None,
            }
        ],
    }


def test_tickets_are_filtered(api: APIClient, ida: Agent) -> None:
    mail, sms, mine, closed = make_ticket(), make_ticket(channel="sms"), make_ticket(), make_ticket()
    team = make_team()
    assign_agent(mine, ida, by=ida)
    assign_team(mine, team, by=ida)
    set_sentiment(mine, score=1, label="urgent")
    close(closed, by=ida)

    assert numbers(api, channel="sms") == [sms.pk]
    assert [numbers(api, **query) for query in ({"assignee": ida.pk}, {"team": team.pk}, {"sentiment": "urgent"})] == [[mine.pk]] * 3
    assert set(numbers(api, status="open")) == {mail.pk, sms.pk, mine.pk}
    assert numbers(api, status="closed") == [closed.pk]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"channel": "fax"}, "channel"),
        ({"assignee": "4711"}, "assignee"),
        ({"team": "x"}, "team"),
        ({"sentiment": "angry"}, "sentiment"),
        ({"status": "lost"}, "status"),
        ({"since": "0001-01-01"}, "since"),
    ],
)
def test_wrong_filter_is_named(api: APIClient, query: dict[str, str], named: str) -> None:
    response = api.get(ADDRESS, query)

    assert (response.status_code, list(response.json())) == (400, [named])


def test_pages_hold_every_ticket_once_newest_first(api: APIClient) -> None:
    """Also those whose last messages came in the same moment."""
    first = make_ticket()
    row = Ticket.objects.values("customer_id", "channel", "inbox", "subject").get()
    at = timezone.now() - timedelta(days=1)
    Ticket.objects.bulk_create([Ticket(**row, thread_key=str(number), last_message_at=at) for number in range(120)])

    seen, page = [], api.get(ADDRESS).json()
    seen += page["results"]
    while page["next"]:
        page = api.get(page["next"]).json()
        seen += page["results"]

    everything = Ticket.objects.order_by("-last_message_at", "-id").values_list("pk", flat=True)
    assert [ticket["number"] for ticket in seen] == list(everything)
    assert seen[0]["number"] == first.pk


@pytest.mark.parametrize("size", [1, 3])
def test_list_takes_two_queries_however_long(api: APIClient, ida: Agent, django_assert_num_queries: Any, size: int) -> None:
    """The key with its agent, and the tickets with their customers."""
    for _ in range(size):
        assign_agent(make_ticket(), ida, by=ida)

    with django_assert_num_queries(2):
        shown = numbers(api)

    assert len(shown) == size


def test_what_the_agent_may_not_see_is_not_there(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """V3: the list is loaded through the agent."""
    kept, hidden = make_ticket(), make_ticket()
    monkeypatch.setattr(type(Ticket.objects), "visible_to", lambda tickets, _agent: tickets.exclude(pk=hidden.pk))

    assert numbers(api) == [kept.pk]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_list_is_for_reading(api: APIClient, method: str) -> None:
    """S15, V14: no score, assignee or status is written here."""
    assert getattr(api, method)(ADDRESS, {"sentiment": "promoter"}, format="json").status_code == 405
