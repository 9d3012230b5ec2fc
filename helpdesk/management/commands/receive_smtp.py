"""`manage.py receive_smtp`: listens for mail from your mail server, by SMTP or LMTP."""

from __future__ import annotations

import errno
import signal
from argparse import ArgumentParser
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from helpdesk.transports.email.smtp import Listener


class Command(BaseCommand):
    help = "Listens for e-mails by SMTP or LMTP, until it is stopped (SIGTERM or Ctrl-C)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine only)")
        parser.add_argument("--port", type=int, default=8025)
        parser.add_argument("--lmtp", action="store_true", help="speak LMTP instead of SMTP")

    def handle(self, *, host: str, port: int, lmtp: bool, **options: Any) -> None:
        stopped = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        listener = self._started(Listener(host=host, port=port, is_lmtp=lmtp))
        self.stdout.write(f"Listening for {'LMTP' if lmtp else 'SMTP'} on {host}:{port}.")
        self.stdout.flush()
        stopped.wait()
        listener.stop()
        self.stdout.write("Stopped.")

    def _started(self, listener: Listener) -> Listener:
        try:
            listener.start()
        except OSError as error:
            where = f"{listener.hostname}:{listener.port}"
            if error.errno == errno.EADDRINUSE:
                raise CommandError(f"Something else is listening on {where} already. Choose another port with --port.") from error
            raise CommandError(f"Cannot listen on {where}: {error.strerror}.") from error
        return listener
