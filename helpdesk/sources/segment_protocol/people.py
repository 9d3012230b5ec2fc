"""Who a message is about: a user that the shop knows, or a visitor that only their browser knows.

The key of a browser is public. So it may say that a visitor, of whom nothing is known but what they looked at, is this user;
that two known people are one, only people say.
"""

from __future__ import annotations

from typing import Any

from agents.people import NotForYou
from helpdesk.customers.merging import MergeRefused, merge_customers
from helpdesk.customers.models import Customer
from helpdesk.sources.models import Source
from helpdesk.sources.segment_protocol.messages import Told
from helpdesk.sources.wire import Problem

ANONYMOUS = "segment-anonymous"


def arguments(source: Source, told: Told) -> dict[str, Any]:
    """Those of `profiles.identify`: whose profile it is, and the facts. Raises Problem where two known people would be one."""
    ids = {ANONYMOUS: told.anonymous} if told.anonymous and (not told.user or _are_one(source, told)) else {}
    return {"external_id": told.user, "ids": ids, **told.facts}


def _are_one(source: Source, told: Told) -> bool:
    """Whether the visitor is this user from now on. Two who share a browser stay two."""
    known, visitor = _user(told.user), _visitor(told.anonymous)
    before = _user(told.anonymous) if told.is_alias else None
    if before is not None and before != known:
        raise Problem(f"{before} is a known customer. Only you can say that it is the same person as {told.user}: merge the two profiles.")
    if visitor is None or visitor == known:
        return True
    return _is_nobody(visitor) and _joined(source, known, visitor) if known else not visitor.external_id


def _is_nobody(visitor: Customer) -> bool:
    """Nothing is known of them but what they looked at."""
    keys = visitor.external_id or visitor.email or visitor.phone
    return not keys and not visitor.tickets.exists() and not visitor.external_ids.exclude(source=ANONYMOUS).exists()


def _joined(source: Source, known: Customer, visitor: Customer) -> bool:
    """In the name of who made the source; when they no longer work here, what the visitor did before stays apart."""
    try:
        return source.created_by is not None and bool(merge_customers(known, visitor, by=source.created_by))
    except (MergeRefused, NotForYou):
        return False


def _user(external_id: str) -> Customer | None:
    found = Customer.objects.filter(external_id=external_id).first()
    return found and found.survivor


def _visitor(anonymous: str) -> Customer | None:
    found = Customer.objects.filter(external_ids__source=ANONYMOUS, external_ids__value=anonymous).first()
    return found and found.survivor
