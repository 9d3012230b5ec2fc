"""Replies by mail: what is handed to the mail server, and that the answer comes back to its ticket."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core import mail as outgoing

from helpdesk.outbox.deliveries import deliver
from helpdesk.outbox.models import Delivery
from helpdesk.outbox.senders import CannotSend, sender_for
from helpdesk.tickets.conversation.attachments import File, attach
from helpdesk.tickets.conversation.drafts import draft_of
from helpdesk.tickets.conversation.messages import add_note
from helpdesk.tickets.conversation.sending import send_reply as send_with_undo
from helpdesk.tickets.models import Message, Ticket
from helpdesk.transports.email.message_ids import make_message_id
from helpdesk.transports.email.receive import receive_mail
from helpdesk.transports.email.send import reply_mail, send_reply
from tests.factories import make_agent, reply
from tests.servers import free_port
from tests.transports.mails import PNG, make_mail

pytestmark = pytest.mark.django_db

# Longer than the line of a mail, as Outlook makes them.
LONG_ID = "<AM0PR04MB1234567890ABCDEF1234567890ABCDEF1234567890@AM0PR04MB12345.eurprd04.prod.outlook.com>"


@pytest.fixture(autouse=True)
def desk(settings: Any) -> None:
    settings.EMAIL_INBOXES = ["support@desk.example"]
    settings.DEFAULT_FROM_EMAIL = "Desk <desk@desk.example>"
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}


def make_ticket(**headers: str) -> Ticket:
    return Ticket.objects.get(pk=receive_mail(make_mail(**headers)).ticket)


def sent(message: Message) -> EmailMessage:
    """The reply as the mail server gets it, read by the standard library."""
    raw = reply_mail(message).message(policy=email.policy.SMTP).as_bytes()
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_reply_is_a_mail_in_the_thread() -> None:
    """Who, to whom, about what, and in answer to which mail."""
    ticket = make_ticket(subject="Żółta lampa", message_id=LONG_ID)
    message = reply(ticket, "Det är på väg.", by=make_agent("Åsa Ek, Support"))

    mail = sent(message)

    assert (mail["From"], mail["To"], mail["Subject"]) == ('"Åsa Ek, Support" <support@desk.example>', "anna@example.com", "Re: Żółta lampa")
    assert (mail["In-Reply-To"], mail["References"]) == (LONG_ID, LONG_ID)
    assert mail["Message-ID"] == make_message_id(ticket.pk, message.pk)
    assert mail["Auto-Submitted"] is None
    assert mail.get_content().splitlines() == ["Det är på väg.", "", "-- ", "Åsa Ek, Support"]


def test_long_ids_are_not_encoded() -> None:
    """A mail program that finds `=?utf-8?q?` there loses the thread."""
    ticket = make_ticket(message_id=LONG_ID)
    message = reply(ticket, "One", by=make_agent())

    raw = reply_mail(message).message(policy=email.policy.SMTP).as_bytes()

    assert f"In-Reply-To: {LONG_ID}\r\n".encode() in raw
    assert f"References: {LONG_ID}\r\n".encode() in raw


def test_later_reply_refers_to_the_whole_thread_without_notes() -> None:
    agent, ticket = make_agent(), make_ticket()
    one = reply(ticket, "One", by=agent)
    add_note(ticket, "Between us", by=agent)
    receive_mail(make_mail(message_id="<2@example.com>", in_reply_to=make_message_id(ticket.pk, one.pk)))

    mail = sent(reply(ticket, "Two", by=agent))

    assert mail["In-Reply-To"] == "<2@example.com>"
    assert mail["References"] == f"<lamp@example.com> {make_message_id(ticket.pk, one.pk)} <2@example.com>"


def test_long_thread_keeps_its_first_and_its_last_references() -> None:
    ticket = make_ticket()
    for n in range(30):
        receive_mail(make_mail(message_id=f"<{n}@example.com>", references="<lamp@example.com>"))

    references = sent(reply(ticket, "At last", by=make_agent()))["References"].split()

    assert references == ["<lamp@example.com>", *(f"<{n}@example.com>" for n in range(11, 30))]


def test_answer_to_a_reply_comes_back_to_its_ticket() -> None:
    ticket = make_ticket()
    mail = sent(reply(ticket, "One", by=make_agent()))

    answer = receive_mail(make_mail("Thanks", subject="New subject", message_id="<answer@example.com>", in_reply_to=mail["Message-ID"]))

    assert (answer.status, answer.ticket) == ("appended", ticket.pk)


def test_mail_without_message_id_is_answered_without_reference() -> None:
    mail = sent(reply(make_ticket(message_id=""), "One", by=make_agent()))

    assert (mail["In-Reply-To"], mail["References"]) == (None, None)


@pytest.mark.parametrize("subject", ["Re: A lamp", "SV: En lampa", "Odp: Lampa"])
def test_reply_prefix_is_not_repeated(subject: str) -> None:
    assert sent(reply(make_ticket(subject=subject), "One", by=make_agent()))["Subject"] == subject


def test_ticket_of_another_channel_is_answered_from_the_desks_address() -> None:
    ticket = make_ticket()
    Ticket.objects.filter(pk=ticket.pk).update(channel="webchat", inbox="shop widget")

    mail = sent(reply(Ticket.objects.get(pk=ticket.pk), "One", by=make_agent("Ben")))

    assert mail["From"] == "Ben <desk@desk.example>"


def test_mail_that_no_person_wrote_says_so() -> None:
    """V7: RFC 3834."""
    message = Message.objects.create(ticket=make_ticket(), author="ai", text="One")

    mail = sent(message)

    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"], mail["From"]) == ("auto-replied", "All", "support@desk.example")


def test_customer_without_address_gets_no_mail() -> None:
    ticket = make_ticket()
    message = reply(ticket, "One", by=make_agent())
    type(ticket.customer).objects.update(email=None, phone="+46701234567")

    with pytest.raises(CannotSend, match=r"^This customer has no e-mail address\.$"):
        send_reply(Delivery(payload={"message_id": message.pk}))


@pytest.mark.parametrize("inbox", ["api", "", "a@b@c", "support@desk.example\r\nBcc: eve@example.com"])
def test_reply_from_what_is_no_address_is_given_up(inbox: str) -> None:
    """V8: another attempt would not mend the inbox."""
    ticket = make_ticket()
    Ticket.objects.update(inbox=inbox)
    message = reply(ticket, "One", by=make_agent())

    deliver.func(message.sent_to_id)

    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.attempts, bool(delivery.error), outgoing.outbox) == ("failed", 1, True, [])


def test_outbox_sends_by_mail() -> None:
    """The transport is registered, and the outbox records what it says."""
    message = reply(make_ticket(), "One", by=make_agent())

    deliver.func(message.sent_to_id)

    assert sender_for("email") is send_reply
    assert [(mail.to, mail.body.splitlines()[0]) for mail in outgoing.outbox] == [(["anna@example.com"], "One")]
    assert Delivery.objects.get().status == "sent"


class MailServer:
    """Of another company; refuses what it has been told to."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 # aiosmtpd's name
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return self.answer


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    port, handler = free_port(), MailServer()
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": {"host": "127.0.0.1", "port": port}}}
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler
    controller.stop()


