from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from agents.setup import desk_has_owner
from helpdesk import embedded
from helpdesk.demo.postbox import keep_everything_here
from helpdesk.demo.seeding import seed
from helpdesk.demo.simulator import simulate, stay_present
from helpdesk.demo.staff import PASSWORD, PEOPLE


class Command(BaseCommand):
    help = "Serves a make-believe shop with customers who go on writing, in a folder of its own. It touches no real desk."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--reset", action="store_true", help="forget what happened in the demo and start over")
        parser.add_argument("--quiet", action="store_true", help="let nobody write by themselves")

    def handle(self, *_args: Any, host: str, port: int, reset: bool, quiet: bool, **_options: Any) -> None:
        if not getattr(settings, "IS_DEMO", False):
            raise CommandError("The demo needs settings of its own: start it as “manage.py demo”.")
        embedded.must_be_free(host, port)
        if reset:
            forget_everything()
        embedded.prepare()
        keep_everything_here()
        if not desk_has_owner():
            self.stdout.write("Filling the shop, some seconds …")
            self.stdout.flush()
            seed()
        self._say_where(f"http://{host}:{port}", quiet=quiet)
        embedded.run(host, port, beside=(stay_present,) if quiet else (stay_present, simulate))

    def _say_where(self, address: str, *, quiet: bool) -> None:
        sign_ins = "".join(f"\n    {person.email:<20} {person.role.label}" for person in PEOPLE if person.part == "signs in")
        self.stdout.write(f"Holm & Vide's helpdesk is at {address}  (Ctrl+C stops it)\n\nSign in with the password {PASSWORD} as{sign_ins}\n")
        if not quiet:
            self.stdout.write("Customers write every few seconds. Go Online to be given tickets; --quiet stops the customers, --reset starts over.")
        self.stdout.flush()


def forget_everything() -> None:
    """The demo's own database and nothing else in its folder."""
    connections.close_all()
    database = Path(settings.DATABASES["default"]["NAME"])
    for suffix in ("", "-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
