"""When a question is asked: now, of all rows at once, or of each row as of the instant that is in one of its columns (I1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.db.models import Case, Exists, F, Func, IntegerField, Model, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat, Left, Substr
from django.db.models.lookups import Exact, GreaterThanOrEqual, IsNull, LessThan

from helpdesk.conditions.dates import MOST_OF_A_YEAR, Bound, Date, Stretch, Timeframe
from helpdesk.customers.models import Event, Membership, PropertyValue

EVER = datetime(2000, 1, 1, tzinfo=UTC)  # for a filter that is asked about what is no date

Bounds = tuple[list[Any], list[Any]]  # the lower, which are in, and the upper, which are out: datetimes or SQL


class Written(Func):
    """A moment as `values.written` writes it. SQLite keeps 2026-11-22 13:07:00, and fractions only where there are some."""

    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "TO_CHAR(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"')"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="(REPLACE(SUBSTR(%(expressions)s || '.000000', 1, 26), ' ', 'T') || '+00:00')", **extra)


@dataclass(frozen=True)
class Now:
    """How things are. What is told counts, however late it was told."""

    instant: datetime
    is_one: ClassVar[bool] = True  # for all rows

    def inside(self) -> Now:
        return self

    def facts(self, rows: QuerySet[PropertyValue]) -> QuerySet[PropertyValue]:
        return rows.filter(until=None)

    def memberships(self, rows: QuerySet[Membership]) -> QuerySet[Membership]:
        return rows.filter(until=None)

    def events(self, rows: QuerySet[Event], when: Timeframe) -> QuerySet[Event]:
        return _within(rows, self.bounds(when))

    def bounds(self, stretch: Stretch) -> Bounds:
        since, until = stretch.window(self.instant)
        return [since] if since else [], [until] if until else []

    def comes_back(self, test: Date, day: Any) -> Q:
        return _lies_in(test.days(self.instant), day)


@dataclass(frozen=True)
class AsOf:
    """How things were at the moment in `column` of the row that is asked about, which is never NULL, as far as they were known then.

    Of facts that overlap, the one counts that `values.value_at` takes. `inside` a subquery the row is that of the query around it.
    `all_between`: between which instants the moments of all rows are, both included, if that is known; events are found quicker then.
    """

    column: str
    all_between: tuple[datetime, datetime] | None = None
    reference: type[F] = F
    is_one: ClassVar[bool] = False

    @property
    def at(self) -> F:
        return self.reference(self.column)

    def inside(self) -> AsOf:
        return replace(self, reference=OuterRef)

    def facts(self, rows: QuerySet[PropertyValue]) -> QuerySet[PropertyValue]:
        is_later = Q(since__gt=OuterRef("since")) | Q(since=OuterRef("since"), pk__gt=OuterRef("pk"))
        later = PropertyValue.objects.filter(is_later, customer=OuterRef("customer"), name=OuterRef("name"))
        return _held(rows, self.at).filter(~Exists(_held(later, OuterRef(OuterRef(self.column)))))

    def memberships(self, rows: QuerySet[Membership]) -> QuerySet[Membership]:
        return _held(rows, self.at)

    def events(self, rows: QuerySet[Event], when: Timeframe) -> QuerySet[Event]:
        known = _within(rows.filter(received_at__lte=self.at), self.bounds(when))
        if self.all_between is None:
            return known
        first, last = self.all_between
        return _within(known, _seen_from(first, last, when))

    def bounds(self, stretch: Stretch) -> Bounds:
        return _seen_from(self.at, self.at, stretch)

    def comes_back(self, test: Date, day: Any) -> Q:
        if test.operator == "calendar-month":
            return _lies_in(test.days(EVER), day)
        known = Q(IsNull(day, False))
        if test.operator in _SAME:
            at, length = Written(self.at), _SAME[test.operator]
            return known & Q(Exact(Left(_in_year_of(at, day), length), Left(at, length)))
        low, high = test.around()
        if high - low >= MOST_OF_A_YEAR:
            return known
        since, until = (Left(Written(self.at + off), _DAY) for off in (low, high))
        days = (_in_year_of(since, day), _in_year_of(until, day))
        return known & reduce(or_, (Q(GreaterThanOrEqual(each, since)) & Q(LessThan(each, until)) for each in days))


Moment = Now | AsOf

_DAY = len("2026-11-22T13:07:00.000000")
_SAME = {"anniversary": len("2026-11-22"), "anniversary-month": len("2026-11")}  # how much of the date is that of the moment


def _within(events: QuerySet[Event], bounds: Bounds) -> QuerySet[Event]:
    lower, upper = bounds
    return events.filter(*(Q(occurred_at__gte=bound) for bound in lower), *(Q(occurred_at__lt=bound) for bound in upper))


def _seen_from(first: Any, last: Any, stretch: Stretch) -> Bounds:
    lower, upper = stretch.bounds()
    return [_bound(each, first) for each in lower], [_bound(each, last) for each in upper]


def _bound(bound: Bound, now: Any) -> Any:
    return now + bound if isinstance(bound, timedelta) else bound


def _held[Row: Model](rows: QuerySet[Row], at: F) -> QuerySet[Row]:
    return rows.filter(Q(until=None) | Q(until__gt=at), since__lte=at)


def _lies_in(days: list[tuple[str, str]], day: Any) -> Q:
    return reduce(or_, (Q(GreaterThanOrEqual(day, Value(low))) & Q(LessThan(day, Value(high))) for low, high in days))


def _in_year_of(moment: Func, day: Any) -> Concat:
    """The day of a year (see `dates.yearless`) in that year, written as moments are: 29 February on the 28th where there is none."""
    year = Cast(Left(moment, 4), IntegerField())
    is_leap = Q(Exact(year % 4, 0)) & (~Q(Exact(year % 100, 0)) | Q(Exact(year % 400, 0)))
    moved = When(Q(Exact(Left(day, 5), Value("02-29"))) & ~is_leap, then=Concat(Value("02-28"), Substr(day, 6)))
    return Concat(Left(moment, 5), Case(moved, default=day, output_field=TextField()), output_field=TextField())
