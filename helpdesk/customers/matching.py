"""Which customers a definition matches, asked of the database in one query: the same answer as `evaluate` gives for each.

No NULL decides anything: every condition is an EXISTS, a NOT EXISTS, or a comparison with what is never NULL.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import reduce
from operator import and_, or_

from django.db.models import Count, Exists, FloatField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Cast, Coalesce, Lower, Round

from helpdesk.conditions.base import Filter
from helpdesk.conditions.grammar import (
    Condition,
    ConsentCondition,
    Definition,
    GroupCondition,
    MetricCondition,
    PredictionCondition,
    PropertyCondition,
    RegionCondition,
    TicketCondition,
)
from helpdesk.conditions.regions import REGIONS
from helpdesk.customers.facts import CHURN_BANDS, stored_name
from helpdesk.customers.filter_queries import LENGTHS, NotInSql, rows_that_pass
from helpdesk.customers.models import Customer, Event, Membership, PropertyValue

_BIGGEST = 2**63 - 1


def matching(definition: Definition, now: datetime) -> QuerySet[Customer]:
    """NotInSql, before anything is asked, where only `evaluate` can answer."""
    now = now.astimezone(UTC)
    groups = [reduce(or_, [_holds(condition, now) for condition in group.conditions]) for group in definition.groups]
    return Customer.objects.filter(reduce(and_, groups), merged_into=None)


def _holds(condition: Condition, now: datetime) -> Q:
    match condition:
        case TicketCondition():
            raise NotInSql(condition.type)
        case PropertyCondition(property=name) | PredictionCondition(dimension=name):
            return _profile(name, condition.filter, now)
        case MetricCondition():
            return _measured(condition, now)
        case GroupCondition():
            return _in_groups(condition)
        case RegionCondition():
            inside = Q(Exists(Customer.objects.filter(pk=OuterRef("pk")).alias(land=Lower("country")).filter(land__in=REGIONS[condition.region_id])))
            return inside if condition.in_region else ~inside
        case ConsentCondition():
            return _consents(condition)


def _rows(name: str) -> QuerySet[PropertyValue]:
    return PropertyValue.objects.filter(customer=OuterRef("pk"), name=name, until=None)


def _profile(name: str, test: Filter, now: datetime) -> Q:
    """The same names as `facts.profile_value`."""
    if name.removeprefix("$") == "churn_risk":
        return _churn_risk(test, now)
    return rows_that_pass(test, _rows(stored_name(name)), now)


def _churn_risk(test: Filter, now: datetime) -> Q:
    """It is one of four values: the filter is asked about each."""
    numbers, above, wanted = _rows("churn_probability").filter(kind="number"), None, []
    for least, band in CHURN_BANDS:
        rows = numbers.filter(number__gte=least)
        if test.matches(band, now):
            wanted.append(Q(Exists(rows if above is None else rows.filter(number__lt=above))))
        above = least
    if test.matches(None, now):
        wanted.append(~Q(Exists(numbers.filter(number__gte=above))))
    return reduce(or_, wanted, Q(pk=None))


def _measured(condition: MetricCondition, now: datetime) -> Q:
    if condition.metric_filters:
        raise NotInSql("metric_filters")
    since, until = condition.timeframe.window(now)
    events = Event.objects.filter(customer=OuterRef("pk"), metric=condition.metric)
    events = events.filter(occurred_at__gte=since) if since else events
    events = events.filter(occurred_at__lt=until) if until else events
    # Sums of SQLite are of doubles: rounded to the cents that values have, they are the sums of decimals again.
    total = Count("pk") if condition.measurement == "count" else Cast(Round(Sum("value"), 2), FloatField())
    measured = Coalesce(Subquery(events.order_by().values("customer").annotate(total=total).values("total")), 0.0, output_field=FloatField())
    wanted, name = condition.measurement_filter.value, condition.measurement_filter.operator
    passes = Q(LENGTHS[name.removeprefix("not-")](measured, float(wanted)))
    return ~passes if name == "not-equals" else passes


def _in_groups(condition: GroupCondition) -> Q:
    numbers = [int(text) for text in condition.group_ids if text.isascii() and text.isdigit() and text == str(int(text)) and int(text) <= _BIGGEST]
    member = Q(Exists(Membership.objects.filter(customer=OuterRef("pk"), segment__in=numbers, until=None)))
    return member if condition.is_member else ~member


def _consents(condition: ConsentCondition) -> Q:
    rows = _rows(f"{condition.channel}_consent").filter(kind="text")
    if condition.can_receive_marketing:
        return Q(Exists(rows.filter(text="subscribed")))
    refused = {"any": ~Q(Exists(rows.filter(text="subscribed"))), "unsubscribed": Q(Exists(rows.filter(text="unsubscribed")))}
    return refused.get(condition.subscription, ~Q(Exists(rows.filter(text__in=["subscribed", "unsubscribed"]))))
