"""A database that is empty again."""

from __future__ import annotations

from django.core.management.color import no_style
from django.db import connection

MIGRATED = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}


def empty_tables(*, from_one: bool = False) -> None:
    """As Django's flush, but what `migrate` wrote of kinds of things, permissions and roles stays: writing it anew takes longer than most tests.

    `from_one`: numbers begin again.
    """
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - MIGRATED
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), sorted(tables), reset_sequences=from_one))
