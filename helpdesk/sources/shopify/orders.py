"""What a shop tells about orders, refunds and checkouts, as events.

The signature covers the body alone, not the header that names the topic. So an order itself says what happened to it, and each
of its events has its own key: a webhook that is repeated, late, or sent again under another name adds nothing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from helpdesk.customers.models import Customer, Event
from helpdesk.customers.profiles import track
from helpdesk.sources.models import Received
from helpdesk.sources.shopify.people import customer_of, entries, facts_of
from helpdesk.sources.wire import NotYet, Problem, an_object, moment, money, objects, text


def order(row: Received, told: dict[str, Any]) -> None:
    """“Placed Order”, and “Cancelled Order” and “Fulfilled Order” once it is."""
    number, customer = _number(told, "order"), customer_of(row, told, _buyer(told))
    _happened(row, customer, "Placed Order", key=_placed(number), when=told.get("created_at"), told=told)
    if told.get("cancelled_at"):
        _happened(row, customer, "Cancelled Order", key=f"shopify:order:{number}:cancelled", when=told["cancelled_at"], told=told)
    if told.get("fulfillment_status") == "fulfilled":
        times = [when for each in objects(told.get("fulfillments")) if moment(when := each.get("created_at"))]
        sent = max(times, key=lambda when: str(moment(when)), default=told.get("updated_at"))
        _happened(row, customer, "Fulfilled Order", key=f"shopify:order:{number}:fulfilled", when=sent, told=told)


def checkout(row: Received, told: dict[str, Any]) -> None:
    """“Started Checkout”, as soon as somebody has said who they are."""
    key = f"shopify:checkout:{_number(told, 'checkout')}"
    _happened(row, customer_of(row, told, _buyer(told)), "Started Checkout", key=key, when=told.get("created_at"), told=told)


def refund(row: Received, told: dict[str, Any]) -> None:
    """“Refunded Order”. It names an order, and the order its customer: raises NotYet where that has not come."""
    number, paid_for = _number(told, "refund"), text(told.get("order_id"))
    placed = Event.objects.select_related("customer").filter(external_id=_placed(paid_for)).first()
    if placed is None:
        raise NotYet(f"The order {paid_for} that this refund belongs to is not known here.")
    details = {name: placed.properties[name] for name in ("Order Number", "Currency") if name in placed.properties}
    _track(row, placed.customer, "Refunded Order", key=f"shopify:refund:{number}", when=told.get("created_at"), value=_refunded(told), properties=details)


def _number(told: dict[str, Any], what: str) -> str:
    if not (number := text(told.get("id"), longest=50)):
        raise Problem(f"This {what} has no id.")
    return number


def _placed(number: str) -> str:
    return f"shopify:order:{number[:50]}:placed"


def _buyer(told: dict[str, Any]) -> dict[str, Any]:
    """Guests have no customer in Shopify; their addresses say who they are."""
    person = an_object(told.get("customer"))
    addresses = (person.get("default_address"), told.get("shipping_address"), told.get("billing_address"))
    return facts_of(person, next((address for address in map(an_object, addresses) if address), {}))


def _happened(row: Received, customer: Customer, metric: str, *, key: str, when: Any, told: dict[str, Any]) -> None:
    _track(row, customer, metric, key=key, when=when, value=money(told.get("total_price")), properties=_details(told))


def _details(told: dict[str, Any]) -> dict[str, Any]:
    """Named as the shops' segments name them."""
    lines = objects(told.get("line_items"))
    tags = told.get("tags")
    details = {
        "Order Number": text(told.get("name")) or text(told.get("order_number")),
        "Items": [title for line in lines if (title := text(line.get("title")))],
        "Item Count": sum(count for line in lines if isinstance(count := line.get("quantity"), int) and 0 <= count < 10**9),
        "Discount Codes": [code for each in objects(told.get("discount_codes")) if (code := text(each.get("code")))],
        "Currency": text(told.get("currency")),
        "Shipping Country": text(an_object(told.get("shipping_address")).get("country")),
        "Source Name": text(told.get("source_name")),
        "Tags": entries(tags) if isinstance(tags, str) else [],
    }
    return {name: value for name, value in details.items() if value not in ("", [])}


def _refunded(told: dict[str, Any]) -> Decimal | None:
    """What was paid back, or, if it was not yet, what the returned things cost."""
    paid = [money(each.get("amount")) for each in objects(told.get("transactions")) if each.get("kind") == "refund"]
    parts = [part for each in objects(told.get("refund_line_items")) for part in (money(each.get("subtotal")), money(each.get("total_tax")))]
    amounts = [amount for amount in paid or parts if amount is not None]
    return money(str(sum(amounts))) if amounts else None


def _track(row: Received, customer: Customer, metric: str, *, key: str, when: Any, value: Decimal | None, properties: dict[str, Any]) -> None:
    occurred_at = min(moment(when) or row.received_at, row.received_at)
    track(customer, metric, occurred_at=occurred_at, value=value, properties=properties, external_id=key)
