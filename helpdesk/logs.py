"""What the log says of requests."""

from __future__ import annotations

import logging


class Refusals(logging.Filter):
    """What a person may not do, or asked for in vain, is one line: only our own faults have a traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", 500) < 500:
            record.exc_info = None
        return True
