"""Who is known already: the customers that a batch may be about, found in memory as the database would find them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower

from helpdesk.customers.filing.incoming import KEYS, NobodyNamed, Told
from helpdesk.customers.models import Customer, ExternalId

_LOOKUPS = {"external_id": "external_id__in", "email": "address__in", "phone": "phone__in"}


class Known:
    """Locked until the end of the transaction, in the order of their primary keys, so that nobody's facts are overwritten by older ones."""

    def __init__(self, told: Sequence[Told]) -> None:
        self._by_key: dict[tuple[str, str], Customer] = {}
        self._by_id: dict[tuple[str, str], Customer] = {}
        self._by_pk: dict[int, Customer] = {}
        owners = _owners(told)
        if about := _about(told, owners.values()):
            self._load(about)
        while further := {each.merged_into_id for each in self._by_pk.values() if each.merged_into_id} - self._by_pk.keys():
            self._load(Q(pk__in=further))
        self._by_id |= {known_as: self._by_pk[pk] for known_as, pk in owners.items() if pk in self._by_pk}

    def _load(self, wanted: Q) -> None:
        customers = Customer.objects.annotate(address=Lower("email")).filter(wanted).order_by("pk")
        for customer in customers.select_for_update(no_key=True, of=("self",)):
            self._by_pk[customer.pk] = customer
            keys = {"external_id": customer.external_id, "email": customer.address, "phone": customer.phone}
            self._by_key |= {(key, value): customer for key, value in keys.items() if value}

    def find(self, told: Told) -> Customer | None:
        """By the strongest key first: external ID, other systems' IDs, e-mail, phone. A merged profile leads to the one it became.

        A phone may be a family's: it leads to nobody who has another e-mail or external ID than the one that is given with it.
        """
        if told.customer:
            return self._survivor(self._numbered(told.customer))
        ways = [self._with("external_id", told.keys)]
        ways += [self._by_id.get(known_as) for known_as in told.ids.items()]
        found = next(filter(None, [*ways, self._with("email", told.keys)]), None)
        if found is not None:
            return self._survivor(found)
        sharing = self._with("phone", told.keys)
        return sharing if sharing is not None and not _is_somebody_else(sharing := self._survivor(sharing), told.keys) else None

    def _numbered(self, customer: int) -> Customer:
        if customer not in self._by_pk:
            raise NobodyNamed("This customer is no longer here.")
        return self._by_pk[customer]

    def _with(self, key: str, keys: Mapping[str, str]) -> Customer | None:
        return self._by_key.get((key, keys[key])) if key in keys else None

    def _survivor(self, customer: Customer) -> Customer:
        while customer.merged_into_id is not None:
            customer = self._by_pk[customer.merged_into_id]
        return customer

    def take_keys(self, customer: Customer, told: Told) -> dict[str, str]:
        """Gives the customer the keys that they lack and nobody else has; returns those. What other systems call them, see `take_ids`."""
        free = {key: told.keys[key] for key in KEYS if key in told.keys and not getattr(customer, key) and self._with(key, told.keys) is None}
        for key, value in free.items():
            setattr(customer, key, value)
            self._by_key[key, value] = customer
        return free

    def take_ids(self, customer: Customer, told: Told) -> list[ExternalId]:
        """An ID that is somebody else's already stays theirs."""
        free = [known_as for known_as in told.ids.items() if known_as not in self._by_id]
        self._by_id |= dict.fromkeys(free, customer)
        return [ExternalId(customer=customer, source=source, value=value) for source, value in free]


def _owners(told: Sequence[Told]) -> dict[tuple[str, str], int]:
    """Who bears these IDs of other systems."""
    wanted = {known_as for each in told for known_as in each.ids.items()}
    if not wanted:
        return {}
    sources, values = zip(*wanted, strict=True)
    rows = ExternalId.objects.filter(source__in=set(sources), value__in=set(values)).values_list("source", "value", "customer_id")
    return {(source, value): pk for source, value, pk in rows if (source, value) in wanted}


def _about(told: Sequence[Told], owners: Iterable[int]) -> Q:
    """Lists, not a subquery, so that each is looked up in its own index. E-mail as the index has it: `iexact` would read the whole table."""
    lookups: dict[str, set[Any]] = {_LOOKUPS[key]: {each.keys[key] for each in told if key in each.keys} for key in KEYS}
    lookups["pk__in"] = {each.customer for each in told if each.customer} | set(owners)
    return Q(*[(lookup, values) for lookup, values in lookups.items() if values], _connector=Q.OR)


def _is_somebody_else(customer: Customer, keys: Mapping[str, str]) -> bool:
    known = {"external_id": customer.external_id, "email": (customer.email or "").lower()}
    return any(known[key] and known[key] != keys[key] for key in known if key in keys)
