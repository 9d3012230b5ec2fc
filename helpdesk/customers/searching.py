"""Finding customers: by what is theirs alone in an instant, by a part of it otherwise."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from helpdesk.customers.filing.incoming import e164
from helpdesk.customers.models import Customer

_FEW = 50


def search(customers: QuerySet[Customer], query: str) -> QuerySet[Customer]:
    """Of these, those whose e-mail, phone or ID this is; if nobody's, those whose name, e-mail, phone or external ID holds it."""
    if exact := _exactly(query):
        return customers.filter(pk__in=exact)
    parts = [(f"{column}__icontains", query) for column in ("name", "email", "phone", "external_id")]
    return customers.filter(Q(*parts, _connector=Q.OR))


def _exactly(query: str) -> set[int]:
    """Each looked up in its own index. A merged profile leads to the one it became."""
    ways = [
        Customer.objects.alias(address=Lower("email")).filter(address=query.lower()),
        Customer.objects.filter(external_id=query),
        Customer.objects.filter(external_ids__value=query),
        *([Customer.objects.filter(phone=number)] if (number := e164(query)) else []),
    ]
    return {customer.survivor.pk for way in ways for customer in way.select_related("merged_into")[:_FEW]}
