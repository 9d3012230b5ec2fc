"""`manage.py receive_email` and `receive_smtp`, as a mail server runs them."""

from __future__ import annotations

import json
import os
import signal
import smtplib
import socket
import subprocess
import sys
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from helpdesk.tickets.models import Inbound, Ticket
from tests.servers import ROOT, free_port
from tests.transports.mails import SAMPLES, broken_database, make_mail

MANAGE = [sys.executable, "manage.py"]


def environment(folder: Path) -> dict[str, str]:
    """A desk of its own, with nothing in it."""
    shared = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return shared | {"HELPDESK_DATA": str(folder), "HELPDESK_ENV_FILE": os.devnull, "EMAIL_INBOXES": "support@desk.example"}


def receive_email(*files: Path | str, **options: Any) -> tuple[int, list[dict[str, Any]]]:
    """Exit code, and what was printed."""
    out, code = StringIO(), 0
    try:
        call_command("receive_email", *map(str, files), stdout=out, **options)
    except CommandError as error:
        code = error.returncode
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.django_db
def test_files_are_received_one_line_each() -> None:
    first, reply, nobody = SAMPLES / "plain_en.eml", SAMPLES / "reply_gmail_en.eml", SAMPLES / "no_from.eml"

    code, lines = receive_email(first, reply, first, nobody)

    ticket = Ticket.objects.get()
    messages = list(ticket.messages.order_by("pk").values_list("pk", flat=True))
    assert code == 0
    assert lines == [
        {"file": str(first), "status": "created", "ticket": ticket.pk, "message": messages[0], "reason": ""},
        {"file": str(reply), "status": "appended", "ticket": ticket.pk, "message": messages[1], "reason": ""},
        {"file": str(first), "status": "duplicate", "ticket": ticket.pk, "message": messages[0], "reason": ""},
        {"file": str(nobody), "status": "quarantined", "ticket": None, "message": None, "reason": "This mail does not say who sent it."},
    ]


@pytest.mark.django_db
def test_standard_input_is_received(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(make_mail())))

    code, lines = receive_email(inbox="Sales@desk.example")

    assert (code, [line["status"] for line in lines]) == (0, ["created"])
    assert Ticket.objects.get().inbox == "sales@desk.example"


@pytest.mark.django_db
def test_unreadable_file_does_not_stop_the_others(tmp_path: Path) -> None:
    empty = tmp_path / "empty.eml"
    empty.touch()

    code, lines = receive_email(tmp_path / "missing.eml", empty, tmp_path, SAMPLES / "plain_en.eml")

    assert code == os.EX_NOINPUT
    assert [(line["status"], line["reason"]) for line in lines] == [
        ("unreadable", "The file could not be read: No such file or directory."),
        ("unreadable", "The file is empty."),
        ("unreadable", "The file could not be read: Is a directory."),
        ("created", ""),
    ]


@pytest.mark.django_db(transaction=True)
def test_mail_that_cannot_be_stored_is_to_be_handed_over_again() -> None:
    """EX_TEMPFAIL, also beside a file that cannot be read; the mail is there once after another try."""
    with broken_database():
        code, lines = receive_email("missing.eml", SAMPLES / "plain_en.eml")
    again = [receive_email(SAMPLES / "plain_en.eml")[0] for _attempt in range(2)]

    assert (code, [line["status"] for line in lines]) == (os.EX_TEMPFAIL, ["unreadable", "failed"])
    assert again == [0, 0]
    assert Inbound.objects.count() == 1


def manage(folder: Path, *arguments: str, mail: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*MANAGE, *arguments], cwd=ROOT, env=environment(folder), input=mail, capture_output=True, check=False)


def test_pipe_and_listener_lose_no_mail(tmp_path: Path) -> None:
    """As a mail server uses them: a pipe before the database is there, and after; a listener that SIGTERM stops."""
    port = free_port()
    before = manage(tmp_path, "receive_email", mail=make_mail())
    manage(tmp_path, "migrate")
    with subprocess.Popen([*MANAGE, "receive_smtp", "--port", str(port)], cwd=ROOT, env=environment(tmp_path), stdout=subprocess.PIPE, text=True) as listener:
        assert listener.stdout is not None
        try:
            greeting = listener.stdout.readline()
            with smtplib.SMTP("127.0.0.1", port, local_hostname="mx.example.com") as client:
                refused = client.sendmail("anna@example.com", ["support@desk.example"], make_mail())
        finally:
            listener.send_signal(signal.SIGTERM)
        farewell = listener.stdout.read()
    after = manage(tmp_path, "receive_email", mail=make_mail())

    assert (before.returncode, json.loads(before.stdout)["status"]) == (os.EX_TEMPFAIL, "failed")
    assert (greeting, refused, farewell, listener.returncode) == (f"Listening for SMTP on 127.0.0.1:{port}.\n", {}, "Stopped.\n", 0)
    assert (after.returncode, json.loads(after.stdout)["status"], after.stderr) == (0, "duplicate", b"")


def test_listener_says_that_its_port_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(CommandError) as refused:
            call_command("receive_smtp", port=port)

    assert str(refused.value) == f"Something else is listening on 127.0.0.1:{port} already. Choose another port with --port."
