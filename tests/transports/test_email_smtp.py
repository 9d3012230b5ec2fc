"""The listener, spoken to by a real client."""

from __future__ import annotations

import smtplib
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from helpdesk.tickets.models import Inbound, Message, Ticket
from helpdesk.transports.email import smtp
from helpdesk.transports.email.smtp import BUSY, KEPT, TRY_AGAIN, Listener
from tests.servers import free_port
from tests.transports.mails import broken_database, make_mail, sample

pytestmark = pytest.mark.django_db(transaction=True)

SUPPORT, SALES = "support@desk.example", "sales@desk.example"
ANNA = "anna@example.com"
PATIENCE = 30  # seconds


@pytest.fixture(autouse=True)
def inboxes(settings: Any) -> None:
    settings.EMAIL_INBOXES = [SUPPORT, SALES]


@pytest.fixture
def listener() -> Iterator[Listener]:
    yield from running(Listener(port=free_port()))


@pytest.fixture
def lmtp_listener() -> Iterator[Listener]:
    yield from running(Listener(port=free_port(), is_lmtp=True))


def running(listener: Listener) -> Iterator[Listener]:
    listener.start()
    wait_until_alone(listener)  # it greets itself when it starts
    yield listener
    listener.stop()


def wait_until_alone(listener: Listener) -> None:
    while listener.handler.connected:
        time.sleep(0.01)


def client_of(listener: Listener) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", listener.port, local_hostname="mx.example.com", timeout=PATIENCE)


def send(listener: Listener, raw: bytes, *recipients: str, sender: str = ANNA) -> dict[str, Any]:
    with client_of(listener) as client:
        return client.sendmail(sender, recipients or (SUPPORT,), raw)


def lmtp_replies(listener: Listener, raw: bytes, *recipients: str) -> list[tuple[int, bytes]]:
    """One reply for each recipient, as RFC 2033 has it; smtplib reads only the first itself."""
    with smtplib.LMTP("127.0.0.1", listener.port, local_hostname="mx.example.com") as client:
        client.ehlo_or_helo_if_needed()
        client.mail(ANNA)
        for recipient in recipients:
            client.rcpt(recipient)
        client.docmd("DATA")
        client.send(raw.replace(b"\n", b"\r\n") + b"\r\n.\r\n")
        return [client.getreply() for _recipient in recipients]


def test_mail_is_kept_before_the_server_says_so(listener: Listener) -> None:
    raw = sample("plain_en").replace(b"\n", b"\r\n")

    refused = send(listener, raw)

    row = Inbound.objects.get()
    assert refused == {}
    assert (row.inbox, row.external_id) == (SUPPORT, "<first@example.com>")
    assert bytes(row.raw) == b"Return-Path: <anna@example.com>\r\n" + raw


def test_mail_with_8_bit_text_and_leading_dots_arrives_unchanged(listener: Listener) -> None:
    send(listener, make_mail("żółta lampa\r\n.\r\n..två"))

    assert Message.objects.get().text == "żółta lampa\n.\n..två"


def test_mail_to_two_inboxes_and_to_one_of_them_twice_is_two_tickets(listener: Listener) -> None:
    """One mail to two inboxes is two tickets."""
    send(listener, make_mail(), SUPPORT, SALES, "support+lamp@desk.example")

    assert sorted(Ticket.objects.values_list("inbox", flat=True)) == [SALES, SUPPORT]


def test_mails_at_the_same_time_are_all_kept_once(listener: Listener) -> None:
    """Twelve mails, each sent twice at once, by six clients."""
    mails = [make_mail(message_id=f"<{n}@example.com>", **{"from": f"{n % 4}@example.com"}) for n in range(12)] * 2
    with ThreadPoolExecutor(6) as clients:
        refused = list(clients.map(lambda raw: send(listener, raw), mails))

    assert refused == [{}] * 24
    assert sorted(Inbound.objects.values_list("external_id", flat=True)) == sorted(f"<{n}@example.com>" for n in range(12))
    assert Message.objects.count() == 12


def test_mail_that_cannot_be_stored_is_there_once_after_the_sender_tries_again(listener: Listener) -> None:
    """The rule above all: 250 only after the commit, and until then 4xx."""
    with broken_database(), pytest.raises(smtplib.SMTPDataError) as refused:
        send(listener, make_mail())

    again = [send(listener, make_mail()), send(listener, make_mail())]

    assert refused.value.smtp_code == 451
    assert again == [{}, {}]
    assert (Message.objects.count(), Inbound.objects.count()) == (1, 1)


