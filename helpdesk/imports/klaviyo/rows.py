"""Profiles and events of Klaviyo as what `identify` and `track` take."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from helpdesk.customers.bulk import EventRow
from helpdesk.imports.writing import Line
from helpdesk.long_work import Stumbled

SOURCE = "klaviyo"
PREDICTED = (  # SPEC part 3 names them so; the date of the next order has another name there
    *("historic_clv", "predicted_clv", "total_clv", "historic_number_of_orders", "predicted_number_of_orders"),
    *("average_days_between_orders", "average_order_value", "churn_probability"),
)
KEPT_AS_PROPERTIES = ("first_name", "last_name", "organization", "title", "locale", "created")


def profile_line(number: int, profile: dict[str, Any]) -> Line:
    said = profile["attributes"]
    place = said.get("location") or {}
    row = {
        "ids": {SOURCE: profile["id"]},
        "email": said.get("email"),
        "phone": said.get("phone_number"),
        "external_id": said.get("external_id"),
        "name": " ".join(filter(None, [said.get("first_name"), said.get("last_name")])),
        "country": place.get("country"),
        "city": place.get("city"),
        "zone": place.get("timezone"),
        "language": (said.get("locale") or "").partition("-")[0],
        "consent": _consent(said.get("subscriptions") or {}),
        "properties": _properties(said, place),
        "at": as_time(said.get("updated")),
    }
    return Line(number, [profile["id"], said.get("email") or ""], row)


def _properties(said: dict[str, Any], place: dict[str, Any]) -> dict[str, Any]:
    """What has no field of its own is kept under its name, so that definitions can ask about it."""
    predicted = said.get("predictive_analytics") or {}
    known = {name: predicted.get(name) for name in PREDICTED} | {"expected_date_of_next_purchase": predicted.get("expected_date_of_next_order")}
    known |= {name: said.get(name) for name in KEPT_AS_PROPERTIES} | {name: place.get(name) for name in ("region", "zip")}
    return (said.get("properties") or {}) | {name: value for name, value in known.items() if value is not None}


def _consent(subscriptions: dict[str, Any]) -> dict[str, str]:
    """Who once subscribed and may not be written to any more, as after a bounce, counts as unsubscribed."""
    found = {}
    for channel, theirs in (("email", "email"), ("sms", "sms"), ("push", "mobile_push")):
        marketing = (subscriptions.get(theirs) or {}).get("marketing") or {}
        status = {"SUBSCRIBED": "subscribed", "UNSUBSCRIBED": "unsubscribed"}.get(str(marketing.get("consent")))
        may_receive = marketing.get(f"can_receive_{channel}_marketing", True)
        if status:
            found[channel] = status if may_receive else "unsubscribed"
    return found


def event_line(number: int, event: dict[str, Any], metrics: dict[str, str]) -> Line:
    said, related = event["attributes"], event["relationships"]
    raw = [event["id"], str(said.get("datetime") or "")]
    metric, profile = _related(related, "metric"), _related(related, "profile")
    if metric not in metrics or not profile:
        return Line(number, raw, problem="This event names no metric or no profile that is known.")
    properties = {name: value for name, value in (said.get("event_properties") or {}).items() if name != "$extra"}  # nothing can be asked of that one
    row = EventRow(
        customer={"ids": {SOURCE: profile}},
        metric=metrics[metric][:120],
        occurred_at=as_time(said["datetime"]),
        value=_money(properties.get("$value")),
        properties=properties,
        external_id=f"{SOURCE}:{event['id']}",
    )
    return Line(number, raw, row)


def _related(related: dict[str, Any], name: str) -> str:
    return str((related.get(name) or {}).get("data", {}).get("id", ""))


def _money(value: Any) -> Decimal | None:
    try:
        return None if value is None else round(Decimal(str(value)), 2)
    except (InvalidOperation, ValueError):
        return None


def as_time(written: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(written) if written else None
    except (TypeError, ValueError) as problem:
        raise Stumbled(f"Klaviyo gave a time that is none: {written!r}") from problem
