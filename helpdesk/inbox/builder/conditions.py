"""A condition, as JSON and as the fields of a form. `as_json(as_row(data)) == data` for all that the grammar writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from helpdesk.conditions.grammar import (
    ConsentCondition,
    GroupCondition,
    MetricCondition,
    PredictionCondition,
    PropertyCondition,
    RegionCondition,
    TicketCondition,
)
from helpdesk.inbox.builder.filters import JSON, READ, WRITE, Row, filter_fields, filter_json, read_number, read_text, timeframe_fields, timeframe_json
from helpdesk.inbox.builder.texts import written

# How often, where it has a name of its own (SPEC part 3, wording).
_NAMED = {"once": ("count", "greater-than-or-equal", "1"), "never": ("count", "equals", "0")}


def as_row(condition: JSON) -> Row:
    """`condition` as the grammar writes it."""
    return {"kind": condition["type"]} | _ROWS[condition["type"]](condition)


def as_json(row: Row) -> JSON:
    """What is missing or wrong in the row is so in the JSON, too: the grammar says what it expected."""
    return {"type": row["kind"]} | _JSONS[row["kind"]](row)


def _metric_row(data: JSON) -> Row:
    measured = data["measurement_filter"]
    found = (data["measurement"], measured["operator"], json.dumps(measured["value"]))
    often = next((name for name, meaning in _NAMED.items() if meaning == found), f"{found[0]}:{found[1]}")
    where = [_about_row(wanted) for wanted in data.get("metric_filters", [])]
    return {"metric": written(data["metric"]), "often": often, "times": found[2], "where": where} | timeframe_fields(data["timeframe_filter"])


def _metric_json(row: Row) -> JSON:
    measurement, operator, times = _NAMED.get(row["often"]) or (*row["often"].split(":"), row.get("times"))
    where = [_about_json(wanted) for wanted in row.get("where", [])]
    return {
        "metric": read_text(row.get("metric")),
        "measurement": measurement,
        "measurement_filter": {"type": "numeric", "operator": operator, "value": read_number(times)},
        "timeframe_filter": timeframe_json(row),
    } | ({"metric_filters": where} if where else {})


def _about_row(data: JSON) -> Row:
    return {"property": written(data["property"])} | filter_fields(data["filter"])


def _about_json(row: Row) -> JSON:
    return {"property": read_text(row.get("property")), "filter": filter_json(row)}


def _group_row(data: JSON) -> Row:
    return {"member": WRITE["truth"](data["is_member"]), "values": WRITE["texts"](data["group_ids"])}


def _group_json(row: Row) -> JSON:
    return {"is_member": READ["truth"](row.get("member")), "group_ids": READ["texts"](row.get("values"))}


def _consent_row(data: JSON) -> Row:
    consent = data["consent"]
    status = consent.get("consent_status", {}).get("subscription", "any")
    return {"channel": consent["channel"], "consent": f"{WRITE['truth'](consent['can_receive_marketing'])}:{status}"}


def _consent_json(row: Row) -> JSON:
    can_receive, _colon, status = row["consent"].partition(":")
    consent = {"channel": row["channel"], "can_receive_marketing": READ["truth"](can_receive)}
    return {"consent": consent | ({} if status == "any" else {"consent_status": {"subscription": status}})}


_ROWS: dict[str, Callable[[JSON], Row]] = {
    MetricCondition.type: _metric_row,
    PropertyCondition.type: _about_row,
    TicketCondition.type: lambda data: {"field": data["property"]} | filter_fields(data["filter"]),
    PredictionCondition.type: lambda data: {"dimension": data["dimension"]} | filter_fields(data["filter"]),
    GroupCondition.type: _group_row,
    RegionCondition.type: lambda data: {"inside": WRITE["truth"](data["in_region"]), "region": data["region_id"]},
    ConsentCondition.type: _consent_row,
}
_JSONS: dict[str, Callable[[Row], dict[str, Any]]] = {
    MetricCondition.type: _metric_json,
    PropertyCondition.type: _about_json,
    TicketCondition.type: lambda row: {"property": row["field"], "filter": filter_json(row)},
    PredictionCondition.type: lambda row: {"dimension": row["dimension"], "filter": filter_json(row)},
    GroupCondition.type: _group_json,
    RegionCondition.type: lambda row: {"in_region": READ["truth"](row.get("inside")), "region_id": row["region"]},
    ConsentCondition.type: _consent_json,
}
