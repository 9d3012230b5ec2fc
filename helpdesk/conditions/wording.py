"""Definitions in plain words, for pages and history."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk.conditions.filters import Existence, Filter, Timeframe
from helpdesk.conditions.grammar import Condition, Definition, MetricCondition, PropertyCondition, TicketCondition

_CUSTOM = re.compile(r"properties\['(.+)'\]")


def describe(definition: Definition) -> str:
    """ "Placed Order at least once in the last 2 hours and country equals France" """
    groups = [_(" or ").join(describe_condition(condition) for condition in group.conditions) for group in definition.groups]
    if len(groups) > 1:
        groups = [f"({text})" if len(group.conditions) > 1 else text for text, group in zip(groups, definition.groups, strict=True)]
    return _(" and ").join(groups)


def describe_condition(condition: Condition) -> str:
    if isinstance(condition, MetricCondition):
        return _metric(condition)
    return f"{_name(condition)} {_filter(condition.filter)}"


def _name(condition: PropertyCondition | TicketCondition) -> str:
    if isinstance(condition, TicketCondition):
        return _("ticket %(field)s") % {"field": condition.property.replace("_", " ")}
    custom = _CUSTOM.fullmatch(condition.property)
    return custom[1] if custom else condition.property.removeprefix("$").replace("_", " ")


def _metric(condition: MetricCondition) -> str:
    measured = condition.measurement_filter
    when = _timeframe(condition.timeframe)
    if condition.measurement == "sum":
        return _("value of %(metric)s %(filter)s %(when)s") % {"metric": condition.metric, "filter": _filter(measured), "when": when}
    return f"{condition.metric} {_times(measured.operator, measured.value)} {when}"


def _times(operator: str, value: float) -> str:
    if (operator, value) == ("greater-than-or-equal", 1):
        return _("at least once")
    if (operator, value) == ("equals", 0):
        return _("zero times")
    return _("%(comparison)s %(number)s times") % {"comparison": _words(operator), "number": _value(value)}


def _timeframe(timeframe: Timeframe) -> str:
    if timeframe.operator == "alltime":
        return _("over all time")
    number = timeframe.quantity
    unit = {
        "hour": ngettext("in the last %(n)d hour", "in the last %(n)d hours", number),
        "day": ngettext("in the last %(n)d day", "in the last %(n)d days", number),
        "week": ngettext("in the last %(n)d week", "in the last %(n)d weeks", number),
    }
    return unit[timeframe.unit] % {"n": number}


def _filter(test: Filter) -> str:
    if isinstance(test, Existence):
        return _("is set") if test.operator == "is-set" else _("is not set")
    return f"{_words(test.operator)} {_value(test.value)}"  # type: ignore[attr-defined] # every filter but Existence has operator and value


def _words(operator: str) -> str:
    words = {
        "equals": _("equals"),
        "not-equals": _("does not equal"),
        "greater-than": _("is greater than"),
        "greater-than-or-equal": _("is at least"),
        "less-than": _("is less than"),
        "less-than-or-equal": _("is at most"),
        "contains": _("contains"),
        "not-contains": _("does not contain"),
        "starts-with": _("starts with"),
        "not-starts-with": _("does not start with"),
        "ends-with": _("ends with"),
        "not-ends-with": _("does not end with"),
        "in": _("is one of"),
        "not-in": _("is none of"),
        "contains-any": _("contains any of"),
        "not-contains-any": _("contains none of"),
        "contains-all": _("contains all of"),
        "contains-substring": _("contains the text"),
        "not-contains-substring": _("does not contain the text"),
    }
    return words[operator]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, tuple):
        return ", ".join(value)
    return f"{value:.15g}" if isinstance(value, (int, float)) else str(value)
