"""One condition of every kind with every operator, no two of which mean the same. Names and values are words of no language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils import translation

from helpdesk.conditions.dates import UNITS, Date, Timeframe
from helpdesk.conditions.filters import ListFilter, Numeric, String
from helpdesk.conditions.grammar import DIMENSIONS, EXPECTED_DATE, SUBSCRIPTIONS, TICKET_FIELDS, Condition, parse_definition
from helpdesk.conditions.regions import REGIONS
from helpdesk.conditions.wording import describe
from helpdesk.conditions.wording_names import OWN_FIELDS
from tests.conditions.builders import ALLTIME, about_them, about_ticket, definition, done, existence, number, some, text, truth
from tests.conditions.strategies import consent, predicted

Json = dict[str, Any]
LANGUAGES = ("en", "sv", "pl")
OF_SEVERAL = ("in", "not-in", "contains-any", "contains-all", "not-contains-any", "not-contains-all")
DATES = {
    "before": [{"date": "2026-11-22"}, {"date": "2026-11-22T00:00:01Z"}],
    "after": [{"date": "2026-11-22"}, {"date": "2026-11-22T13:07:00Z"}],
    "between-static": [{"start": "2026-11-01", "end": "2026-12-01"}, {"start": "2026-11-01", "end": "2026-12-02"}],
    "between": [{"start": start, "end": end, "unit": unit} for start, end in ((0, 1), (1, 2), (3, 5)) for unit in UNITS],
    "calendar-month": [{"value": month} for month in range(1, 13)],
    "alltime": [{}],
    "anniversary": [{}],
    "anniversary-month": [{}],
}
AROUND_NOW = [{"quantity": quantity, "unit": unit} for quantity in (1, 2, 5) for unit in UNITS]


def date_filters(operators: Any) -> Iterator[Json]:
    for operator in operators:
        yield from ({"type": "date", "operator": operator, **arguments} for arguments in DATES.get(operator, AROUND_NOW))


def several(operator: str) -> list[Any]:
    if operator.startswith("length-"):
        return [1, 2, 5]
    words = ["qq", "QQ", "1", "qq zz"]
    return [["qq", "zz"], ["qq", "zz", "or"]] if operator in OF_SEVERAL else words if "regex" in operator else [*words, ""]


NUMERIC = [number(operator, value) for operator in Numeric.operators for value in (0, 1, 2.5, 5, -5)]
TEXTUAL = [text(operator, value) for operator in String.operators for value in several(operator)]
LISTS = [some(operator, value) for operator in ListFilter.operators for value in several(operator)]
EXISTENCE = [existence("is-set"), existence("not-set")]
FILTERS = [*NUMERIC, *TEXTUAL, *LISTS, *EXISTENCE, *date_filters(Date.operators), truth(True), truth(False)]


def ticket_filters(field: str) -> list[Json]:
    return {"tags": LISTS, "sentiment_score": NUMERIC, "created": list(date_filters(Date.operators))}.get(field, TEXTUAL) + EXISTENCE


def everything() -> Iterator[Json]:
    for wanted in FILTERS:
        yield about_them("properties['qqq']", wanted)
        yield done("Qqq Zzz") | {"metric_filters": [{"property": "qqq", "filter": wanted}]}
    for measurement in ("count", "sum"):
        yield from (done("Qqq Zzz", measured, measurement=measurement) for measured in NUMERIC)
        yield from (done("Qqq Zzz", when=when, measurement=measurement) for when in date_filters(Timeframe.operators) if when != ALLTIME)
    yield from (about_ticket(field, wanted) for field in TICKET_FIELDS for wanted in ticket_filters(field))
    yield from (about_them(name, wanted) for name in (*OWN_FIELDS, "email_consent", "properties['zz or qq']") for wanted in EXISTENCE)
    for dimension in DIMENSIONS:
        yield from (predicted(dimension, wanted) for wanted in [*(NUMERIC if dimension != EXPECTED_DATE else date_filters(Date.operators)), *EXISTENCE])
    for yes in (True, False):
        yield from ({"type": "profile-group-membership", "is_member": yes, "group_ids": ids} for ids in (["3"], ["3", "5"], ["qq zz"]))
        yield from ({"type": "profile-region", "in_region": yes, "region_id": region} for region in REGIONS)
        yield from (consent(channel, yes, status) for channel in ("email", "sms", "push") for status in SUBSCRIPTIONS[yes])


def in_three_languages(*groups: Any) -> tuple[str, ...]:
    """English, Swedish, Polish. A group is a condition, or a list of them."""
    read = parse_definition(definition(*(group if isinstance(group, list) else [group] for group in groups)))
    said = []
    for language in LANGUAGES:
        with translation.override(language):
            said.append(describe(read))
    return tuple(said)


def parsed(condition: Json) -> Condition:
    return parse_definition(definition([condition])).groups[0].conditions[0]


EVERY_CONDITION = [parsed(condition) for condition in everything()]
