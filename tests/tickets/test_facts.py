"""What conditions can ask about a ticket (R10)."""

from __future__ import annotations

import pytest

from helpdesk.conditions.grammar import TICKET_FIELDS
from helpdesk.tickets.acts.assignment import assign_agent, assign_team
from helpdesk.tickets.acts.lifecycle import set_sentiment
from helpdesk.tickets.acts.tags import add_tag
from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.facts import ticket_value
from tests.factories import make_agent, make_inbound, make_team, make_ticket, reply

pytestmark = pytest.mark.django_db


def test_ticket_answers_every_field_of_the_grammar() -> None:
    ida = make_agent("Ida")
    sender = make_inbound().sender
    ticket = make_ticket("First", subject="Lost", channel="sms", sender=sender, conversation_id="one")
    make_ticket("Second", channel="sms", sender=sender, conversation_id="one")
    reply(ticket, "Reply", by=ida)
    add_note(ticket, "Note", by=ida)
    assign_agent(ticket, ida, by=ida)
    assign_team(ticket, make_team("Returns"), by=ida)
    for name in ("Order", "Lost"):
        add_tag(ticket, name, by=ida)
    set_sentiment(ticket, score=2, label="negative")
    ticket.refresh_from_db()

    facts = {name: ticket_value(ticket, name) for name in TICKET_FIELDS}

    assert facts == {
        "channel": "sms",
        "tags": ["Lost", "Order"],
        "status": "open",
        "sentiment": "negative",
        "sentiment_score": 2,
        "subject": "Lost",
        "body": "First\nSecond",
        "language": "",
        "team": "Returns",
        "assignee": "Ida",
        "priority": "normal",
        "created": ticket.created_at,
    }


def test_what_a_ticket_does_not_have_is_none() -> None:
    ticket = make_ticket()

    assert [ticket_value(ticket, name) for name in ("tags", "sentiment", "sentiment_score", "team", "assignee")] == [[], None, None, None, None]
