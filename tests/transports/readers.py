"""Stand-ins for the mail reader. They run in its process, so this module may not import Django."""

from __future__ import annotations

import os
import sys
import time


def hang(raw: bytes) -> None:
    while True:
        time.sleep(1)


def die(raw: bytes) -> None:
    os._exit(1)


def process_id(raw: bytes) -> int:
    return os.getpid()


def knows_django(raw: bytes) -> bool:
    return any(name.partition(".")[0] == "django" for name in sys.modules)
