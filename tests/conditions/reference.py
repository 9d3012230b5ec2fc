"""What SPEC part 3 says, written out slowly: it reads the JSON as it is given and people as plain data, and shares no code with the product.

A person: {"own": {"country": "France"}, "properties": {…}, "segments": [1], "events": [{"metric", "at", "value", "properties"}]};
a ticket: its fields by name, and "messages" as (author, text) in their order.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

Data = dict[str, Any]

OWN_FIELDS = ["email", "phone", "external_id", "name", "country", "city", "zone", "language"]
REGIONS = {"european_union": ["france", "fr", "sweden", "se", "pl", "denmark", "ie"], "united_states": ["us", "usa"]}  # of the countries that tests use
LENGTH_OF = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}


def matches(definition: Data, person: Data, ticket: Data | None, now: datetime) -> bool:
    """Groups are joined by AND, the conditions of a group by OR. All of it in UTC."""
    now = now.astimezone(UTC)
    return all(any(holds(condition, person, ticket, now) for condition in group["conditions"]) for group in definition["condition_groups"])


def holds(condition: Data, person: Data, ticket: Data | None, now: datetime) -> bool:
    match condition["type"]:
        case "profile-property":
            return passes(condition["filter"], about_person(person, condition["property"]), now)
        case "profile-predictive-analytics":
            return passes(condition["filter"], about_person(person, condition["dimension"]), now)
        case "ticket-property":
            return passes(condition["filter"], about_ticket(ticket, condition["property"]), now)
        case "profile-metric":
            return passes(condition["measurement_filter"], measured(condition, person, now), now)
        case "profile-group-membership":
            is_in_any = any(str(segment) == wanted for segment in person["segments"] for wanted in condition["group_ids"])
            return is_in_any == condition["is_member"]
        case "profile-region":
            country = about_person(person, "country") or ""
            return (country.isascii() and country.lower() in REGIONS[condition["region_id"]]) == condition["in_region"]
        case "profile-marketing-consent":
            return consents(condition["consent"], person)
    raise AssertionError(condition)


def about_person(person: Data, name: str) -> Any:
    """`properties['x']` is the property x, whatever it is called; `country` and `$country` are the profile's own field (C15)."""
    if name in ("churn_risk", "$churn_risk"):
        return churn_risk(person["properties"].get("churn_probability"))
    is_custom = name.startswith("properties['") and name.endswith("']") and len(name) > len("properties['']")
    if is_custom:
        name = name[len("properties['") : -len("']")]
    elif name.startswith("$"):
        name = name[1:]
    if name in OWN_FIELDS and not is_custom:
        return person["own"].get(name) or None
    if name.startswith("$") and name[1:] in OWN_FIELDS:
        return person["own"].get(name[1:]) or None
    return person["properties"].get(name)


def churn_risk(probability: Any) -> str | None:
    """C16."""
    if type(probability) not in (int, float) or probability < 0:
        return None
    if probability >= 0.66:
        return "High"
    return "Medium" if probability >= 0.33 else "Low"


def about_ticket(ticket: Data | None, name: str) -> Any:
    if ticket is None:
        return None
    if name == "status":
        return "closed" if ticket["closed"] else "open"
    if name == "body":
        return "\n".join(text for author, text in ticket["messages"] if author == "customer")
    return ticket[name]


def consents(consent: Data, person: Data) -> bool:
    status = person["properties"].get(consent["channel"] + "_consent")
    if status not in ("subscribed", "unsubscribed"):
        status = "never_subscribed"
    wanted = consent.get("consent_status", {}).get("subscription", "any")
    return (status == "subscribed") == consent["can_receive_marketing"] and wanted in ("any", status)


def measured(condition: Data, person: Data, now: datetime) -> float:
    count, total = 0, Decimal(0)
    for event in person["events"]:
        if event["metric"] != condition["metric"] or not happened_within(condition["timeframe_filter"], event["at"], now):
            continue
        if all(passes(each["filter"], event["properties"].get(each["property"]), now) for each in condition.get("metric_filters", [])):
            count += 1
            total += Decimal(event["value"] or 0)
    return count if condition["measurement"] == "count" else float(total)


def happened_within(timeframe: Data, at: datetime, now: datetime) -> bool:
    """What lies after now has not happened: it counts for `in-the-next` alone."""
    if timeframe["operator"] == "in-the-next":
        return date_passes(timeframe, at, now)
    return at <= now and (timeframe["operator"] == "alltime" or date_passes(timeframe, at, now))


# Filters ------------------------------------------------------------------------------------------


