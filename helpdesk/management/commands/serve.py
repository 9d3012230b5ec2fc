from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from agents.setup import desk_has_owner, new_setup_code
from helpdesk import embedded


class Command(BaseCommand):
    help = "Serves a small desk from one process: web, live updates, background jobs. Nothing else is needed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *_args: Any, host: str, port: int, **_options: Any) -> None:
        embedded.must_be_free(host, port)
        embedded.prepare()
        address = f"http://{host}:{port}"
        self.stdout.write(f"The helpdesk is at {address}  (Ctrl+C stops it)")
        if not desk_has_owner():
            self.stdout.write(f"Create the Owner at {address}/setup/ with this code, valid once and for 72 hours:\n\n    {new_setup_code()}\n")
        self.stdout.flush()
        embedded.run(host, port)