def test_unreadable_mail_is_taken_and_quarantined(listener: Listener) -> None:
    """Refused, it would be gone, or come again for ever."""
    refused = send(listener, sample("no_from"), sender="")

    assert refused == {}
    assert Inbound.objects.get().status == "quarantined"


def test_null_sender_marks_a_bounce(listener: Listener) -> None:
    """V7: the envelope is kept with the mail."""
    send(listener, make_mail(), sender="")

    assert bytes(Inbound.objects.get().raw).startswith(b"Return-Path: <>\r\n")


def test_recipient_elsewhere_is_refused(listener: Listener) -> None:
    """Nobody relays mail through the desk."""
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(listener, make_mail(), "asa@example.se")

    assert refused.value.recipients == {"asa@example.se": (550, b"5.1.1 There is no such inbox here")}


def test_recipients_above_the_limit_are_asked_for_later(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "MOST_RECIPIENTS", 1)

    refused = send(listener, make_mail(), SUPPORT, SALES)

    assert {address: code for address, (code, _text) in refused.items()} == {SALES: 452}
    assert Ticket.objects.get().inbox == SUPPORT


def test_sign_in_is_not_offered(listener: Listener) -> None:
    with client_of(listener) as client:
        client.ehlo()

        assert client.has_extn("auth") is False
        assert client.docmd("AUTH", "PLAIN AGFubmEAc2VjcmV0")[0] == 538


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "MAIL_LIMIT", 1_000)


def test_mail_too_large_is_refused_for_good(small_limit: None, listener: Listener) -> None:
    """Announced or not."""
    with pytest.raises(smtplib.SMTPSenderRefused) as announced:
        send(listener, make_mail("a" * 2_000))
    with client_of(listener) as client:
        client.ehlo()
        client.mail(ANNA)
        client.rcpt(SUPPORT)
        unannounced = client.data(make_mail("line\r\n" * 1_000))

    assert (announced.value.smtp_code, unannounced[0]) == (552, 552)
    assert Inbound.objects.count() == 0


def test_connections_above_the_limit_are_sent_away_and_the_next_is_welcome(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "MOST_CONNECTIONS", 1)
    with client_of(listener) as client:
        client.noop()
        with pytest.raises(smtplib.SMTPConnectError) as refused:
            client_of(listener)
    wait_until_alone(listener)

    assert f"{refused.value.smtp_code} ".encode() + refused.value.smtp_error == BUSY.encode()
    assert send(listener, make_mail()) == {}


@pytest.fixture
def impatient_listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    monkeypatch.setattr(smtp, "IDLE_LIMIT", 0.2)
    yield from running(Listener(port=free_port()))


def test_idle_connection_is_closed(impatient_listener: Listener) -> None:
    with socket.create_connection(("127.0.0.1", impatient_listener.port), timeout=PATIENCE) as client:
        greeting = client.recv(1_000)

        assert greeting.startswith(b"220 ")
        assert client.recv(1_000) == b""


def test_lmtp_answers_for_each_recipient(lmtp_listener: Listener) -> None:
    replies = lmtp_replies(lmtp_listener, sample("plain_en"), SUPPORT, SALES, "support+lamp@desk.example")

    assert replies == [(250, KEPT[4:].encode())] * 3
    assert sorted(Ticket.objects.values_list("inbox", flat=True)) == [SALES, SUPPORT]


def test_lmtp_asks_to_try_again_for_each_recipient(lmtp_listener: Listener) -> None:
    with broken_database():
        replies = lmtp_replies(lmtp_listener, sample("plain_en"), SUPPORT, SALES)

    assert replies == [(451, TRY_AGAIN[4:].encode())] * 2


def test_lmtp_refuses_a_mail_too_large_for_each_recipient(small_limit: None, lmtp_listener: Listener) -> None:
    replies = lmtp_replies(lmtp_listener, b"line\n" * 1_000, SUPPORT, SALES)

    assert [code for code, _text in replies] == [552, 552]


def test_lmtp_through_the_standard_client(lmtp_listener: Listener) -> None:
    with smtplib.LMTP("127.0.0.1", lmtp_listener.port, local_hostname="mx.example.com") as client:
        refused = client.sendmail(ANNA, [SUPPORT], make_mail())

    assert refused == {}
    assert Ticket.objects.count() == 1