def test_refused_mail_is_sent_again_with_the_same_message_id(mail_server: MailServer) -> None:
    message = reply(make_ticket(), "One", by=make_agent())
    mail_server.answer = "451 Later"
    deliver.func(message.sent_to_id)
    after_refusal = Delivery.objects.get()
    mail_server.answer = "250 OK"
    Delivery.objects.update(next_attempt_at=after_refusal.created_at)
    deliver.func(message.sent_to_id)

    assert (after_refusal.status, "451" in after_refusal.error) == ("pending", True)
    assert Delivery.objects.get().status == "sent"
    assert [mail["Message-ID"] for mail in mail_server.mails] == [make_message_id(message.ticket_id, message.pk)] * 2


def test_files_go_out_with_the_reply_under_their_names() -> None:
    ida, ticket = make_agent("Ida"), make_ticket()
    kinds = {"lamp.png": (PNG, "image/png"), "żółć \u202e.html": (b"<script>", "text/html"), "mail.eml": (b"Subject: x\n\ny", "message/rfc822")}
    for name, (content, kind) in kinds.items():
        attach(ticket, File(name=name, content=content, content_type=kind), by=ida)
    message = add_note(ticket, "See", by=ida, draft=draft_of(ticket, ida))

    parts = list(sent(message).iter_attachments())

    assert [(part.get_filename(), part.get_content_type(), part.get_content()) for part in parts] == [
        ("lamp.png", "image/png", PNG),
        ("żółć .html", "application/octet-stream", b"<script>"),
        ("mail.eml", "application/octet-stream", b"Subject: x\n\ny"),
    ]
    assert [part.get_content_disposition() for part in parts] == ["attachment"] * 3


def test_thread_names_no_mail_that_can_still_be_taken_back(settings: Any) -> None:
    settings.UNDO_SEND_SECONDS = 10
    ida, ticket = make_agent("Ida"), make_ticket(message_id="<1@example.com>")
    send_with_undo(ticket, "Wait", by=ida)

    assert sent(reply(ticket, "Now", by=ida))["References"] == "<1@example.com>"
