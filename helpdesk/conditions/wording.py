"""Definitions in plain words, for pages and history, in the language that is active."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from helpdesk.conditions import wording_values as values
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
from helpdesk.conditions.wording_dates import happened
from helpdesk.conditions.wording_filters import said
from helpdesk.conditions.wording_names import custom_name, property_name
from helpdesk.conditions.wording_people import consent, region
from helpdesk.conditions.wording_tickets import about_ticket
from helpdesk.conditions.wording_times import times

Names = Mapping[str, str] | None
Phrases = list[tuple[str, str]]


def describe(definition: Definition, names: Names = None) -> str:
    """ "Placed Order at least once in the last 2 hours and country equals France"

    `names`: what segments are called, by their ids. Of a segment that is not among them the words say that it no longer exists;
    without `names` segments are called by their ids.
    """
    return "".join(text for _kind, text in phrases(definition, names))


def phrases(definition: Definition, names: Names = None) -> Phrases:
    """What `describe` joins, blanks included: (kind, text), kind one of "and", "or", "(", ")", "condition"; for pages that make some stand out."""
    is_alone = sum(len(group.conditions) for group in definition.groups) == 1
    groups = []
    for group in definition.groups:
        either = [_bracketed([("condition", describe_condition(each, names))], if_=not is_alone and _is_narrowed(each)) for each in group.conditions]
        groups.append(_bracketed(_joined(either, ("or", pgettext("between conditions", " or "))), if_=len(either) > 1 and len(definition.groups) > 1))
    return _joined(groups, ("and", pgettext("between conditions", " and ")))


def _is_narrowed(condition: Condition) -> bool:
    """Its *where* would seem to go on in the next condition, did no bracket end it."""
    return isinstance(condition, MetricCondition) and bool(condition.metric_filters)


def _bracketed(words: Phrases, *, if_: bool) -> Phrases:
    return [("(", "("), *words, (")", ")")] if if_ else words


def _joined(parts: Sequence[Phrases], joiner: tuple[str, str]) -> Phrases:
    first, *others = parts
    return [*first, *(phrase for part in others for phrase in (joiner, *part))]


def describe_condition(condition: Condition, names: Names = None) -> str:
    """“country equals France”. `names` as in `describe`."""
    if isinstance(condition, GroupCondition):
        return _membership(condition, names)
    return _words(condition, get_language())


@lru_cache(maxsize=10_000)
def _words(condition: Condition, _language: str | None) -> str:
    """Routing records the words of every condition for every ticket."""
    match condition:
        case MetricCondition():
            return _metric(condition)
        case TicketCondition():
            return about_ticket(condition)
        case PropertyCondition(property=name) | PredictionCondition(dimension=name):
            return said(property_name(name), condition.filter)
        case GroupCondition():
            return _membership(condition, None)
        case RegionCondition():
            return region(condition)
        case ConsentCondition():
            return consent(condition)


def _metric(condition: MetricCondition) -> str:
    parts = {"metric": custom_name(condition.metric), "when": happened(condition.timeframe)}
    if condition.measurement == "sum":
        words = said(_("value of %(metric)s %(when)s") % parts, condition.measurement_filter)
    else:
        words = _("%(metric)s %(times)s %(when)s") % (parts | {"times": times(condition.measurement_filter)})
    return _narrowed(words, condition.metric_filters)


def _narrowed(words: str, wanted: Iterable[MetricFilter]) -> str:
    for number, each in enumerate(wanted):
        clause = said(custom_name(each.property), each.filter, after_where=True)
        words = (_("%(words)s and where %(clause)s") if number else _("%(words)s where %(clause)s")) % {"words": words, "clause": clause}
    return words


def _membership(condition: GroupCondition, names: Names) -> str:
    segments = [_segment(each, names) for each in dict.fromkeys(condition.group_ids)]
    words = _("is in %(segments)s") if condition.is_member else _("is not in %(segments)s")
    return words % {"segments": values.listed(segments, "or" if condition.is_member else "nor")}


def _segment(number: str, names: Names) -> str:
    if names and number in names:
        return pgettext("is in …", "segment %(name)s") % {"name": values.name(names[number])}
    words = pgettext("is in …", "segment %(name)s") if names is None else pgettext("is in …", "segment %(name)s (which no longer exists)")
    return words % {"name": number if number.isdecimal() else values.value(number)}
