"""A customer as Shopify writes one, alone or inside an order. A field of a type it should not have counts as not given."""

from __future__ import annotations

from typing import Any

from helpdesk.customers.models import Customer
from helpdesk.customers.profiles import identify
from helpdesk.sources.models import Received
from helpdesk.sources.wire import NotUsed, an_email, an_object, moment, number, text

SHOPIFY = "shopify"
_CONSENTS = {"email": "email_marketing_consent", "sms": "sms_marketing_consent"}


def customer_of(row: Received, told: dict[str, Any], facts: dict[str, Any]) -> Customer:
    """The profile of a customer, an order or a checkout; raises NotUsed where it names nobody.

    Facts that are older than what has been worked off stay out: how it was is no news of how it is.
    """
    person = an_object(told.get("customer"))
    known_as, when = text(person.get("id")), moment(told.get("updated_at")) or row.received_at
    keys: dict[str, Any] = {
        "email": an_email(told.get("email")) or an_email(told.get("contact_email")) or an_email(person.get("email")),
        "phone": text(told.get("phone")) or text(person.get("phone")),
        "ids": {SHOPIFY: known_as} if known_as else {},
    }
    if not any(keys.values()):
        raise NotUsed("This names no customer.")
    row.about, row.happened_at = known_as, min(when, row.received_at)
    customer = identify(**keys, at=row.happened_at)  # and nobody else writes this customer until the end of the transaction
    return customer if row.is_overtaken() else identify(**keys, at=row.happened_at, **facts)


def facts_of(person: dict[str, Any], address: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `profiles.identify` that are no keys."""
    first, last = (text(person.get(name)) or text(address.get(name)) for name in ("first_name", "last_name"))
    tags, spent, orders = person.get("tags"), number(person.get("total_spent")), number(person.get("orders_count"))
    properties = {"orders_count": orders, "total_spent": spent, "Shopify Tags": entries(tags) if isinstance(tags, str) else None}
    return {
        "name": f"{first} {last}".strip(),
        "country": text(address.get("country")),
        "city": text(address.get("city")),
        "consent": {channel: state for channel, field in _CONSENTS.items() if (state := _consent(person.get(field)))},
        "properties": {name: value for name, value in properties.items() if value is not None},
    }


def _consent(told: Any) -> str:
    """Whoever was never asked has no consent of either kind."""
    state = text(an_object(told).get("state")).lower()
    return state if state in ("subscribed", "unsubscribed") else ""


def entries(listed: str) -> list[str]:
    """Of “vip, newsletter”."""
    return [entry for part in listed.split(",") if (entry := text(part))]