def passes(wanted: Data, value: Any, now: datetime) -> bool:
    match wanted["type"]:
        case "numeric":
            return number_passes(wanted["operator"], wanted["value"], number(value))
        case "string":
            return text_passes(wanted["operator"], wanted["value"], text(value))
        case "boolean":
            return isinstance(value, bool) and value == wanted["value"]
        case "existence":
            is_set = not (value is None or value == "" or value == [])
            return is_set if wanted["operator"] == "is-set" else not is_set
        case "list":
            return list_passes(wanted["operator"], wanted["value"], value)
        case "date":
            found = moment(value)
            return found is not None and date_passes(wanted, found, now)
    raise AssertionError(wanted)


def number(value: Any) -> float | None:
    """A finite number, or a text that is one; true and false are none."""
    if type(value) not in (int, float, str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def number_passes(operator: str, wanted: float, found: float | None) -> bool:
    if found is None:
        return operator == "not-equals"
    wanted = float(wanted)
    return {
        "equals": found == wanted,
        "not-equals": found != wanted,
        "greater-than": found > wanted,
        "greater-than-or-equal": found >= wanted,
        "less-than": found < wanted,
        "less-than-or-equal": found <= wanted,
    }[operator]


def text(value: Any) -> str | None:
    """What is nothing, a list or an object is no text. Numbers are written without an exponent."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{Decimal(str(value)):f}" if value else "0.0"
    return str(value) if isinstance(value, (str, int)) else None


def text_passes(operator: str, wanted: Any, found: str | None) -> bool:
    """Exactly, upper and lower case included. A missing text passes what says *not*, and nothing else."""
    if operator == "nregex" or operator.startswith("not-"):
        return not text_passes("regex" if operator == "nregex" else operator[len("not-") :], wanted, found)
    if found is None:
        return False
    match operator:
        case "equals":
            return found == wanted
        case "contains":
            return wanted in found
        case "starts-with":
            return found.startswith(wanted)
        case "ends-with":
            return found.endswith(wanted)
        case "in":
            return any(found == each for each in wanted)
        case "regex":  # `$` is the end of the text and nothing else; `.` is any character
            return re.search(wanted.replace("$", r"\Z"), found[:1_000], re.DOTALL) is not None
    raise AssertionError(operator)


def list_passes(operator: str, wanted: Any, value: Any) -> bool:
    if operator.startswith("not-"):
        return not list_passes(operator[len("not-") :], wanted, value)
    if not isinstance(value, list):
        return False
    if operator.startswith("length-"):
        return number_passes(operator[len("length-") :], wanted, float(len(value)))
    entries = [(text(entry) or "").replace("\x1f", " ") for entry in value]
    match operator:
        case "contains":
            return as_entry(wanted) in entries
        case "contains-any":
            return any(as_entry(each) in entries for each in wanted)
        case "contains-all":
            return all(as_entry(each) in entries for each in wanted)
        case "contains-substring":
            return any(as_entry(wanted) in entry for entry in entries)
    raise AssertionError(operator)


def as_entry(wanted: str) -> str:
    """The unit separator counts as a blank."""
    return wanted.replace("\x1f", " ")


# Dates --------------------------------------------------------------------------------------------


def moment(value: Any) -> datetime | None:
    """In UTC, which is meant where no zone is told; a date without a time is 00:00:00."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}.*)?", value, re.DOTALL):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    if value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    try:
        return value.astimezone(UTC)
    except OverflowError:
        return None


def date_passes(wanted: Data, at: datetime, now: datetime) -> bool:
    """The lower bound is in, the upper is out; what happens now counts as past."""
    length = wanted.get("quantity", 0) * LENGTH_OF[wanted.get("unit", "day")]
    match wanted["operator"]:
        case "before":
            return at < moment(wanted["date"])
        case "after":
            return at >= moment(wanted["date"])
        case "between-static":
            return moment(wanted["start"]) <= at < moment(wanted["end"])
        case "in-the-last":
            return now - length <= at <= now
        case "in-the-next":
            return now <= at < now + length
        case "at-least":
            return at < now - length
        case "between":
            return now - wanted["end"] * LENGTH_OF[wanted["unit"]] <= at < now - wanted["start"] * LENGTH_OF[wanted["unit"]]
        case "anniversary":
            return birthday(at, now.year).date() == now.date()
        case "anniversary-month":
            return at.month == now.month
        case "calendar-month":
            return at.month == wanted["value"]
        case "anniversary-last":
            return any(now - length <= birthday(at, year) <= now for year in range((now - length).year, now.year + 1))
        case "anniversary-next":
            return any(now <= birthday(at, year) < now + length for year in range(now.year, (now + length).year + 1))
    raise AssertionError(wanted)


def birthday(at: datetime, year: int) -> datetime:
    """The 29th of February comes back on the 28th in other years."""
    try:
        return at.replace(year=year)
    except ValueError:
        return at.replace(year=year, day=28)
