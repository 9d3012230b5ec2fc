"""Mails to test with: the samples under tests/mails, and ones built on the spot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from django.db import connection

SAMPLES = Path(__file__).resolve().parent.parent / "mails"


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.eml").read_bytes()


def make_mail(body: str = "Hello", *, to: str = "support@desk.example", **headers: str) -> bytes:
    """A plain mail from Anna; `message_id="<1@x>"` is a Message-ID header, and so on."""
    fields = {"from": "Anna Lind <anna@example.com>", "to": to, "subject": "A lamp", "message_id": "<lamp@example.com>"} | headers
    lines = [f"{name.replace('_', '-').title()}: {value}" for name, value in fields.items() if value]
    return "\r\n".join([*lines, "Content-Type: text/plain; charset=utf-8", "", body, ""]).encode()


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def html_mail(*, text: str = "See the picture.", html: str = '<p>See <img src="cid:lamp@x"></p>') -> bytes:
    """Plain text and HTML side by side, and a picture within the HTML."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = "Anna Lind <anna@example.com>", "support@desk.example", "A lamp", "<lamp@example.com>"
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    mail.add_attachment(PNG, maintype="image", subtype="png", filename="lamp.png", cid="<lamp@x>", disposition="inline")
    return mail.as_bytes()


def mail_with_mail(inner: bytes) -> bytes:
    """A mail that somebody has forwarded as a file."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = "Anna Lind <anna@example.com>", "support@desk.example", "A lamp", "<lamp@example.com>"
    mail.set_content("See the mail.")
    mail.add_attachment(message_from_bytes(inner, policy=default))
    return mail.as_bytes()


@contextmanager
def broken_database() -> Iterator[None]:
    """The table for received messages is away for a while, as in a bad migration."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tickets_inbound RENAME TO tickets_away")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE tickets_away RENAME TO tickets_inbound")
