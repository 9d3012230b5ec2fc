"""Definitions of segments as Klaviyo exports them, in our grammar (SPEC part 3). What cannot be asked here is named, never dropped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from helpdesk.conditions.grammar import DefinitionError, parse_definition
from helpdesk.imports.models import Account, Group

Problems = list[str]
# Their name of a property, and ours. What is missing here and is no `properties['x']` is not kept by an import.
PROPERTIES = {
    "email": "email",
    "phone_number": "phone",
    "external_id": "external_id",
    "location['country']": "country",
    "location['city']": "city",
    "location['timezone']": "zone",
    "location['region']": "properties['region']",
    "location['zip']": "properties['zip']",
    **{name: f"properties['{name}']" for name in ("first_name", "last_name", "organization", "title", "locale", "created")},
}
DIMENSIONS = {"expected_date_of_next_order": "expected_date_of_next_purchase"}
OURS = ("profile-metric", "profile-property", "profile-group-membership", "profile-marketing-consent", "profile-predictive-analytics", "profile-region")


class _Unknown(ValueError):
    """The place inside the condition, and what cannot be asked there."""

    def __init__(self, place: str, what: str) -> None:
        self.place, self.what = place, what


def translate(definition: Any, metrics: Mapping[str, str], groups: Mapping[str, int]) -> tuple[dict[str, Any] | None, Problems]:
    """Ours, or None and every problem with its place. `metrics`: {ID: name}; `groups`: {ID: number of our segment}.

    What is written in our own grammar already comes back as it is.
    """
    try:
        ours, problems = _translated(definition, metrics, groups)
        if not problems:
            parse_definition(ours)
            return ours, []
    except DefinitionError as error:
        problems = [str(error)]
    return None, problems


def _translated(definition: Any, metrics: Mapping[str, str], groups: Mapping[str, int]) -> tuple[dict[str, Any], Problems]:
    problems: Problems = []
    ours: list[dict[str, Any]] = []
    for i, group in enumerate(_listed(definition, "condition_groups", "")):
        conditions = []
        for j, condition in enumerate(_listed(group, "conditions", f"condition_groups[{i}].")):
            path = f"condition_groups[{i}].conditions[{j}]"
            try:
                conditions.append(_condition(_without_nulls(condition), metrics, groups))
            except _Unknown as unknown:
                problems.append(f"{path}{unknown.place}: {unknown.what}.")
            except DefinitionError as error:
                problems.append(str(error).replace("condition_groups[0].conditions[0]", path, 1))
        ours.append({"conditions": conditions})
    return {"condition_groups": ours}, problems


def _listed(data: Any, name: str, path: str) -> list[Any]:
    found = data.get(name) if isinstance(data, dict) else None
    if not isinstance(found, list) or not found:
        raise DefinitionError(f"{path}{name}", "a list with at least one entry")
    return found


def _without_nulls(data: Any) -> Any:
    """They write null for what is not said."""
    if isinstance(data, dict):
        return {name: _without_nulls(value) for name, value in data.items() if value is not None}
    return [_without_nulls(value) for value in data] if isinstance(data, list) else data


def _condition(theirs: Any, metrics: Mapping[str, str], groups: Mapping[str, int]) -> dict[str, Any]:
    kind = theirs.get("type") if isinstance(theirs, dict) else None
    if kind not in OURS:
        raise _Unknown(".type", _("conditions of the type “%(type)s” cannot be asked here") % {"type": kind})
    ours: dict[str, Any] = dict(theirs)
    if kind == "profile-metric":
        _name_metric(ours, metrics)
    elif kind == "profile-property" and ours.get("property") in PROPERTIES:
        ours["property"] = PROPERTIES[ours["property"]]
    elif kind == "profile-property":
        _must_be_kept(str(ours.get("property")))
    elif kind == "profile-group-membership":
        _name_segments(ours, groups)
    elif kind == "profile-marketing-consent":
        _must_have_no_details(ours)
    elif kind == "profile-predictive-analytics":
        ours["dimension"] = DIMENSIONS.get(str(ours.get("dimension")), ours.get("dimension"))
    parse_definition({"condition_groups": [{"conditions": [ours]}]})
    return ours


def _name_metric(ours: dict[str, Any], metrics: Mapping[str, str]) -> None:
    if "metric_id" in ours:
        known = ours.pop("metric_id")
        if known not in metrics:
            raise _Unknown(".metric_id", _("no event is known by the ID “%(id)s”; import the account first") % {"id": known})
        ours["metric"] = metrics[known]
    if not ours.get("metric_filters"):
        ours.pop("metric_filters", None)


def _must_be_kept(name: str) -> None:
    if name.startswith("location[") or name in ("updated", "last_event_date", "id", "image"):
        raise _Unknown(".property", _("“%(name)s” is not kept here") % {"name": name})


def _name_segments(ours: dict[str, Any], groups: Mapping[str, int]) -> None:
    if "timeframe_filter" in ours:
        raise _Unknown(".timeframe_filter", _("since when somebody is in a segment cannot be asked here"))
    asked = ours.get("group_ids")
    for known in asked if isinstance(asked, list) else []:
        if known not in groups and not str(known).isdecimal():
            raise _Unknown(".group_ids", _("no list or segment is known by the ID “%(id)s”; import the account first") % {"id": known})
    if isinstance(asked, list):
        ours["group_ids"] = [str(groups.get(known, known)) for known in asked]


def _must_have_no_details(ours: dict[str, Any]) -> None:
    consent = ours.get("consent")
    if not isinstance(consent, dict) or not isinstance(status := consent.get("consent_status"), dict):
        return
    if status.get("filters"):
        raise _Unknown(".consent.consent_status.filters", _("how somebody subscribed cannot be asked here"))
    ours["consent"] = consent | {"consent_status": {name: value for name, value in status.items() if name != "filters"}}


def groups_named(definition: Any) -> set[str]:
    """The IDs of the groups that a definition asks about."""
    conditions = [
        condition
        for group in (definition or {}).get("condition_groups") or []
        for condition in group.get("conditions") or []
        if condition.get("type") == "profile-group-membership"
    ]
    return {str(known) for condition in conditions for known in condition.get("group_ids") or []}


def read_pasted(data: Any) -> tuple[dict[str, Any] | None, Problems]:
    """A definition that somebody pasted: JSON as text or as data, by itself or inside of what Klaviyo's pages and API show.

    Ours and no problems, or None and what is wrong with it, each a sentence with its place. Names are those of the accounts that were imported.
    """
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except (ValueError, RecursionError) as error:
            return None, [_("This is no JSON: %(why)s.") % {"why": error}]
    metrics = {known: name for account in Account.objects.all() for known, name in account.metrics.items()}
    groups = dict(Group.objects.exclude(segment=None).values_list("external_id", "segment"))
    return translate(_unwrapped(data), metrics, groups)


def _unwrapped(data: Any) -> Any:
    for name in ("data", "attributes", "definition"):
        if isinstance(data, dict) and name in data and "condition_groups" not in data:
            data = data[name]
    return data
