"""What the address of a search asks for."""

from __future__ import annotations

from collections.abc import Mapping

from helpdesk.inbox.addresses import number_of
from helpdesk.tickets.search.pages import ORDERS, STATUSES, Asked
from helpdesk.tickets.search.queries import MOST_LETTERS


def asked_at(data: Mapping[str, str]) -> Asked:
    """A status or an order that there is not is the first. 404 for a place in the list that is none."""
    status, order, before, skip = (data.get(name, "") for name in ("status", "order", "before", "skip"))
    return Asked(
        data.get("q", "")[:MOST_LETTERS],
        status if status in STATUSES else STATUSES[0],
        order if order in ORDERS else ORDERS[0],
        number_of(before) if before else None,
        min(number_of(skip), MOST_LETTERS) if skip else 0,
    )
