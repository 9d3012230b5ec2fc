"""Definitions in plain words, for pages and history."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from helpdesk.conditions.base import Filter
from helpdesk.conditions.dates import Date
from helpdesk.conditions.filters import Existence
from helpdesk.conditions.grammar import (
    Condition,
    ConsentCondition,
    Definition,
    GroupCondition,
    MetricCondition,
    MetricFilter,
    PredictionCondition,
    PropertyCondition,
    RegionCondition,
    TicketCondition,
)
from helpdesk.conditions.wording_dates import happened, lies

_CUSTOM = re.compile(r"properties\['(.+)'\]")


def describe(definition: Definition) -> str:
    """ "Placed Order at least once in the last 2 hours and country equals France" """
    groups = [_(" or ").join(describe_condition(condition) for condition in group.conditions) for group in definition.groups]
    if len(groups) > 1:
        groups = [f"({text})" if len(group.conditions) > 1 else text for text, group in zip(groups, definition.groups, strict=True)]
    return _(" and ").join(groups)


def describe_condition(condition: Condition) -> str:
    match condition:
        case MetricCondition():
            return _metric(condition)
        case TicketCondition() | PropertyCondition() | PredictionCondition():
            return f"{_name(condition)} {_filter(condition.filter)}"
        case GroupCondition():
            words = _("is in segment %(ids)s") if condition.is_member else _("is not in segment %(ids)s")
            return words % {"ids": ", ".join(condition.group_ids)}
        case RegionCondition():
            return _("country is in %(region)s") % _region(condition) if condition.in_region else _("country is not in %(region)s") % _region(condition)
        case ConsentCondition():
            return _consent(condition)


def _name(condition: PropertyCondition | PredictionCondition) -> str:
    if isinstance(condition, PredictionCondition):
        return condition.dimension.replace("_", " ")
    if isinstance(condition, TicketCondition):
        return _("ticket %(field)s") % {"field": condition.property.replace("_", " ")}
    custom = _CUSTOM.fullmatch(condition.property)
    return custom[1] if custom else condition.property.removeprefix("$").replace("_", " ")


def _metric(condition: MetricCondition) -> str:
    measured = condition.measurement_filter
    when = happened(condition.timeframe)
    wanted = "".join(_where(each, is_first=each is condition.metric_filters[0]) for each in condition.metric_filters)
    if condition.measurement == "sum":
        return _("value of %(metric)s %(filter)s %(when)s") % {"metric": condition.metric, "filter": _filter(measured), "when": when} + wanted
    return f"{condition.metric} {_times(measured.operator, measured.value)} {when}{wanted}"


def _where(wanted: MetricFilter, *, is_first: bool) -> str:
    words = _(" where %(property)s %(filter)s") if is_first else _(" and where %(property)s %(filter)s")
    return words % {"property": wanted.property, "filter": _filter(wanted.filter)}


def _times(operator: str, value: float) -> str:
    if (operator, value) == ("greater-than-or-equal", 1):
        return _("at least once")
    if (operator, value) == ("equals", 0):
        return _("zero times")
    return _("%(comparison)s %(number)s times") % {"comparison": _words(operator), "number": _value(value)}


def _region(condition: RegionCondition) -> dict[str, str]:
    names = {"european_union": _("the European Union"), "united_states": _("the United States")}
    return {"region": names[condition.region_id]}


def _consent(condition: ConsentCondition) -> str:
    channels = {"email": _("e-mail"), "sms": _("SMS"), "push": _("push")}
    reasons = {
        "any": "",
        "subscribed": _(", having subscribed"),
        "unsubscribed": _(", having unsubscribed"),
        "never_subscribed": _(", never having subscribed"),
    }
    words = _("may receive marketing by %(channel)s") if condition.can_receive_marketing else _("may not receive marketing by %(channel)s")
    return words % {"channel": channels[condition.channel]} + reasons.get(condition.subscription, "")


def _filter(test: Filter) -> str:
    if isinstance(test, Existence):
        return _("is set") if test.operator == "is-set" else _("is not set")
    if isinstance(test, Date):
        return lies(test)
    return f"{_words(test.operator)} {_value(test.value)}"  # type: ignore[attr-defined] # every other filter has a value


def _words(operator: str) -> str:
    return _(_WORDS[operator])


_WORDS = {  # translated one by one, when asked for: a page and a decision ask often
    "equals": gettext_noop("equals"),
    "not-equals": gettext_noop("does not equal"),
    "greater-than": gettext_noop("is greater than"),
    "greater-than-or-equal": gettext_noop("is at least"),
    "less-than": gettext_noop("is less than"),
    "less-than-or-equal": gettext_noop("is at most"),
    "contains": gettext_noop("contains"),
    "not-contains": gettext_noop("does not contain"),
    "starts-with": gettext_noop("starts with"),
    "not-starts-with": gettext_noop("does not start with"),
    "ends-with": gettext_noop("ends with"),
    "not-ends-with": gettext_noop("does not end with"),
    "regex": gettext_noop("matches the pattern"),
    "nregex": gettext_noop("does not match the pattern"),
    "in": gettext_noop("is one of"),
    "not-in": gettext_noop("is none of"),
    "contains-any": gettext_noop("contains any of"),
    "not-contains-any": gettext_noop("contains none of"),
    "contains-all": gettext_noop("contains all of"),
    "not-contains-all": gettext_noop("does not contain all of"),
    "contains-substring": gettext_noop("contains the text"),
    "not-contains-substring": gettext_noop("does not contain the text"),
    "length-equals": gettext_noop("has this many entries:"),
    "length-greater-than": gettext_noop("has more entries than"),
    "length-greater-than-or-equal": gettext_noop("has at least this many entries:"),
    "length-less-than": gettext_noop("has fewer entries than"),
    "length-less-than-or-equal": gettext_noop("has at most this many entries:"),
}


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:.15g}" if isinstance(value, (int, float)) else str(value)
