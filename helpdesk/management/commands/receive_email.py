"""`manage.py receive_email [FILE…]`: mails from files, or one from standard input, as a mail server's pipe hands it over."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from helpdesk.transports.email.receive import receive_mail

STDIN = "-"


class Command(BaseCommand):
    help = "Receives e-mails (RFC 822) from files, or one from standard input. Prints one JSON line for each."
    requires_system_checks = []  # a pipe must be quick, and a warning is no reason to refuse a mail

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", metavar="FILE", nargs="*", default=[STDIN], help="a file with one mail; - or nothing is standard input")
        parser.add_argument("--inbox", default="", help="the address of ours that the mail was sent to; otherwise the mail tells")

    def handle(self, *, files: list[str], inbox: str, **options: Any) -> None:
        """0: every mail is kept. EX_TEMPFAIL: one could not be stored, hand it over again. EX_NOINPUT: one could not be read."""
        outcomes = [self._receive(name, inbox) for name in files or [STDIN]]
        if "failed" in outcomes:
            raise CommandError("Not every mail could be stored. Hand it over again: what is kept already stays as it is.", returncode=os.EX_TEMPFAIL)
        if "unreadable" in outcomes:
            raise CommandError("Not every file could be read.", returncode=os.EX_NOINPUT)

    def _receive(self, name: str, inbox: str) -> str:
        try:
            raw = sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes()
        except OSError as error:
            return self._report(name, "unreadable", reason=f"The file could not be read: {error.strerror}.")
        if not raw.strip():
            return self._report(name, "unreadable", reason="The file is empty.")
        try:
            receipt = receive_mail(raw, inbox=inbox)
        except Exception as error:  # noqa: BLE001 # whatever it was: the mail is not kept, and the next one may be
            return self._report(name, "failed", reason=f"The mail could not be stored: {error}")
        return self._report(name, receipt.status, ticket=receipt.ticket, message=receipt.message, reason=receipt.reason)

    def _report(self, name: str, status: str, *, reason: str, ticket: int | None = None, message: int | None = None) -> str:
        line = {"file": name, "status": status, "ticket": ticket, "message": message, "reason": reason}
        self.stdout.write(json.dumps(line, ensure_ascii=False))
        return status
