from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Runs background jobs: routing, sentiment, sending. Start as many as you like."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--processes", type=int, default=1)

    def handle(self, *_args: Any, processes: int, **_options: Any) -> None:
        call_command("ox_worker", processes=processes, interval=0.2)
