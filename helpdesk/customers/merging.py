"""Two profiles that turned out to be one. The merged one stays as a tombstone that leads to the one that was kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import Agent
from agents.people import NotForYou
from helpdesk.customers.filing.incoming import FIELDS, KEYS
from helpdesk.customers.models import Customer, CustomerMerge, Membership, PropertyValue

_STAY = (Customer, CustomerMerge, PropertyValue)  # chains and facts have rules of their own


class MergeRefused(ValueError):
    """Why it cannot be done, in words for the user."""


@transaction.atomic
def merge_customers(kept: Customer, merged: Customer, *, by: Agent) -> CustomerMerge:
    """All that points at `merged` points at `kept` from now on, which takes over the keys and facts that it lacks, with their history.

    The tombstone keeps its other keys, so that `identify` finds the survivor by them. Raises MergeRefused, NotForYou.
    """
    _must_answer(by)
    kept, merged = _locked(kept.pk, merged.pk)
    if kept == merged:
        raise MergeRefused(_("A customer cannot be merged into themselves."))
    if customer := next((each for each in (kept, merged) if each.merged_into_id), None):
        raise MergeRefused(_("%(name)s has been merged already.") % {"name": customer})
    before = {"memberships": _end_double_memberships(kept, merged), **_take_over(kept, merged)}
    merged.merged_into = kept
    _save(merged, kept)
    return CustomerMerge.objects.create(kept=kept, merged=merged, by=by, before=before, moved=_move(_rows_of(merged), kept))


@transaction.atomic
def undo_merge(merge: CustomerMerge, *, by: Agent) -> None:
    """Gives everything back. What has come to the survivor since then stays there. Raises MergeRefused, NotForYou."""
    _must_answer(by)
    merge = CustomerMerge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at:
        raise MergeRefused(_("This merge has been undone already."))
    kept, merged = _locked(merge.kept_id, merge.merged_id)
    if kept.merged_into_id:
        raise MergeRefused(_("%(name)s has been merged, too. Undo that first.") % {"name": kept})
    _move(_moved_rows(merge), merged)
    _give_back(kept, merged, merge.before)
    merged.merged_into = None
    _save(kept, merged)
    Membership.objects.filter(pk__in=merge.before["memberships"], customer=merged).update(until=None)
    merge.undone_at = timezone.now()
    merge.save(update_fields=["undone_at"])


def _must_answer(by: Agent) -> None:
    if not by.can_answer:
        raise NotForYou(_("Only people who answer tickets can merge customers."))


def _locked(*numbers: int) -> list[Customer]:
    found = {each.pk: each for each in Customer.objects.filter(pk__in=numbers).order_by("pk").select_for_update()}
    return [found[number] for number in numbers]


def _save(*customers: Customer) -> None:
    """In this order: a key is given up before somebody else takes it."""
    for customer in customers:
        customer.changed_at = customer.renamed_at = timezone.now()
        customer.save()


# Rows that point at a customer -----------------------------------------------------------------------


def _rows_of(customer: Customer) -> Iterator[models.QuerySet[Any]]:
    for relation in Customer._meta.related_objects:
        if relation.related_model not in _STAY:
            yield relation.related_model._base_manager.filter(**{relation.field.name: customer})


def _moved_rows(merge: CustomerMerge) -> Iterator[models.QuerySet[Any]]:
    for rows in _rows_of(merge.kept):
        yield rows.filter(pk__in=merge.moved.get(rows.model._meta.label_lower, []))


def _move(found: Iterable[models.QuerySet[Any]], customer: Customer) -> dict[str, list[int]]:
    """By the model's name, the rows that are the customer's now. A row that a constraint forbids them stays where it is."""
    return {rows.model._meta.label_lower: _given(rows, customer) for rows in found if rows.exists()}


def _given(rows: models.QuerySet[Any], customer: Customer) -> list[int]:
    field = next(each.name for each in rows.model._meta.fields if each.related_model is Customer)
    numbers = sorted(rows.values_list("pk", flat=True))
    if _try(rows.model._base_manager.filter(pk__in=numbers), field, customer):
        return numbers
    return [number for number in numbers if _try(rows.model._base_manager.filter(pk=number), field, customer)]


def _try(rows: models.QuerySet[Any], field: str, customer: Customer) -> bool:
    try:
        with transaction.atomic():
            rows.update(**{field: customer})
    except IntegrityError:
        return False
    return True


def _end_double_memberships(kept: Customer, merged: Customer) -> list[int]:
    """Of segments in which both are. Returns which ended."""
    double = merged.memberships.filter(until=None, segment__in=kept.memberships.filter(until=None).values("segment"))
    numbers = list(double.values_list("pk", flat=True))
    Membership.objects.filter(pk__in=numbers).update(until=timezone.now())
    return numbers


# Keys and facts --------------------------------------------------------------------------------------


def _take_over(kept: Customer, merged: Customer) -> dict[str, Any]:
    """What was taken: keys (which leave the tombstone), fields, properties; and the new rows of their history."""
    told = set(kept.property_values.values_list("name", flat=True))
    keys = {key: value for key in KEYS if (value := getattr(merged, key)) and not getattr(kept, key)}
    fields = {name: value for name in FIELDS if (value := getattr(merged, name)) and not getattr(kept, name) and f"${name}" not in told}
    properties = {name: value for name, value in merged.properties.items() if name not in kept.properties and name not in told}
    for name, value in (keys | fields).items():
        setattr(kept, name, value)
    for key in keys:
        setattr(merged, key, None)
    kept.properties |= properties
    names = [f"${name}" for name in (keys | fields) if f"${name}" not in told] + list(properties)
    return {"keys": keys, "fields": fields, "properties": properties, "history": _copy(merged.property_values.filter(name__in=names), kept)}


def _copy(rows: Iterable[PropertyValue], customer: Customer) -> list[int]:
    copies = list(rows)
    for row in copies:
        row.pk, row.customer = None, customer
    return [row.pk for row in PropertyValue.objects.bulk_create(copies)]


def _give_back(kept: Customer, merged: Customer, before: dict[str, Any]) -> None:
    """Facts that have been told anew since then are the survivor's own."""
    own = set(kept.property_values.filter(until=None).exclude(pk__in=before["history"]).values_list("name", flat=True))
    kept.property_values.filter(pk__in=before["history"]).delete()
    for key, value in before["keys"].items():
        setattr(merged, key, value)
        setattr(kept, key, None)
    for name in before["fields"]:
        setattr(kept, name, getattr(kept, name) if f"${name}" in own else "")
    kept.properties = {name: value for name, value in kept.properties.items() if name not in before["properties"] or name in own}
