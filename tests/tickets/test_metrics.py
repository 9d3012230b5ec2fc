"""S17: what happens to tickets is on the customer's time line, with its sentiment."""

from __future__ import annotations

from typing import Any

import pytest

from agents.models import Agent
from helpdesk.customers.models import Event
from helpdesk.tickets.acts.lifecycle import close, reopen, set_sentiment
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.models import Ticket
from tests.factories import make_agent, make_ticket, reply

pytestmark = pytest.mark.django_db


def told(ticket: Ticket, metric: str) -> list[dict[str, Any]]:
    return list(Event.objects.filter(customer=ticket.customer, metric=metric).order_by("pk").values_list("properties", flat=True))


@pytest.fixture
def ida() -> Agent:
    return make_agent("Ida")


def test_closing_is_an_event_with_what_is_known_of_the_ticket(ida: Agent) -> None:
    """S17: sentiment, channel, team, tags, first-reply time."""
    ticket = make_ticket()
    set_sentiment(ticket, score=2, label="negative")
    add_tag(ticket, "Order", by=ida)
    reply(ticket, "On its way.", by=ida)

    close(ticket, by=ida)

    assert told(ticket, "Ticket Closed") == [
        {"ticket": ticket.pk, "channel": ticket.channel, "sentiment": "negative", "sentiment_score": 2, "tags": ["Order"], "first_reply_minutes": 0.0}
    ]
    assert Event.objects.get(metric="Ticket Closed").occurred_at == ticket.closed_at


def test_each_closing_is_an_event_and_closing_the_closed_is_none(ida: Agent) -> None:
    ticket = make_ticket()

    close(ticket, by=ida)
    close(ticket, by=ida)
    reopen(ticket, by=ida)
    close(ticket, by=ida)

    assert len(told(ticket, "Ticket Closed")) == 2
