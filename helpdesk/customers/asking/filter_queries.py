"""Filters as SQL over the typed columns of a value, which stand in a row of PropertyValue, in an event's JSON, or in a ticket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import BooleanField, Case, Exists, F, FloatField, Func, IntegerField, Q, QuerySet, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Left, Right, StrIndex
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, In, IsNull, LessThan, LessThanOrEqual

from helpdesk.conditions.base import Filter
from helpdesk.conditions.dates import Date
from helpdesk.conditions.filters import Boolean, Existence, ListFilter, Numeric, String, as_text, positive
from helpdesk.conditions.patterns import LONGEST_TEXT
from helpdesk.customers.asking.moments import Moment, Written
from helpdesk.customers.models import PropertyValue
from helpdesk.customers.values import SEPARATOR, key_of, written

COMPARISONS: dict[str, type[Any]] = {
    "equals": Exact,
    "greater-than": GreaterThan,
    "greater-than-or-equal": GreaterThanOrEqual,
    "less-than": LessThan,
    "less-than-or-equal": LessThanOrEqual,
}
ALWAYS, NEVER = Q(pk__isnull=False), Q(pk__isnull=True)


class Finds(Func):
    """Whether a pattern is found in a text. SQLite asks our own automaton (see `apps`); `re` could be slow."""

    function = "CONDITIONS_FIND"
    output_field = BooleanField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=" ~ ", **extra)


class Columns:
    """The columns of a value by name, as `values.columns` makes them, and a moment, or SQL for one, as they hold it: here those of a row."""

    def __getitem__(self, name: str) -> Any:
        return F(name)

    def moment(self, moment: Any) -> Any:
        return Value(moment) if isinstance(moment, datetime) else moment


class EventColumns(Columns):
    """Of one property, in the JSON of an event (see `values.typed`)."""

    types: Mapping[str, Any] = {"number": FloatField, "length": IntegerField}

    def __init__(self, name: str) -> None:
        self.key = key_of(name)

    def __getitem__(self, name: str) -> Any:
        text = KeyTextTransform(name, KeyTextTransform(self.key, "typed"))
        return Cast(text, self.types[name]()) if name in self.types else text

    def moment(self, moment: Any) -> Any:
        return Value(written(moment)) if isinstance(moment, datetime) else Written(moment)


def some_row_passes(test: Filter, rows: QuerySet[PropertyValue], moment: Moment) -> Q:
    """`rows`: one or none of each customer, and none is a missing value. *Not* is the absence of a row that passes."""
    found = Q(Exists(rows.filter(_passes(test, Columns(), moment))))
    return ~found if _is_negated(test) else found


def value_passes(test: Filter, columns: Columns, moment: Moment) -> Q:
    """Of a value that stands in the row itself. A missing one is NULL, which counts as false, so it may not be negated from outside."""
    passes = _passes(test, columns, moment)
    return Q(Case(When(passes, then=Value(False)), default=Value(True))) if _is_negated(test) else passes


def _is_negated(test: Filter) -> bool:
    match test:
        case String() | ListFilter():
            return positive(test.operator)[1]
    return test.operator in ("not-equals", "not-set")


def _passes(test: Filter, columns: Columns, moment: Moment) -> Q:
    """The filter without its *not*. NULL where the value is nothing of the filter's type."""
    match test:
        case Numeric():
            return Q(COMPARISONS[positive(test.operator)[0]](columns["number"], float(test.value)))
        case String():
            return _text(test, columns["text"])
        case Boolean():
            return Q(Exact(columns["kind"], Value("boolean"))) & Q(Exact(columns["text"], Value(as_text(test.value))))
        case Existence():
            return Q(GreaterThan(columns["text"], Value(""))) | Q(Exact(columns["kind"], Value("object"))) | Q(GreaterThan(columns["length"], 0))
        case ListFilter():
            return _list(test, columns)
        case Date():
            return _date(test, columns, moment)
    raise TypeError(test.type)


def _text(test: String, text: Any) -> Q:
    name, _negated = positive(test.operator)
    if test.value == "" and name != "equals":  # every text contains, begins and ends with nothing
        return Q(IsNull(text, False))
    return Q(_TEXTS[name](text, test.value))


_TEXTS: dict[str, Callable[[Any, Any], Any]] = {
    "equals": lambda text, wanted: Exact(text, Value(wanted)),
    "contains": lambda text, wanted: GreaterThan(StrIndex(text, Value(wanted)), 0),
    "starts-with": lambda text, wanted: Exact(Left(text, len(wanted)), Value(wanted)),
    "ends-with": lambda text, wanted: Exact(Right(text, len(wanted)), Value(wanted)),
    "regex": lambda text, wanted: Finds(Left(text, LONGEST_TEXT), Value(wanted)),
    "in": lambda text, wanted: In(text, [Value(each) for each in wanted]),
}


def _list(test: ListFilter, columns: Columns) -> Q:
    name, _negated = positive(test.operator)
    if name.startswith("length-"):
        return Q(COMPARISONS[name.removeprefix("length-")](columns["length"], test.value))
    wanted, items = test.entries(), columns["items"]
    if isinstance(wanted, tuple):
        return reduce(and_ if name == "contains-all" else or_, (_holds(f"{SEPARATOR}{each}{SEPARATOR}", items) for each in wanted))
    if name == "contains":
        return _holds(f"{SEPARATOR}{wanted}{SEPARATOR}", items)
    return _holds(wanted, items) if wanted else Q(GreaterThan(columns["length"], 0))


def _holds(wanted: str, items: Any) -> Q:
    return Q(GreaterThan(StrIndex(items, Value(wanted)), 0))


def _date(test: Date, columns: Columns, moment: Moment) -> Q:
    if test.operator in test.yearless:
        return moment.comes_back(test, columns["yearless"])
    value, (lower, upper) = columns["moment"], moment.bounds(test)
    passes = [Q(GreaterThanOrEqual(value, columns.moment(bound))) for bound in lower] or [Q(IsNull(value, False))]
    return reduce(and_, passes + [Q(LessThan(value, columns.moment(bound))) for bound in upper])
