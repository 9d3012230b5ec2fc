"""What the database refuses, whoever writes to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from helpdesk.tickets.models import Inbound, Message, SavedView, Tag, Ticket, ViewEntry
from routing.models import Ledger, RoundRobinSettings, RoutingDecision, Rule
from tests.factories import CHANNEL_IS_SMS, all_of, make_agent, make_team, make_ticket

pytestmark = pytest.mark.django_db


def refuses(write: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return True
    return False


def copy_of(ticket: Ticket, **changes: object) -> Ticket:
    fields = {name: getattr(ticket, name) for name in ("customer", "channel", "inbox", "thread_key", "subject", "closed_at")}
    return Ticket(**fields | changes)


def test_thread_has_one_open_ticket() -> None:
    """Any number of closed ones beside it, and the same thread in another inbox."""
    ticket, now = make_ticket(), timezone.now()

    assert refuses(copy_of(ticket).save) is True
    assert refuses(copy_of(ticket, closed_at=now).save) is False
    assert refuses(copy_of(ticket, closed_at=now + timedelta(seconds=1)).save) is False
    assert refuses(copy_of(ticket, inbox="sales@desk.example").save) is False


@pytest.mark.parametrize(
    ("score", "label", "refused"),
    [(None, "", False), (0, "negative", False), (10, "promoter", False), (11, "promoter", True), (-1, "negative", True), (None, "urgent", True), (5, "", True)],
)
def test_sentiment_is_a_label_with_a_score_of_0_to_10(score: int | None, label: str, refused: bool) -> None:
    """S4."""
    ticket = make_ticket()

    assert refuses(lambda: Ticket.objects.filter(pk=ticket.pk).update(sentiment_score=score, sentiment_label=label)) is refused


@pytest.mark.parametrize(
    ("author", "has_agent", "is_internal", "refused"),
    [
        ("agent", True, True, False),
        ("agent", True, False, False),
        ("system", False, True, False),
        ("customer", False, True, True),
        ("ai", False, True, True),
        ("agent", False, False, True),
        ("customer", True, False, True),
    ],
)
def test_message_has_the_author_it_can_have(author: str, has_agent: bool, is_internal: bool, refused: bool) -> None:
    """Notes are the team's; an agent's message has an agent."""
    agent = make_agent() if has_agent else None
    message = Message(ticket=make_ticket(), author=author, agent=agent, is_internal=is_internal, text="x")

    assert refuses(message.save) is refused


def test_inbound_is_unique_in_its_inbox_and_read_means_message() -> None:
    make_ticket(external_id="one")
    fields = {"channel": "email", "external_id": "one", "raw": b""}

    assert refuses(Inbound(inbox="support@desk.example", status="quarantined", **fields).save) is True
    assert refuses(Inbound(inbox="sales@desk.example", status="done", **fields).save) is True
    assert refuses(Inbound(inbox="sales@desk.example", status="quarantined", **fields).save) is False


def test_ticket_is_in_a_view_once() -> None:
    """C20."""
    view, ticket = SavedView.objects.create(name="Fraud"), make_ticket()
    ViewEntry.objects.create(view=view, ticket=ticket)

    assert refuses(ViewEntry(view=view, ticket=ticket).save) is True


def test_names_are_unique() -> None:
    Tag.objects.create(name="Order")
    SavedView.objects.create(name="Fraud")
    make_team("Returns")

    assert [refuses(Tag(name="Order").save), refuses(SavedView(name="Fraud").save), refuses(lambda: make_team("Returns"))] == [True] * 3


def test_ledger_and_settings_are_one_row() -> None:
    """C3."""
    assert refuses(Ledger(pk=1).save) is False
    assert [refuses(Ledger(pk=2).save), refuses(RoundRobinSettings(pk=2).save)] == [True, True]


def test_cause_is_decided_once() -> None:
    """I2."""
    ticket = make_ticket()
    RoutingDecision.objects.create(ticket=ticket, cause="created 1")

    assert refuses(RoutingDecision(ticket=ticket, cause="created 1").save) is True
    assert refuses(RoutingDecision(ticket=ticket, cause="reopened 2").save) is False


@pytest.mark.parametrize(
    ("destination", "has_team", "has_view", "refused"),
    [
        ("team", True, False, False),
        ("view", False, True, False),
        ("team", False, False, False),
        ("team", True, True, True),
        ("view", True, False, True),
        ("bin", False, False, True),
    ],
)
def test_rule_has_one_destination(destination: str, has_team: bool, has_view: bool, refused: bool) -> None:
    """R11; none, when it was deleted."""
    team, view = make_team() if has_team else None, SavedView.objects.create(name="Fraud") if has_view else None
    rule = Rule(name="A rule", definition=all_of(CHANNEL_IS_SMS), destination=destination, team=team, view=view)

    assert refuses(rule.save) is refused
