"""Which webhook is read by whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from helpdesk.sources.models import Received
from helpdesk.sources.shopify import orders, privacy
from helpdesk.sources.shopify.people import customer_of, facts_of
from helpdesk.sources.wire import Problem, an_object, read_json


def apply(row: Received) -> None:
    """Inside a transaction; raises Problem for what a person must see, NotUsed and NotYet. Notes whom it was about, and as of when."""
    told = read_json(bytes(row.raw))
    proof, read = TOPICS[row.topic]
    if not isinstance(told, dict) or proof not in told:
        raise Problem("This is not what its topic says.")
    read(row, told)


def _customer(row: Received, told: dict[str, Any]) -> None:
    customer_of(row, told | {"customer": told}, facts_of(told, an_object(told.get("default_address"))))


# With the field that no other kind of body has: the signature does not cover the header that names the topic.
TOPICS: dict[str, tuple[str, Callable[[Received, dict[str, Any]], None]]] = {
    **dict.fromkeys(("orders/create", "orders/updated", "orders/paid", "orders/cancelled", "orders/fulfilled"), ("order_number", orders.order)),
    **dict.fromkeys(("checkouts/create", "checkouts/update"), ("abandoned_checkout_url", orders.checkout)),
    **dict.fromkeys(("customers/create", "customers/update"), ("first_name", _customer)),
    "refunds/create": ("order_id", orders.refund),
    "customers/redact": ("orders_to_redact", privacy.redact),
    "customers/data_request": ("orders_requested", privacy.data_request),
    "shop/redact": ("shop_id", privacy.shop_redact),
}
