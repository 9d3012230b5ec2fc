"""Questions that people ask of all customers, only for so long: an answer that takes longer is not worth a page, or a program, that hangs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

PATIENCE = 2.0  # seconds
_STEPS = 10_000  # of SQLite's machine, between two looks at the clock


class TookTooLong(Exception):
    """The question was given up."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """TookTooLong if a statement in the block takes longer (SQLite: all of them together). Only reading belongs in it."""
    patient = _on_sqlite(seconds) if connection.vendor == "sqlite" else _on_postgresql(seconds)
    try:
        with patient:
            yield
    except OperationalError as error:
        if "interrupted" in str(error) or isinstance(error.__cause__, QueryCanceled):
            raise TookTooLong from error
        raise


@contextmanager
def _on_postgresql(seconds: float) -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {max(1, int(seconds * 1000))}")
        yield
        cursor.execute("SET LOCAL statement_timeout TO DEFAULT")


@contextmanager
def _on_sqlite(seconds: float) -> Iterator[None]:
    """No transaction: on SQLite it would keep all writers waiting."""
    connection.ensure_connection()
    deadline = time.monotonic() + seconds
    connection.connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
    try:
        yield
    finally:
        connection.connection.set_progress_handler(None, 0)
