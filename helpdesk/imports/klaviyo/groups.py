"""Lists and segments of an account as segments of ours: by their definition where it can be asked here, else as a list of their members."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from django.utils.translation import gettext as _

from agents.text import one_line
from helpdesk.conditions.grammar import DefinitionError
from helpdesk.customers.models import Customer, Segment
from helpdesk.customers.segments import SegmentError, add_members, create_segment, remove_members
from helpdesk.imports.klaviyo.definitions import groups_named, translate
from helpdesk.imports.klaviyo.rows import SOURCE
from helpdesk.imports.models import Account, Group, SeenMember

LONGEST_NAME = 100  # of a segment there are 120 characters, and it may need a number behind


def know(account: Account, found: list[dict[str, Any]]) -> None:
    """A list has no definition; of a segment whose definition is not told, nothing can be asked."""
    for group in found:
        said = group["attributes"]
        definition = None if group["type"] == "list" else said.get("definition") or {}
        known = {"name": one_line(said.get("name") or group["id"])[:200], "definition": definition}
        Group.objects.update_or_create(account=account, external_id=group["id"], defaults=known)


def segments_by_id(account: Account) -> dict[str, int]:
    """{their ID: our segment's}"""
    return dict(account.groups.exclude(segment=None).values_list("external_id", "segment"))


def next_unsettled(account: Account) -> Group | None:
    """One that refers to none that still waits; or, if they all do, the first."""
    waiting = list(account.groups.filter(is_settled=False).order_by("pk"))
    open_ids = {group.external_id for group in waiting}
    return next((group for group in waiting if not groups_named(group.definition) & (open_ids - {group.external_id})), next(iter(waiting), None))


def settle(group: Group) -> list[str]:
    """Makes its segment, once; whatever people do with that is left alone from then on. Returns what is worth knowing."""
    name, notes = _free_name(group.name), []
    definition, problems = translate(group.definition, group.account.metrics, segments_by_id(group.account)) if group.definition is not None else (None, [])
    try:
        group.segment = create_segment(name, definition, by=None)
    except (DefinitionError, SegmentError) as error:
        problems = [*problems, str(error)]
        group.segment = create_segment(name, by=None)
    group.is_settled = True
    group.save(update_fields=["segment", "is_settled"])
    if problems:
        why = " ".join(problems)
        notes.append(_("“%(name)s” came as a list of its members, since its definition cannot be asked here. %(why)s") % {"name": name, "why": why})
    return notes


def _free_name(name: str) -> str:
    names: Iterator[str] = (name[:LONGEST_NAME] + (f" ({number})" if number > 1 else "") for number in count(1))
    return next(free for free in names if not Segment.objects.filter(name=free).exists())


def next_list(account: Account, *, after: int) -> Group | None:
    lists = account.groups.filter(pk__gt=after, segment__definition__isnull=True, segment__is_active=True).exclude(segment=None)
    return lists.select_related("segment").order_by("pk").first()


def keep_members(group: Group, ids: list[str], *, is_last: bool) -> list[str]:
    """Those on this page enter; after the last page, whoever came from Klaviyo and was on none leaves."""
    assert group.segment is not None
    known = Customer.objects.filter(external_ids__source=SOURCE, external_ids__value__in=ids).distinct()
    here = {customer.merged_into_id or customer.pk for customer in known}
    SeenMember.objects.bulk_create([SeenMember(group=group, customer_id=customer) for customer in sorted(here)], ignore_conflicts=True)
    try:
        add_members(group.segment, known, by=None)
        if is_last:
            remove_members(group.segment, _left(group), by=None)
    except SegmentError as problem:
        return [str(problem)]
    finally:
        if is_last:
            group.seen.all().delete()
    return []


def _left(group: Group) -> list[Customer]:
    """Somebody who was put on the list by hand, and is not known there, stays."""
    members = Customer.objects.filter(memberships__segment=group.segment, memberships__until=None, external_ids__source=SOURCE)
    return list(members.exclude(pk__in=group.seen.values("customer")).distinct())
