"""What must not be lost: kept before anybody is told that we have it, once, in the right ticket."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_ox.models import OxTask

from helpdesk import intake
from helpdesk.customers.merging import merge_customers
from helpdesk.customers.models import Customer
from helpdesk.customers.profiles import identify
from helpdesk.intake import Receipt, Sender, fingerprint, quarantine, receive_message
from helpdesk.tickets.acts.lifecycle import close
from helpdesk.tickets.models import Inbound, Message, Ticket
from tests.factories import make_agent, make_customer, make_inbound, receive

pytestmark = pytest.mark.django_db
ADA = Sender(email="ada@example.com", name="Ada")
BEA = Sender(email="bea@example.com", name="Bea")


def kept() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Customer, Ticket, Message, Inbound, OxTask))


def test_first_message_opens_a_ticket_and_is_kept_with_its_job() -> None:
    """The rule above all: raw bytes, customer, ticket and job are in one transaction."""
    inbound = make_inbound("Where is it?\nPlease", sender=ADA, subject="My order", raw=b"\x00\xff as it came")

    receipt = receive_message(inbound)

    ticket, message, row = Ticket.objects.get(), Message.objects.get(), Inbound.objects.get()
    assert receipt == Receipt("created", ticket=ticket.pk, message=message.pk)
    assert (ticket.customer.name, ticket.channel, ticket.inbox, ticket.subject) == ("Ada", "email", "support@desk.example", "My order")
    assert (ticket.created_at, ticket.assignee, ticket.team, ticket.sentiment_label) == (message.created_at, None, None, "")
    assert (message.ticket, message.author, message.text) == (ticket, "customer", "Where is it?\nPlease")
    assert (bytes(row.raw), row.status, row.message, row.needs_routing) == (b"\x00\xff as it came", "pending", message, True)
    assert list(OxTask.objects.values_list("task_path", "args")) == [("helpdesk.intake.process_message", [row.pk])]
    assert list(ticket.history.values_list("kind", flat=True)) == ["created", "customer_wrote"]


def test_next_message_of_the_conversation_joins_the_open_ticket() -> None:
    first = receive(sender=ADA, conversation_id="one")

    second = receive(sender=ADA, conversation_id="one", subject="Another subject")

    assert (second.status, second.ticket) == ("appended", first.ticket)
    assert Ticket.objects.get().subject == "Where is it?"
    assert list(Inbound.objects.order_by("pk").values_list("needs_routing", flat=True)) == [True, False]


def test_same_message_again_changes_nothing() -> None:
    inbound = make_inbound(sender=ADA)
    first = receive_message(inbound)
    before = kept()

    again = receive_message(make_inbound("Another text", sender=BEA, external_id=inbound.external_id))

    assert again == Receipt("duplicate", ticket=first.ticket, message=first.message)
    assert kept() == before


def test_one_mail_to_two_inboxes_is_two_tickets() -> None:
    """THREATS: the key against duplicates is (inbox, external id)."""
    receipts = [receive(sender=ADA, external_id="<1@x>", conversation_id="<1@x>", inbox=inbox) for inbox in ("support@desk.example", "sales@desk.example")]

    assert [receipt.status for receipt in receipts] == ["created", "created"]
    assert Ticket.objects.count() == 2


@pytest.mark.parametrize("other", [{"sender": BEA}, {"channel": "sms"}, {"inbox": "sales@desk.example"}, {"conversation_id": "two"}])
def test_conversation_is_of_one_sender_in_one_channel_and_inbox(other: dict[str, Any]) -> None:
    """V10: nobody writes into another's thread by naming it."""
    same: dict[str, Any] = {"sender": ADA, "conversation_id": "one"}
    first = receive(**same)

    second = receive(**same | other)

    assert (second.status, second.ticket != first.ticket) == ("created", True)


def test_conversation_after_a_closed_ticket_opens_another() -> None:
    first = receive(sender=ADA, conversation_id="one")
    close(Ticket.objects.get(), by=make_agent())

    second = receive(sender=ADA, conversation_id="one")

    assert (second.status, second.ticket != first.ticket) == ("created", True)
    assert Ticket.objects.get(pk=first.ticket).is_open is False


@pytest.mark.parametrize(
    ("subject", "text", "shown"),
    [
        ("My order", "Text", "My order"),
        ("", "Where is\nmy order?", "Where is my order?"),
        ("", "word " * 50, ("word " * 16).strip() + "…"),
        ("", " \n", "(no text)"),
        ("s" * 999, "Text", "s" * 300),
    ],
)
def test_ticket_has_a_subject(subject: str, text: str, shown: str) -> None:
    receive(text, subject=subject)

    assert Ticket.objects.get().subject == shown


def test_language_is_the_senders_or_else_the_customers() -> None:
    make_customer(email="ada@example.com", language="sv")

    receive(sender=ADA)
    receive(sender=Sender(email="ada@example.com", language="pl"))
    receive(sender=Sender(email="ada@example.com", language="x" * 50))

    assert list(Ticket.objects.order_by("pk").values_list("language", flat=True)) == ["sv", "pl", "x" * 10]


