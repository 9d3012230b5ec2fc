"""Filters as SQL over the typed rows of a property: one row or none for each customer, and none is a missing value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import BooleanField, Exists, F, Func, Q, QuerySet, Value
from django.db.models.functions import ExtractMonth, Left, Right, StrIndex
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual

from helpdesk.conditions.base import Filter
from helpdesk.conditions.dates import Date
from helpdesk.conditions.filters import Boolean, Existence, ListFilter, Numeric, String, positive
from helpdesk.conditions.patterns import LONGEST_TEXT
from helpdesk.customers.models import PropertyValue
from helpdesk.customers.values import SEPARATOR

LOOKUPS = {"greater-than": "gt", "greater-than-or-equal": "gte", "less-than": "lt", "less-than-or-equal": "lte", "equals": "exact"}


class NotInSql(ValueError):
    """Only `evaluate` can answer this, one customer at a time; names what it is."""


class Finds(Func):
    """Whether a pattern is found in a text. SQLite asks our own automaton (see `apps`); `re` could be slow."""

    function = "CONDITIONS_FIND"
    output_field = BooleanField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=" ~ ", **extra)


def rows_that_pass(test: Filter, rows: QuerySet[PropertyValue], now: datetime) -> Q:
    """True or false, never NULL. *Not* is the absence of a row that passes, so a missing value passes it."""
    negated = _is_negated(test)
    found = Q(Exists(rows.filter(_passes(test, now))))
    return ~found if negated else found


def _is_negated(test: Filter) -> bool:
    match test:
        case String() | ListFilter():
            return positive(test.operator)[1]
        case Numeric():
            return test.operator == "not-equals"
    return test.operator == "not-set"


def _passes(test: Filter, now: datetime) -> Q:
    match test:
        case Numeric():
            return Q(**{f"number__{LOOKUPS.get(test.operator, 'exact')}": test.value})
        case String():
            return text_passes(test, "text")
        case Boolean():
            return Q(boolean=test.value)
        case Existence():
            return Q(text__gt="") | Q(kind="object") | Q(length__gt=0)
        case ListFilter():
            return Q(kind="list") & _list(test)
        case Date():
            return _date(test, now)
    raise NotInSql(test.type)


def text_passes(test: String, column: str) -> Q:
    """The operator without its *not*."""
    name, _negated = positive(test.operator)
    if name == "in":
        return Q(**{f"{column}__in": test.value})
    assert isinstance(test.value, str)
    if test.value == "" and name != "equals":  # every text contains, begins and ends with nothing
        return Q(**{f"{column}__isnull": False})
    return _TEXTS[name](F(column), test.value)


_TEXTS: dict[str, Callable[[F, str], Q]] = {
    "equals": lambda column, wanted: Q(Exact(column, Value(wanted))),
    "contains": lambda column, wanted: Q(GreaterThan(StrIndex(column, Value(wanted)), 0)),
    "starts-with": lambda column, wanted: Q(Exact(Left(column, len(wanted)), Value(wanted))),
    "ends-with": lambda column, wanted: Q(Exact(Right(column, len(wanted)), Value(wanted))),
    "regex": lambda column, wanted: Q(Finds(Left(column, LONGEST_TEXT), Value(wanted))),
}


def _list(test: ListFilter) -> Q:
    name, _negated = positive(test.operator)
    if name.startswith("length-"):
        return Q(**{f"length__{LOOKUPS[name.removeprefix('length-')]}": test.value})
    wanted = test.entries()
    if isinstance(wanted, tuple):
        return reduce(and_ if name == "contains-all" else or_, map(_holds_entry, wanted))
    if name == "contains":
        return _holds_entry(wanted)
    return Q(GreaterThan(StrIndex(F("items"), Value(wanted)), 0)) if wanted else Q(length__gt=0)


def _holds_entry(wanted: str) -> Q:
    return Q(GreaterThan(StrIndex(F("items"), Value(f"{SEPARATOR}{wanted}{SEPARATOR}")), 0))


LENGTHS = {
    "equals": Exact,
    "greater-than": GreaterThan,
    "greater-than-or-equal": GreaterThanOrEqual,
    "less-than": LessThan,
    "less-than-or-equal": LessThanOrEqual,
}


def _date(test: Date, now: datetime) -> Q:
    month = ExtractMonth("moment", tzinfo=UTC)
    match test.operator:
        case "calendar-month":
            return Q(Exact(month, test.quantity))
        case "anniversary-month":
            return Q(Exact(month, now.month))
        case "anniversary" | "anniversary-last" | "anniversary-next":
            raise NotInSql(test.operator)
    since, until = test.window(now)
    passes = Q(moment__isnull=False)
    passes &= Q(moment__gte=since) if since else Q()
    return passes & (Q(moment__lt=until) if until else Q())
