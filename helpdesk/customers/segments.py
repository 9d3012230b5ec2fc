"""Segments: groups of customers by a definition, or by a list that people keep. What can be done with them, and asked of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from types import EllipsisType
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import Agent
from agents.people import NotForYou
from agents.text import one_line
from helpdesk.conditions.grammar import Definition, DefinitionError, GroupCondition, TicketCondition, as_json, parse_definition
from helpdesk.customers.definitions import definition_of, numbers, reached_from, segments_named, with_paths
from helpdesk.customers.memberships import refresh_changed
from helpdesk.customers.models import Customer, Membership, Segment

Given = dict[str, Any] | None
_AT_ONCE = 1_000


class SegmentError(ValueError):
    """Why it cannot be done, in words for the user."""


@transaction.atomic
def create_segment(name: str, definition: Given = None, *, by: Agent | None) -> Segment:
    """Without a definition it is a list. SegmentError, DefinitionError. `by` None is the machine, as an import.

    Its members come soon after the commit, from a job.
    """
    must_manage(by)
    segment = Segment(name=_proper_name(name))
    segment.definition = definition if definition is None else _checked(segment, definition)
    _save(segment)
    _ask_everybody(segment)
    return segment


@transaction.atomic
def change_segment(
    segment: Segment, *, by: Agent | None, name: str | None = None, definition: Given | EllipsisType = ..., is_active: bool | None = None
) -> None:
    """`definition` None makes it a list of those who are in it now. An inactive one keeps its members: nobody enters or leaves."""
    must_manage(by)
    before = (segment.definition, segment.is_active)
    segment.name = segment.name if name is None else _proper_name(name)
    if not isinstance(definition, EllipsisType):
        segment.definition = definition if definition is None else _checked(segment, definition)
    segment.is_active = segment.is_active if is_active is None else is_active
    _save(segment, update_fields=["name", "definition", "is_active"])
    if (segment.definition, segment.is_active) != before:
        _ask_everybody(segment)


@transaction.atomic
def delete_segment(segment: Segment, *, by: Agent | None) -> None:
    """Whoever was in it has left; that they were is kept (I1). Its name is free again."""
    must_manage(by)
    segment.deleted_at = timezone.now()
    segment.save(update_fields=["deleted_at"])
    segment.memberships.filter(until=None).update(until=segment.deleted_at)
    _ask_everybody(segment)


@transaction.atomic
def add_members(segment: Segment, customers: Iterable[Customer], *, by: Agent | None) -> int:
    """To a list only. Returns how many were not in it before."""
    _must_be_kept_by_hand(segment, by)
    added = 0
    for some in _survivors(customers):
        new = set(some) - set(segment.memberships.filter(until=None, customer__in=some).values_list("customer", flat=True))
        Membership.objects.bulk_create([Membership(segment=segment, customer_id=customer) for customer in sorted(new)], ignore_conflicts=True)
        _ask_again(segment, new)
        added += len(new)
    return added


@transaction.atomic
def remove_members(segment: Segment, customers: Iterable[Customer], *, by: Agent | None) -> int:
    """From a list only. Returns how many were in it."""
    _must_be_kept_by_hand(segment, by)
    removed = 0
    for some in _survivors(customers):
        removed += segment.memberships.filter(until=None, customer__in=some).update(until=timezone.now())
        _ask_again(segment, some)
    return removed


def must_manage(by: Agent | None) -> None:
    """NotForYou, unless it is somebody who may, or the machine."""
    if by is not None and not by.has_perm("customers.change_segment"):
        raise NotForYou(_("Only Owners, Admins and Managers can change this."))


def _must_be_kept_by_hand(segment: Segment, by: Agent | None) -> None:
    must_manage(by)
    if segment.definition is not None:
        raise SegmentError(_("“%(name)s” has a definition, which says who is in it. Only a list can be changed by hand.") % {"name": segment})
    if not segment.is_active:
        raise SegmentError(_("“%(name)s” is inactive: nobody enters or leaves.") % {"name": segment})


def _proper_name(name: str) -> str:
    name = one_line(name).strip()
    if not name:
        raise SegmentError(_("A segment needs a name."))
    if len(name) > 120:
        raise SegmentError(_("A segment's name has at most 120 characters."))
    return name


def _save(segment: Segment, **only: Any) -> None:
    try:
        with transaction.atomic():
            segment.save(**only)
    except IntegrityError:
        raise SegmentError(_("There is a segment named “%(name)s” already.") % {"name": segment}) from None


def _checked(segment: Segment, data: Any) -> dict[str, Any]:
    """The definition as it is kept. DefinitionError names the place of what a segment cannot ask."""
    definition = parse_definition(data)
    # Locked: two people must not refer to each other's segment at the same moment.
    others = {each.pk: each for each in Segment.objects.select_for_update(no_key=True).order_by("pk")}
    for path, condition in with_paths(definition):
        if isinstance(condition, TicketCondition):
            raise DefinitionError(f"{path}.type", "something about the customer; a segment cannot ask about tickets")
        if isinstance(condition, GroupCondition):
            _must_exist(condition, f"{path}.group_ids", others)
            _must_not_come_back(segment, condition, f"{path}.group_ids", others)
    return as_json(definition)


def _must_exist(condition: GroupCondition, path: str, others: dict[int, Segment]) -> None:
    unknown = [given for given in condition.group_ids if given not in set(map(str, others))]
    if unknown:
        raise DefinitionError(path, f"segments that exist; there is none with the ID “{unknown[0]}”")


def _must_not_come_back(segment: Segment, condition: GroupCondition, path: str, others: dict[int, Segment]) -> None:
    if segment.pk in others:  # nobody refers to a new one
        for number in sorted(numbers(condition) & {segment.pk, *reached_from(segment, others.values())}):
            raise DefinitionError(path, f"segments that do not refer back to this one, as “{others[number]}” does")


def _ask_everybody(segment: Segment) -> None:
    """Who is in it, and in those that refer to it, is to be asked of everybody: a row of ours says so, the job only hurries."""
    reached = reached_from(segment, Segment.objects.all())
    if segment.definition is not None or reached:
        Segment.objects.filter(pk__in={segment.pk, *reached}).update(changed_at=timezone.now())
        refresh_changed.enqueue()


def _ask_again(segment: Segment, customers: Iterable[int]) -> None:
    """They may enter or leave the segments that refer to this list."""
    if used_by(segment):
        Customer.objects.filter(pk__in=customers).update(changed_at=timezone.now())


def _survivors(customers: Iterable[Customer]) -> Iterator[set[int]]:
    """Their numbers, some at a time; a merged profile leads to the one it became."""
    for some in batched((customer.pk for customer in customers), _AT_ONCE, strict=False):
        found: set[int] = set(some)
        while became := dict(Customer.objects.filter(pk__in=found).exclude(merged_into=None).values_list("pk", "merged_into_id")):
            found = {became.get(customer, customer) for customer in found}
        yield found


@dataclass(frozen=True)
class Figures:
    """How many are in it; how many entered and left in the last days."""

    size: int = 0
    entered: int = 0
    left: int = 0


def figures(segments: Iterable[Segment], *, days: int = 7) -> dict[int, Figures]:
    """Of each segment, by its number, in one query."""
    start = timezone.now() - timedelta(days=days)
    asked = [segment.pk for segment in segments]
    counted = Membership.objects.filter(segment__in=asked).order_by().values_list("segment").annotate(**_counts(start))
    return dict.fromkeys(asked, Figures()) | {number: Figures(*counts) for number, *counts in counted}


def _counts(start: datetime) -> dict[str, Count]:
    return {
        "size": Count("pk", filter=Q(until=None)),
        "entered": Count("pk", filter=Q(since__gte=start)),
        "left": Count("pk", filter=Q(until__gte=start)),
    }


def segment_names() -> dict[str, str]:
    """By number, as definitions write it; for `wording`."""
    return {str(number): name for number, name in Segment.objects.values_list("pk", "name")}


def size(segment: Segment) -> int:
    return segment.memberships.filter(until=None).count()


def used_by(segment: Segment) -> list[Segment]:
    """The segments that refer to it, by name."""
    return [other for other in Segment.objects.filter(definition__isnull=False) if (named := definition_of(other)) and segment.pk in segments_named(named)]


def warnings(segment: Segment) -> list[str]:
    """What is wrong with the segments that it refers to, and with its own definition, in sentences for the user."""
    if segment.definition is None:
        return []
    definition = definition_of(segment)
    return [_("Its definition cannot be read: nobody enters or leaves.")] if definition is None else warnings_of(definition)


def warnings_of(definition: Definition) -> list[str]:
    """Of any definition, a rule's too: which segments that it asks about are missing, deleted, inactive or empty."""
    named = sorted(segments_named(definition))
    known = {each.pk: each for each in Segment.with_deleted.filter(pk__in=named)} if named else {}
    sizes = figures(known.values()) if known else {}
    found = [_wrong(number, known.get(number), sizes.get(number, Figures()).size) for number in named]
    return [sentence for sentence in found if sentence]


def unfit_segments(numbers: Collection[int]) -> dict[int, str]:
    """Of those, what makes the answer stale for good, in words: missing, deleted or inactive. An empty one may fill. One query."""
    known = {each.pk: each for each in Segment.with_deleted.filter(pk__in=numbers)} if numbers else {}
    found = {number: _wrong(number, known.get(number), 1) for number in numbers}
    return {number: words for number, words in found.items() if words}


def _wrong(number: int, segment: Segment | None, members: int) -> str:
    if segment is None:
        return _("There is no segment with the ID %(number)s.") % {"number": number}
    if segment.deleted_at:
        return _("The segment “%(name)s” was deleted: nobody is in it.") % {"name": segment}
    if not segment.is_active:
        return _("The segment “%(name)s” is inactive: nobody enters or leaves.") % {"name": segment}
    return "" if members else _("The segment “%(name)s” has no members.") % {"name": segment}