def test_customer_learns_what_the_channel_tells() -> None:
    receive(sender=ADA)
    receive(sender=Sender(email="ADA@example.com", phone="+46701234567"))

    assert list(Customer.objects.values_list("email", "phone", "name")) == [("ada@example.com", "+46701234567", "Ada")]


def test_nothing_is_kept_when_not_all_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rule above all: the transport says "try again", and can."""

    def fail(*_args: Any) -> None:
        raise OperationalError("disk full")

    monkeypatch.setattr(OxTask, "save", lambda *_args, **_kwargs: fail())
    inbound = make_inbound(sender=ADA)

    with pytest.raises(OperationalError, match="disk full"):
        receive_message(inbound)

    assert kept() == (0, 0, 0, 0, 0)
    monkeypatch.undo()
    assert receive_message(inbound).status == "created"


def test_message_overtaken_again_and_again_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_args: Any, **_kwargs: Any) -> None:
        raise intake.TicketClosed

    monkeypatch.setattr(intake, "add_customer_message", closed)

    with pytest.raises(OperationalError, match="could not be stored"):
        receive()

    assert kept() == (0, 0, 0, 0, 0)


def test_message_overtaken_once_is_kept_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An agent closed its ticket at the last moment."""
    add = intake.add_customer_message

    def closed(*_args: Any, **_kwargs: Any) -> None:
        monkeypatch.setattr(intake, "add_customer_message", add)
        raise intake.TicketClosed

    monkeypatch.setattr(intake, "add_customer_message", closed)

    assert receive().status == "created"
    assert kept() == (1, 1, 1, 1, 1)


def test_quarantine_keeps_the_bytes_and_the_reason_once() -> None:
    fields: dict[str, Any] = {"channel": "email", "inbox": "support@desk.example", "external_id": "<1@x>"}

    first = quarantine(**fields, raw=b"\xff", reason="No sender.")
    again = quarantine(**fields, raw=b"other", reason="Another reason.")

    assert first == again == Receipt("quarantined", reason="No sender.")
    row = Inbound.objects.get()
    assert (bytes(row.raw), row.status, row.reason, row.message, kept()) == (b"\xff", "quarantined", "No sender.", None, (0, 0, 0, 1, 0))


def test_quarantined_message_that_can_be_read_now_takes_its_place() -> None:
    quarantine(channel="email", inbox="support@desk.example", external_id="<1@x>", raw=b"raw", reason="No sender.")

    receipt = receive(sender=ADA, external_id="<1@x>")

    row = Inbound.objects.get()
    assert (receipt.status, receipt.message, row.message_id) == ("created", Message.objects.get().pk, receipt.message)
    assert (row.status, row.reason, row.needs_routing, OxTask.objects.count()) == ("pending", "", True, 1)
    assert receive(sender=ADA, external_id="<1@x>").status == "duplicate"


def test_message_that_was_read_is_not_quarantined() -> None:
    first = receive(external_id="<1@x>")

    again = quarantine(channel="email", inbox="support@desk.example", external_id="<1@x>", raw=b"raw", reason="Cannot read it now.")

    assert again == Receipt("duplicate", ticket=first.ticket, message=first.message)
    assert Inbound.objects.get().status == "pending"


@pytest.mark.parametrize("sender", [Sender(), Sender(name="Ada"), Sender(phone="Bank"), Sender(email=" ")])
def test_message_from_nobody_is_quarantined(sender: Sender) -> None:
    """A name instead of a number, as banks send SMS: kept for a person to look at."""
    receipt = receive(sender=sender, external_id="<1@x>", raw=b"raw")

    assert receipt == Receipt("quarantined", reason="A customer needs an e-mail, a phone number or an external ID.")
    assert (Inbound.objects.get().status, kept()) == ("quarantined", (0, 0, 0, 1, 0))
    assert receive(sender=sender, external_id="<1@x>").status == "quarantined"


def test_fingerprint_is_the_same_for_the_same_bytes_alone() -> None:
    assert fingerprint(b"a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    assert fingerprint(b"a") != fingerprint(b"b")


def test_received_at_is_now_whatever_the_sender_claims() -> None:
    """A mail dated next year must not stand on top of every list."""
    before = timezone.now()

    receive(sent_at=timezone.now().replace(year=2099))

    assert before <= Ticket.objects.get().last_message_at <= timezone.now()


def test_conversation_goes_on_after_its_customer_was_merged_into_another() -> None:
    """The ticket has moved to the survivor; the next text message of the same conversation lands in it."""
    ida, grace, hopper = make_agent("Ida"), identify(email="grace@example.com"), identify(email="hopper@example.com")
    text = {"channel": "sms", "inbox": "+46700000001", "conversation_id": "+46701234567", "sender": Sender(phone="+46701234567")}
    first = receive(external_id="1", **text)

    merge_customers(grace, Ticket.objects.get().customer, by=ida)
    merge_customers(hopper, grace, by=ida)
    second = receive(external_id="2", **text)

    assert (second.status, second.ticket) == ("appended", first.ticket)
    assert Ticket.objects.get().customer == hopper


def test_tags_of_a_message_are_cut_rather_than_the_message_refused() -> None:
    receipt = receive(tags=("Web form", " \0", "x" * 61))

    assert sorted(Ticket.objects.get(pk=receipt.ticket).tags.values_list("name", flat=True)) == ["Web form", "x" * 60]
