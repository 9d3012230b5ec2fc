"""S17: a ticket that has come in is an event of its customer, told when it has been read and routed."""

from __future__ import annotations

import pytest
from django_ox.testing import run_tasks

from helpdesk.customers.models import Event
from helpdesk.intake import Sender, process_message
from helpdesk.tickets.acts.lifecycle import close, reopen
from helpdesk.tickets.models import Inbound, Ticket
from tests.factories import any_of, make_agent, make_rule, make_team, make_ticket, receive
from tests.people import at_once

ADA = Sender(email="ada@example.com")
CREATED = Event.objects.filter(metric="Ticket Created")


@pytest.mark.django_db
def test_new_ticket_is_told_once_with_its_sentiment() -> None:
    """Also when the job is run again, and when the ticket comes back."""
    ida = make_agent("Ida")
    ticket = make_ticket("2 stars, where is it?")

    run_tasks(raise_failures=True)
    Inbound.objects.update(status="pending")
    process_message.func(Inbound.objects.get().pk)
    ticket.refresh_from_db()
    close(ticket, by=ida)
    reopen(ticket, by=ida)
    process_message.func(Inbound.objects.get().pk)

    (event,) = CREATED
    assert (event.customer, event.occurred_at) == (ticket.customer, ticket.created_at)
    assert event.properties == {
        "ticket": ticket.pk,
        "channel": "email",
        "sentiment": "negative",
        "sentiment_score": 2,
        "tags": [],
    }


@pytest.mark.django_db
def test_new_ticket_names_the_team_it_went_to() -> None:
    returns = make_team("Returns")
    make_rule(to=returns, when=any_of({"type": "ticket-property", "property": "channel", "filter": {"type": "string", "operator": "equals", "value": "email"}}))
    make_ticket()

    run_tasks(raise_failures=True)

    assert CREATED.get().properties["team"] == "Returns"


@pytest.mark.django_db(transaction=True)
def test_closing_while_the_customer_writes_holds_nobody_up() -> None:
    """Whoever takes in a message holds customer and ticket in that order; so does whoever closes."""
    ida = make_agent("Ida")

    for n in range(5):
        ticket = make_ticket(sender=ADA, conversation_id="one", external_id=f"first {n}")
        at_once(lambda: close(ticket, by=ida), lambda: receive(sender=ADA, conversation_id="one", external_id=f"second {n}"))  # noqa: B023 # run in this turn
        close(Ticket.objects.latest("pk"), by=ida)

    assert Ticket.objects.filter(closed_at=None).count() == 0
    assert Event.objects.filter(metric="Ticket Closed").count() >= 5
