"""V9: no mail hangs, kills or blinds the desk."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import DataError
from hypothesis import given
from hypothesis import strategies as st

from helpdesk import intake
from helpdesk.tickets.models import Inbound, Message
from helpdesk.transports.email import guard, parse
from helpdesk.transports.email.parse import ParsedMail, UnreadableMail, parse_mail
from helpdesk.transports.email.quotes import strip_reply
from helpdesk.transports.email.receive import receive_mail
from tests.transports import readers
from tests.transports.mails import make_mail

FRAGMENTS = [
    *(b"\r\n", b"\n", b"\r\n\r\n", b" ", b":", b";", b'"', b"(", b"<", b">", b"@", b",", b"--b", b"--b--", b"\0", b"\xff", "å".encode()),
    *(b"From: ", b"To: ", b"Subject: ", b"Message-ID: <", b"References: ", b"Date: ", b"Content-Type: ", b"Content-Transfer-Encoding: ", b"Return-Path: <>"),
    *(
        b"multipart/mixed; boundary=b",
        b"multipart/alternative; boundary=b",
        b"multipart/report; boundary=b",
        b"text/html",
        b"text/plain; charset=",
        b"message/rfc822",
    ),
    *(b"text/rfc822-headers", b"message/delivery-status", b"utf-8", b"utf-16", b"idna", b"base64", b"quoted-printable", b"x-uuencode", b"begin 644 a"),
    *(b"=?utf-8?q?", b"=?utf-8?b?", b"?=", b"=C3", b"filename*0*=utf-8''a", b"filename*1=", b"; name=", b"attachment", b"Content-Disposition: "),
    *(b"<div>", b"<blockquote>", b"</blockquote>", b"<table><tr><td>", b"&amp;", b"> ", b"-- ", b"On 10:15 Ben wrote:", b"a@b.example", b"Fr\xc3\xa5n: "),
]
ANNA = "From: anna@example.com\r\nTo: support@desk.example\r\n"
# Each of these takes some library minutes or its stack; all of them together are a matter of seconds here.
HOSTILE = {
    "addresses": f"{ANNA}Cc: {'a@b.example,' * 9_000}\r\n\r\nHello",
    "parentheses": f"From: {'(' * 100_000}\r\n\r\nHello",
    "quotation marks": "From: " + '"' * 100_000 + "\r\n\r\nHello",
    "at signs": f"From: {'@' * 100_000}\r\n\r\nHello",
    "colons": f"From: {':' * 100_000}\r\n\r\nHello",
    "blanks after Från": f"{ANNA}Content-Type: text/plain; charset=utf-8\r\n\r\nHello\r\nFrån:{' ' * 50_000}x",
    "attributions": f"{ANNA}\r\n" + "On 10:15 \r\n" * 20_000,
    "encoded words": f"{ANNA}Subject: {'=?' * 500_000}\r\n\r\nHello",
    "half encoded words": f"From: {'=?a?q?' * 150_000}\r\n\r\nHello",
    "continuations": f"{ANNA}Content-Type: text/plain{''.join(f';{chr(13)}{chr(10)} name*{n}*=a' for n in range(50_000))}\r\n\r\nHello",
    "references": f"{ANNA}References: {'<a@b> ' * 100_000}\r\n\r\nHello",
    "open references": f"{ANNA}References: {'<' * 200_000}\r\n\r\nHello",
    "nested parts": ANNA + "".join(f"Content-Type: multipart/mixed; boundary={n}\r\n\r\n--{n}\r\n" for n in range(10_000)) + "\r\nHello",
    "nested mails": ANNA + "Content-Type: message/rfc822\r\n\r\n" * 2_000 + "\r\nHello",
    "nested html": f"{ANNA}Content-Type: text/html\r\n\r\n{'<div>' * 150_000}Hello",
    "punycode": f"{ANNA}Content-Type: text/plain; charset=punycode\r\n\r\n{'a' * 200_000}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_is_read(name: str) -> None:
    """No time is asserted: what is quadratic here would not end within the limit of the run."""
    mail = parse_mail(HOSTILE[name].encode())

    assert mail.text != ""


@given(st.one_of(st.binary(max_size=2_000), st.lists(st.sampled_from(FRAGMENTS), max_size=60).map(b"".join)))
def test_parsing_raises_nothing_but_its_own_error(raw: bytes) -> None:
    try:
        mail = parse_mail(raw)
    except UnreadableMail:
        return

    assert isinstance(mail, ParsedMail)
    shown = "".join([mail.text, mail.subject, mail.sender_name, mail.sender_address, mail.message_id, *mail.references, *mail.recipients, mail.html])
    shown += "".join(part.name + part.content_type + part.content_id for part in mail.attachments)
    shown.encode()  # no lone surrogates
    assert "\0" not in shown
    assert len(mail.message_id) <= 200


@given(st.lists(st.sampled_from(["> a", ">", "", "b", "-- ", "On 10:15 Ben wrote:", "From: a", "Date: b", "Subject: c", "Sent from my phone"])).map("\n".join))
def test_stripping_never_leaves_nothing_of_something(text: str) -> None:
    assert bool(strip_reply(text)) == bool(text.strip())


def test_mail_above_the_limit_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "MAIL_LIMIT", 1024 * 1024)

    with pytest.raises(UnreadableMail, match="larger than 1 MB"):
        parse_mail(make_mail("a" * 1024 * 1024))


@pytest.mark.parametrize(
    ("reader", "sentence"),
    [(readers.hang, "Reading this mail took longer than 0.2 seconds and was stopped."), (readers.die, "Reading this mail made the mail reader crash.")],
)
def test_mail_that_stops_the_reader_is_unreadable_and_the_next_is_read(reader: Any, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(guard, "parse_mail", reader)
        patched.setattr(guard, "TIME_LIMIT", 0.2)
        with pytest.raises(UnreadableMail) as raised:
            guard.parse_guarded(make_mail())

    assert str(raised.value) == sentence
    assert guard.parse_guarded(make_mail("Next")).text == "Next"


def test_reader_stopped_between_two_mails_is_started_again() -> None:
    guard.parse_guarded(make_mail("First"))

    guard.stop()

    assert guard.parse_guarded(make_mail("Second")).text == "Second"


def test_reader_is_another_process_without_django(monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds no database connection and no secret."""
    monkeypatch.setattr(guard, "parse_mail", readers.process_id)
    process_id: object = guard.parse_guarded(b"")
    monkeypatch.setattr(guard, "parse_mail", readers.knows_django)
    knows_django: object = guard.parse_guarded(b"")

    assert process_id != os.getpid()
    assert knows_django is False


@pytest.mark.django_db
def test_mail_that_stops_the_reader_is_quarantined_and_the_next_becomes_a_ticket(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(guard, "parse_mail", readers.die)
        hostile = receive_mail(make_mail(message_id="<hostile@example.com>"))
    following = receive_mail(make_mail())

    assert (hostile.status, following.status) == ("quarantined", "created")
    row = Inbound.objects.get(status="quarantined")
    assert (row.external_id, bytes(row.raw), row.reason) == (
        "<hostile@example.com>",
        make_mail(message_id="<hostile@example.com>"),
        "Reading this mail made the mail reader crash.",
    )
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_mail_that_the_database_refuses_is_quarantined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Handed over again it would be refused again, for ever, and block the mails behind it."""

    def refuse(inbound: object) -> None:
        raise DataError("value too long")

    monkeypatch.setattr(intake, "receive_message", refuse)

    receipt = receive_mail(make_mail())

    assert (receipt.status, receipt.reason) == ("quarantined", "This mail holds something that cannot be stored (DataError).")
    assert bytes(Inbound.objects.get().raw) == make_mail()
