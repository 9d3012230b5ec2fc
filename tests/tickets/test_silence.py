"""Tickets close by themselves when their customer says nothing more (SPEC part 4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Agent
from helpdesk.tickets.acts import silence
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.acts.silence import close_silent, silent_tickets
from helpdesk.tickets.conversation.messages import add_customer_message
from helpdesk.tickets.models import Ticket, TicketSettings
from tests.factories import make_agent, make_ticket, reply

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida() -> Agent:
    return make_agent("Ida")


def after(days: int) -> None:
    TicketSettings.objects.update_or_create(pk=1, defaults={"close_after_days": days})


def answered(by: Agent, *, days_ago: int, **fields: Any) -> Ticket:
    ticket = make_ticket(**fields)
    reply(ticket, "It is on its way.", by=by)
    Ticket.objects.filter(pk=ticket.pk).update(last_message_at=timezone.now() - timedelta(days=days_ago))
    return ticket


def test_answered_ticket_is_closed_after_days_of_silence(ida: Agent) -> None:
    after(7)
    old, recent = answered(ida, days_ago=8), answered(ida, days_ago=6)

    closed = close_silent.func()

    old.refresh_from_db()
    recent.refresh_from_db()
    assert (closed, old.is_open, recent.is_open) == (1, False, True)
    assert [(event.kind, event.by) for event in old.history.order_by("-pk")[:1]] == [("closed", None)]


def test_whoever_waits_for_us_is_never_closed(ida: Agent) -> None:
    """Not a new ticket, not one whose customer wrote last, not one that sleeps."""
    after(1)
    new, asked_again, asleep = make_ticket(), answered(ida, days_ago=9), answered(ida, days_ago=9)
    add_customer_message(asked_again, "Still nothing.", at=timezone.now() - timedelta(days=9))
    Ticket.objects.filter(pk=new.pk).update(last_message_at=timezone.now() - timedelta(days=9))
    Ticket.objects.filter(pk=asleep.pk).update(snoozed_until=timezone.now() + timedelta(days=1))

    assert (close_silent.func(), Ticket.objects.filter(closed_at=None).count()) == (0, 3)


def test_desk_that_has_chosen_nothing_closes_nothing(ida: Agent) -> None:
    answered(ida, days_ago=900)

    untouched = close_silent.func()
    after(0)

    assert (untouched, close_silent.func()) == (0, 0)


def test_customer_who_writes_meanwhile_keeps_it_open(ida: Agent) -> None:
    after(7)
    ticket = answered(ida, days_ago=8)
    found = silent_tickets(timezone.now()).get()
    add_customer_message(Ticket.objects.get(pk=ticket.pk), "One more thing.", at=timezone.now())

    assert (close(found, by=None), Ticket.objects.get(pk=ticket.pk).is_open) == (False, True)


def test_one_that_fails_keeps_no_other_open(ida: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    after(7)
    broken, fine = answered(ida, days_ago=9), answered(ida, days_ago=8)

    def fails_once(ticket: Ticket, *, by: Agent | None) -> bool:
        if ticket.pk == broken.pk:
            raise RuntimeError
        return close(ticket, by=by)

    monkeypatch.setattr(silence, "close", fails_once)

    assert (close_silent.func(), Ticket.objects.get(closed_at__isnull=False)) == (1, fine)
