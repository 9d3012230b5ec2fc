from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _

from helpdesk.conditions.automaton import compile_pattern


def find(text: str | None, pattern: str) -> bool | None:
    return None if text is None else compile_pattern(pattern).finds(text)


def teach_sqlite(connection: Any, **_kwargs: Any) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_function("CONDITIONS_FIND", 2, find, deterministic=True)


class CustomersConfig(AppConfig):
    name = "helpdesk.customers"
    label = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        connection_created.connect(teach_sqlite)
