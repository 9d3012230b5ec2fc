"""Who is in which segment, kept up to date: on what happens to a customer, and by time.

Pending work is a row of ours: a customer's question is `Customer.changed_at`, a segment's is `Segment.changed_at`.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from django.db import connection, transaction
from django.db.models import DateTimeField, QuerySet, Value
from django.tasks import task
from django.utils import timezone

from helpdesk.conditions.evaluate import Matcher, compile_definition
from helpdesk.conditions.grammar import Definition, MetricCondition
from helpdesk.customers.asking.context import CustomerContext, asked_by, load_contexts
from helpdesk.customers.asking.matching import matching
from helpdesk.customers.definitions import in_order, moves_with_time, segments_named, with_paths
from helpdesk.customers.models import Customer, Event, Membership, Segment
from helpdesk.customers.predictions.bands import same_bands

log = logging.getLogger(__name__)
AT_ONCE = 500
MOST = 20 * AT_ONCE  # of one job: then others have their turn
FEW = 5_000  # up to here it is faster to ask customers than the whole table
STALE = timedelta(days=1)

Dynamic = tuple[Segment, Definition]


def dynamic_segments() -> list[Dynamic]:
    """The active ones with a definition, each after those that it refers to."""
    return in_order(Segment.objects.filter(is_active=True, definition__isnull=False))


# On what happens to a customer ---------------------------------------------------------------------


@transaction.atomic
def update_memberships(customers: Iterable[Customer], now: datetime) -> int:
    """Asks every active definition about these customers: then they are in exactly the segments that they match.

    Returns how many memberships began or ended. The number of queries is the same for one customer and for hundreds: one for the
    segments, one that locks, at most three that load, at most four that write. Safe to repeat.
    """
    segments = dynamic_segments()
    # Locked before they are read: of two who ask about one customer, whoever knows more also writes last.
    locked = list(Customer.objects.select_for_update(no_key=True).filter(pk__in=[customer.pk for customer in customers]).order_by("pk"))
    contexts = load_contexts(locked, asked_by(definition for _segment, definition in segments), now)
    with same_bands():
        changed = _write(contexts, segments, now) if segments else 0
    _have_been_asked(contexts, now)
    return changed


def _write(contexts: Sequence[CustomerContext], segments: Iterable[Dynamic], now: datetime) -> int:
    asked = [(str(segment.pk), compile_definition(definition)) for segment, definition in segments]
    held, began, ended = _held(contexts), [], []
    for context in contexts:
        mine = held[context.customer.pk]
        after = _ask(context, frozenset(mine), asked)
        began += [Membership(customer=context.customer, segment_id=int(segment), since=now) for segment in sorted(after - mine.keys())]
        ended += [mine[segment] for segment in mine.keys() - after]
    if began:
        Membership.objects.bulk_create(began, ignore_conflicts=True)
    if ended:
        Membership.objects.filter(pk__in=ended, until=None).update(until=now)
    return len(began) + len(ended)


def _held(contexts: Sequence[CustomerContext]) -> dict[int, dict[str, int]]:
    """Of each customer, the open row of each segment."""
    held: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Membership.objects.filter(customer__in=[context.customer.pk for context in contexts], until=None)
    for customer, segment, row in rows.values_list("customer_id", "segment_id", "pk"):
        held[customer][str(segment)] = row
    return held


def _ask(context: CustomerContext, before: frozenset[str], asked: Iterable[tuple[str, Matcher]]) -> frozenset[str]:
    """Each answer counts for the segments after it. A merged profile matches nothing: it leads to another."""
    context.memberships, is_somebody = before, context.customer.merged_into_id is None
    for segment, matches in asked:
        if (is_somebody and matches(context, context.now)) is not (segment in context.memberships):
            context.memberships ^= {segment}
    return context.memberships


def _have_been_asked(contexts: Iterable[CustomerContext], now: datetime) -> None:
    """An event that lies ahead of us counts when its time has come: then they are asked again."""
    again, done = [], []
    for customer, moment in ((context.customer, _next_event(context, now)) for context in contexts):
        if moment is None and customer.changed_at is not None:
            done.append(customer.pk)
        elif moment != customer.changed_at:
            customer.changed_at = moment
            again.append(customer)
    if done:
        Customer.objects.filter(pk__in=done).update(changed_at=None)
    if again:
        Customer.objects.bulk_update(again, ["changed_at"])


def _next_event(context: CustomerContext, now: datetime) -> datetime | None:
    return min((event.occurred_at for events in context.happenings.values() for event in events if event.occurred_at > now), default=None)


@task
def update_changed() -> int:
    """Every few seconds: those to whom something happened, the oldest first. Returns how many were asked."""
    due = list(Customer.objects.filter(changed_at__lte=timezone.now()).order_by("changed_at").only("pk")[:MOST])
    for some in batched(due, AT_ONCE, strict=False):
        try:
            update_memberships(some, timezone.now())
        except Exception:  # some who cannot be asked must not keep the others waiting; they stay pending, so a later run finds them
            log.exception("The segments of customers %s to %s were not asked", some[0].pk, some[-1].pk)
    return len(due)


# On what happens to a segment, and by time ---------------------------------------------------------


@task
def refresh_changed() -> int:
    """The segments that are new or have changed, those that refer to them included. Returns how many."""
    return _refresh_all(list(_due(by_time=False)))


@task
def refresh_moving() -> int:
    """Every few minutes: those that somebody can enter or leave though nothing happens, and each of the others once a day."""
    # Whoever was asking just while a segment was deleted may have put somebody into it.
    Membership.objects.filter(until=None, segment__deleted_at__isnull=False).update(until=timezone.now())
    return _refresh_all(list(_due(by_time=True)))


def _due(*, by_time: bool) -> Iterator[Dynamic]:
    moving: set[int] = set()
    for segment, definition in dynamic_segments():
        if by_time and (moves_with_time(definition) or segments_named(definition) & moving):
            moving.add(segment.pk)
        is_stale = by_time and segment.asked_at is not None and segment.asked_at < timezone.now() - STALE
        if segment.changed_at or is_stale or segment.pk in moving:
            yield segment, definition


def _refresh_all(due: Sequence[Dynamic]) -> int:
    for segment, definition in due:
        try:
            refresh(segment, definition)
        except Exception:  # one that cannot be asked must not keep the others waiting; it stays pending, so a later run finds it
            log.exception("Segment %s was not asked of everybody", segment.pk)
    return len(due)


def refresh(segment: Segment, definition: Definition) -> None:
    """Asks it of everybody: in SQL if many may enter or leave, and then of each customer whose membership is not as it should be.

    The statements see how it was when they began. Whatever happens beside them is put right by the second step, which locks whom it asks.
    """
    now = timezone.now()
    if segment.changed_at or len(_differing(segment, definition, now)) > FEW:
        _fill(segment, definition, now)
    for some in batched(_differing(segment, definition, now), AT_ONCE, strict=False):
        update_memberships(Customer.objects.filter(pk__in=some).only("pk"), now)
    as_it_was = Segment.objects.filter(pk=segment.pk, changed_at=segment.changed_at, asked_at=segment.asked_at)
    if not as_it_was.update(changed_at=None, asked_at=now):  # somebody changed it meanwhile: what was asked may be the old question
        Segment.objects.filter(pk=segment.pk).update(changed_at=now)


def _differing(segment: Segment, definition: Definition, now: datetime) -> list[int]:
    """Customers who should enter or leave: FEW of each at most, and one more if there are more."""
    return [*_entering(segment, definition, now)[: FEW + 1], *_leaving(segment, definition, now)[: FEW + 1]]


# As one set without the other: told to look for each customer alone, a planner that knows nothing yet of the new members
# reads all of them for each, and the time is the square.


def _entering(segment: Segment, definition: Definition, now: datetime) -> QuerySet[Any, int]:
    return _matching(definition, now).difference(_members(segment))


def _leaving(segment: Segment, definition: Definition, now: datetime) -> QuerySet[Any, int]:
    return _members(segment).difference(_matching(definition, now))


def _matching(definition: Definition, now: datetime) -> QuerySet[Any, int]:
    return matching(definition, now).order_by().values_list("pk", flat=True)


def _members(segment: Segment) -> QuerySet[Any, int]:
    return Membership.objects.filter(segment=segment, until=None).order_by().values_list("customer_id", flat=True)


def _fill(segment: Segment, definition: Definition, now: datetime) -> None:
    """One statement for those who enter, one for those who leave, however many. Safe to repeat after either."""
    _insert(Customer.objects.filter(pk__in=_entering(segment, definition, now)).values_list(Value(segment.pk), "pk", Value(now, DateTimeField())))
    Membership.objects.filter(segment=segment, until=None, customer__in=_leaving(segment, definition, now)).update(until=now)
    _ask_again_when_it_happens(definition, now)


def _insert(memberships: QuerySet[Customer, Any]) -> None:
    select, values = memberships.query.get_compiler(connection=connection).as_sql()
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO customers_membership (segment_id, customer_id, since) {select} ON CONFLICT DO NOTHING", values)
        if connection.vendor == "postgresql":  # or what follows is planned for a table without these members
            cursor.execute("ANALYZE customers_membership")


def _ask_again_when_it_happens(definition: Definition, now: datetime) -> None:
    """Events that lie ahead count for this definition, too: whoever has one is asked when its time has come."""
    metrics = [condition.metric for _path, condition in with_paths(definition) if isinstance(condition, MetricCondition)]
    if metrics:
        ahead = Event.objects.filter(metric__in=metrics, occurred_at__gt=now)
        Customer.objects.filter(pk__in=ahead.values("customer"), changed_at=None).update(changed_at=now)
