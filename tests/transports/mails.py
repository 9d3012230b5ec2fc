"""Mails to test with: the samples under tests/mails, and ones built on the spot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
