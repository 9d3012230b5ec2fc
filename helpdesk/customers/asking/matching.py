"""Which customers a definition matches, asked of the database in one query: the same answer as `evaluate` gives for each.

No NULL decides anything: every condition is an EXISTS, a NOT EXISTS, or a comparison with what is never NULL.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from operator import and_, or_
from typing import Any, Protocol

from django.db.models import Count, Exists, F, FloatField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Cast, Coalesce, Lower, Round

from helpdesk.conditions.base import Filter
from helpdesk.conditions.filters import Numeric, positive
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
from helpdesk.customers.asking.filter_queries import ALWAYS, COMPARISONS, NEVER, EventColumns, some_row_passes, value_passes
from helpdesk.customers.asking.moments import EVER, Moment, Now
from helpdesk.customers.definitions import numbers
from helpdesk.customers.facts import stored_name
from helpdesk.customers.models import Customer, Event, Membership, PropertyValue
from helpdesk.customers.predictions.bands import churn_bands


def matching(definition: Definition, now: datetime) -> QuerySet[Customer]:
    """A customer alone has no ticket: of one, every value is missing."""
    about_customer = AboutCustomer("pk", Now(now.astimezone(UTC)))

    def holds(condition: Condition, *, is_alone: bool) -> Q:
        if isinstance(condition, TicketCondition):
            return ALWAYS if condition.filter.matches(None, EVER) else NEVER
        return about_customer.holds(condition, is_alone=is_alone)

    return Customer.objects.filter(joined(definition, holds), merged_into=None)


class Holds(Protocol):
    """`is_alone`: its group has no other condition."""

    def __call__(self, condition: Condition, *, is_alone: bool) -> Q: ...


def joined(definition: Definition, holds: Holds) -> Q:
    """Groups by AND, conditions in a group by OR."""
    groups = [group.conditions for group in definition.groups]
    return reduce(and_, (reduce(or_, (holds(condition, is_alone=len(group) == 1) for condition in group)) for group in groups))


class LowerAscii(Lower):
    """As Python lowers ASCII; a PostgreSQL in Turkish would make an I without its dot."""

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, template='LOWER(%(expressions)s COLLATE "C")', **extra)


@dataclass(frozen=True)
class AboutCustomer:
    """Conditions on a customer as SQL; `column` is where the row that is asked about has the customer's number.

    What nobody keeps as it was is as it is now, whatever the moment: the limits of churn risk.
    """

    column: str
    moment: Moment

    @property
    def customer(self) -> OuterRef:
        return OuterRef(self.column)

    @property
    def then(self) -> Moment:
        return self.moment.inside()

    def holds(self, condition: Condition, *, is_alone: bool) -> Q:
        match condition:
            case PropertyCondition(property=name) | PredictionCondition(dimension=name):
                return self._profile(name, condition.filter)
            case MetricCondition():
                return self._measured(condition, is_alone=is_alone)
            case GroupCondition():
                member = Q(Exists(self.then.memberships(Membership.objects.filter(customer=self.customer, segment__in=numbers(condition)))))
                return member if condition.is_member else ~member
            case RegionCondition():
                lands = self._rows("$country").alias(land=LowerAscii("text")).filter(land__in=REGIONS[condition.region_id])
                return Q(Exists(lands)) if condition.in_region else ~Q(Exists(lands))
            case ConsentCondition():
                return self._consents(condition)

    def _rows(self, name: str) -> QuerySet[PropertyValue]:
        return self.then.facts(PropertyValue.objects.filter(customer=self.customer, name=name))

    def _profile(self, name: str, test: Filter) -> Q:
        """The same names as `facts.profile_value`."""
        if name.removeprefix("$") == "churn_risk":
            return self._churn_risk(test)
        return some_row_passes(test, self._rows(stored_name(name)), self.then)

    def _churn_risk(self, test: Filter) -> Q:
        """It is one of four values: the filter is asked about each."""
        probabilities, above, wanted = self._rows("churn_probability").filter(kind="number"), None, []
        for least, band in churn_bands():
            rows = probabilities.filter(number__gte=least)
            if test.matches(band, EVER):
                wanted.append(Q(Exists(rows if above is None else rows.filter(number__lt=above))))
            above = least
        if test.matches(None, EVER):
            wanted.append(~Q(Exists(probabilities.filter(number__gte=above))))
        return reduce(or_, wanted) if wanted else NEVER  # an EXISTS alone can be joined

    def _measured(self, condition: MetricCondition, *, is_alone: bool) -> Q:
        events, wanted = self._events(condition), condition.measurement_filter
        of_this = events.filter(customer=self.customer)
        none, one, two = (wanted.matches(count, EVER) for count in (0, 1, 2))
        if condition.measurement == "count" and none is not one and one is two:  # at least once, or zero times
            return ~Q(Exists(of_this)) if none else Q(Exists(of_this))
        # Sums of SQLite are of doubles: rounded to the cents that values have, they are the sums of decimals again.
        total = Cast(Count("*") if condition.measurement == "count" else Round(Sum("value"), 2), FloatField())
        if is_alone and not none and self.moment.is_one:  # PostgreSQL counts once and joins; inside an OR it would look each customer up in a list
            passing = events.order_by().values("customer").annotate(total=Coalesce(total, 0.0)).filter(_compared(F("total"), wanted))
            return Q(**{f"{self.column}__in": passing.values("customer")})
        return _compared(Coalesce(Subquery(of_this.order_by().values("customer").annotate(total=total).values("total")), 0.0), wanted)

    def _events(self, condition: MetricCondition) -> QuerySet[Event]:
        events = self.then.events(Event.objects.filter(metric=condition.metric), condition.timeframe)
        return events.filter(*(value_passes(each.filter, EventColumns(each.property), self.then) for each in condition.metric_filters))

    def _consents(self, condition: ConsentCondition) -> Q:
        rows = self._rows(f"{condition.channel}_consent").filter(kind="text")
        subscribed = Q(Exists(rows.filter(text="subscribed")))
        if condition.can_receive_marketing:
            return subscribed
        refused = {"any": ~subscribed, "unsubscribed": Q(Exists(rows.filter(text="unsubscribed")))}
        return refused.get(condition.subscription, ~Q(Exists(rows.filter(text__in=["subscribed", "unsubscribed"]))))


def _compared(total: Any, wanted: Numeric) -> Q:
    passes = Q(COMPARISONS[positive(wanted.operator)[0]](total, float(wanted.value)))
    return ~passes if wanted.operator == "not-equals" else passes
