"""What Shopify asks for the sake of privacy: `customers/redact`, `customers/data_request`, `shop/redact`.

The shop itself orders that a customer is erased, so it is done. Where people talk with that customer right now, or must decide
something, the row waits for a person.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone

from helpdesk.customers.models import Customer, CustomerMerge, ExternalId
from helpdesk.customers.profiles import identify
from helpdesk.sources.models import Received
from helpdesk.sources.shopify.people import SHOPIFY
from helpdesk.sources.wire import NotUsed, Problem, an_object, text

_UNKNOWN = dict.fromkeys(("external_id", "email", "phone"))
_BLANK: dict[str, Any] = _UNKNOWN | dict.fromkeys(("name", "country", "city", "zone", "language"), "") | {"properties": {}}


def redact(row: Received, told: dict[str, Any]) -> None:
    """Erases who the customer is and what is known about them. Events stay, without their properties; tickets keep what was written."""
    row.about = _asked_for(told)
    if not ExternalId.objects.filter(source=SHOPIFY, value=row.about).exists():
        raise NotUsed("This customer is not known here.")
    family = [identify(ids={SHOPIFY: row.about})]
    if family[0].tickets.filter(closed_at=None).exists():
        raise Problem(f"The shop asks to erase {family[0]}, who has an open ticket. Close it, then try again. Shopify gives you 30 days.")
    for each in family:
        family += each.merged_here.all()  # and whoever was merged into those
        _erase(each)
    Received.objects.filter(source=row.source, about=row.about).exclude(pk=row.pk).update(raw=b"")


def _erase(customer: Customer) -> None:
    customer.external_ids.all().delete()
    customer.property_values.all().delete()
    customer.memberships.all().delete()
    customer.events.update(properties={}, typed={})
    CustomerMerge.objects.filter(Q(kept=customer) | Q(merged=customer)).delete()  # they hold what was there before, to give it back
    Customer.objects.filter(pk=customer.pk).update(**_BLANK, changed_at=timezone.now())


def data_request(row: Received, told: dict[str, Any]) -> None:
    row.about = _asked_for(told)
    raise Problem(f"Customer {row.about} of the shop asks what is kept about them. Send it to them within 30 days, then mark this as done.")


def shop_redact(_row: Received, told: dict[str, Any]) -> None:
    shop = text(told.get("shop_domain")) or "The shop"
    raise Problem(f"{shop} has removed the app and asks to erase what came from it within 30 days. Decide what must go, then mark this as done.")


def _asked_for(told: dict[str, Any]) -> str:
    number = text(an_object(told.get("customer")).get("id"))
    if not number:
        raise Problem("This does not say whom it is about.")
    return number
