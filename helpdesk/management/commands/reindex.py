from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from helpdesk.tickets.search.indexing import reindex


class Command(BaseCommand):
    help = "Writes down anew what all tickets are found by. The desk may go on working meanwhile."

    def handle(self, *_args: Any, **_options: Any) -> None:
        done = 0
        for done in reindex():
            self.stdout.write(f"\r{done:,} tickets", ending="")
        self.stdout.write(f"\r{done:,} tickets can be found.")
