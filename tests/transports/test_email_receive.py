"""The one door for mail."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError

from helpdesk.intake import fingerprint
from helpdesk.tickets.models import Attachment, Inbound, Message, Ticket
from helpdesk.transports.email import guard
from helpdesk.transports.email.addresses import inbox_of, is_taken
from helpdesk.transports.email.receive import read_again, receive_mail
from tests.transports import readers
from tests.transports.mails import broken_database, html_mail, make_mail, sample

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def inboxes(settings: Any) -> None:
    settings.EMAIL_INBOXES = ["support@desk.example", "sales@desk.example"]


def test_mail_becomes_a_ticket() -> None:
    receipt = receive_mail(sample("plain_pl_latin2"))

    ticket = Ticket.objects.get()
    assert (receipt.status, receipt.ticket) == ("created", ticket.pk)
    assert (ticket.channel, ticket.inbox, ticket.subject) == ("email", "support@desk.example", "Gdzie jest moje zamówienie?")
    assert (ticket.customer.email, ticket.customer.name) == ("lukasz@example.pl", "Łukasz Żak")
    row = Inbound.objects.get()
    assert (row.external_id, bytes(row.raw), row.message_id) == ("<latin2@example.pl>", sample("plain_pl_latin2"), receipt.message)


def test_replies_of_one_thread_share_its_ticket() -> None:
    first = receive_mail(sample("plain_en"))

    replies = [receive_mail(sample(f"reply_gmail_{language}")) for language in ("en", "sv", "pl")]

    assert [(reply.status, reply.ticket) for reply in replies] == [("appended", first.ticket)] * 3


def test_same_mail_twice_is_one_message() -> None:
    first, second = receive_mail(sample("plain_en")), receive_mail(sample("plain_en"))

    assert (second.status, second.ticket, second.message) == ("duplicate", first.ticket, first.message)
    assert Message.objects.count() == 1


def test_mail_to_two_inboxes_is_two_tickets() -> None:
    receipts = [receive_mail(sample("three_recipients"), inbox=inbox) for inbox in ("support@desk.example", "sales@desk.example")]

    assert [receipt.status for receipt in receipts] == ["created", "created"]
    assert set(Ticket.objects.values_list("inbox", flat=True)) == {"support@desk.example", "sales@desk.example"}


def test_mail_without_message_id_is_known_by_its_bytes() -> None:
    first, second = receive_mail(sample("no_message_id")), receive_mail(sample("no_message_id"))
    other = receive_mail(sample("no_message_id") + b"Another line.\n")

    assert (second.status, second.message) == ("duplicate", first.message)
    assert (other.status, other.ticket != first.ticket) == ("created", True)
    assert Inbound.objects.filter(external_id=fingerprint(sample("no_message_id"))).count() == 1


def test_mail_without_sender_is_quarantined_with_the_reason() -> None:
    receipt = receive_mail(sample("no_from"))

    assert (receipt.status, receipt.ticket, receipt.reason) == ("quarantined", None, "This mail does not say who sent it.")
    row = Inbound.objects.get()
    assert (row.status, row.inbox, row.external_id, bytes(row.raw)) == ("quarantined", "support@desk.example", "<nobody@example.com>", sample("no_from"))


def test_attachments_are_kept_with_the_message() -> None:
    receive_mail(sample("multipart_with_attachment"))

    message = Message.objects.get()
    assert message.text == "The lamp is broken, see the photo."
    assert list(message.attachments.values_list("name", "content_type", "size")) == [("trasig låda.jpg", "image/jpeg", 10), ("log.txt", "text/plain", 30)]
    assert bytes(Attachment.objects.values_list("content", flat=True)[1]) == b"not a part of the conversation"


def test_html_and_its_pictures_are_kept_with_the_message() -> None:
    receive_mail(html_mail())

    message = Message.objects.get()
    assert (message.text, message.original.html.strip()) == ("See the picture.", '<p>See <img src="cid:lamp@x"></p>')
    assert list(message.attachments.values_list("name", "content_id", "content_type")) == [("lamp.png", "lamp@x", "image/png")]


def test_mail_of_a_file_alone_is_a_message_that_lists_can_show() -> None:
    receive_mail(html_mail(text="", html=""))

    message = Message.objects.select_related("ticket").get()
    assert (message.text, message.ticket.preview) == ("", "lamp.png")


def test_mail_without_known_inboxes_goes_to_whom_it_was_written(settings: Any) -> None:
    settings.EMAIL_INBOXES = []

    receive_mail(make_mail(to="Help <HELP@shop.example>"))
    hidden = receive_mail(make_mail(to="undisclosed-recipients:;", message_id="<hidden@example.com>"))

    assert Ticket.objects.get().inbox == "help@shop.example"
    assert (hidden.status, hidden.reason) == ("quarantined", "This mail does not say which inbox it is for.")


def test_inbox_is_found_among_the_recipients() -> None:
    """Given by the envelope, with a tag, in any case; hidden copies go to the first inbox."""
    found = [
        inbox_of(["asa@example.se", "Sales+order@Desk.example"]),
        inbox_of(["asa@example.se"]),
        inbox_of(["support@desk.example"], given="SALES+7@desk.example"),
        inbox_of(["support@desk.example"], given="Other@desk.example"),
        inbox_of([]),
    ]

    assert found == ["sales@desk.example", "support@desk.example", "sales@desk.example", "other@desk.example", "support@desk.example"]


def test_listener_takes_mail_for_known_inboxes_only(settings: Any) -> None:
    taken = [is_taken(address) for address in ("support@desk.example", "Support+x@desk.example", "support@other.example", "support")]
    settings.EMAIL_INBOXES = []

    assert taken == [True, True, False, False]
    assert is_taken("anybody@example.com") is True


def test_quarantined_mail_read_again_takes_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(guard, "parse_mail", readers.die)
        receive_mail(sample("plain_en"), inbox="support@desk.example")

    receipt = read_again(Inbound.objects.get())

    row = Inbound.objects.get()
    assert (receipt.status, row.message_id, row.status, row.reason) == ("created", receipt.message, "pending", "")


def test_mail_quarantined_without_an_inbox_leaves_quarantine_when_it_is_read(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.EMAIL_INBOXES = []
    with monkeypatch.context() as patched:
        patched.setattr(guard, "parse_mail", readers.die)
        receive_mail(sample("plain_en"))

    receipt = read_again(Inbound.objects.get())

    row = Inbound.objects.get()
    assert (receipt.status, row.inbox, row.message_id) == ("created", "support@desk.example", receipt.message)


def test_mail_still_unreadable_stays_in_quarantine() -> None:
    receive_mail(sample("no_from"))

    receipt = read_again(Inbound.objects.get())

    assert receipt.status == "quarantined"
    assert Inbound.objects.get().status == "quarantined"


@pytest.mark.django_db(transaction=True)
def test_mail_that_cannot_be_stored_raises_and_is_there_once_after_another_try() -> None:
    """The rule above all: no receipt without the commit."""
    with broken_database(), pytest.raises(DatabaseError):
        receive_mail(make_mail())

    receipts = [receive_mail(make_mail()), receive_mail(make_mail())]

    assert [receipt.status for receipt in receipts] == ["created", "duplicate"]
    assert (Message.objects.count(), Inbound.objects.count()) == (1, 1)
