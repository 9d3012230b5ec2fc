"""What a segment's definition says: of whom it asks, whom else it names, and whether time alone can change the answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter

from agents.text import number_in
from helpdesk.conditions.base import Filter
from helpdesk.conditions.dates import Date, Timeframe
from helpdesk.conditions.grammar import (
    Condition,
    Definition,
    DefinitionError,
    GroupCondition,
    MetricCondition,
    PredictionCondition,
    PropertyCondition,
    parse_definition,
)
from helpdesk.customers.models import Segment

_FIXED = ("alltime", "before", "after", "between-static", "calendar-month")


def definition_of(segment: Segment) -> Definition | None:
    """None of a static list, and of what cannot be read: then nobody enters or leaves."""
    return None if segment.definition is None else _parsed(json.dumps(segment.definition))


@lru_cache(maxsize=1_000)
def _parsed(text: str) -> Definition | None:
    try:
        return parse_definition(json.loads(text))
    except DefinitionError:
        return None


def with_paths(definition: Definition) -> Iterator[tuple[str, Condition]]:
    """Each condition, with the place where it stands."""
    for i, group in enumerate(definition.groups):
        for j, condition in enumerate(group.conditions):
            yield f"condition_groups[{i}].conditions[{j}]", condition


def segments_named(definition: Definition) -> set[int]:
    """The segments that it asks about, whether or not there are such."""
    return {number for _path, condition in with_paths(definition) if isinstance(condition, GroupCondition) for number in numbers(condition)}


def numbers(condition: GroupCondition) -> set[int]:
    """A segment is named by its number as it is usually written, and by nothing else."""
    return {number for text in condition.group_ids if (number := number_in(text)) and text == str(number)}


def moves_with_time(definition: Definition) -> bool:
    """Whether somebody can enter or leave though nothing happens, as with “in the last 2 hours” and anniversaries."""
    return any(_moves(test) for _path, condition in with_paths(definition) for test in _filters(condition))


def _filters(condition: Condition) -> Iterator[Filter]:
    match condition:
        case MetricCondition():
            yield condition.timeframe
            yield from (each.filter for each in condition.metric_filters)
        case PropertyCondition() | PredictionCondition():
            yield condition.filter


def _moves(test: Filter) -> bool:
    return isinstance(test, (Date, Timeframe)) and test.operator not in _FIXED


def in_order(segments: Iterable[Segment]) -> list[tuple[Segment, Definition]]:
    """Those with a definition that can be read, each after those that it refers to."""
    known = {segment.pk: (segment, definition) for segment in segments if (definition := definition_of(segment))}
    refers_to = {number: segments_named(definition) for number, (_segment, definition) in known.items()}
    try:
        return [known[number] for number in TopologicalSorter(refers_to).static_order() if number in known]
    except CycleError:  # nobody can save one; whoever wrote it into the database gets members all the same
        return list(known.values())


def reached_from(segment: Segment, segments: Iterable[Segment]) -> set[int]:
    """The segments whose members depend on this one's, directly or through others."""
    reached = {segment.pk}
    for other, definition in in_order(segments):
        if segments_named(definition) & reached:
            reached.add(other.pk)
    return reached - {segment.pk}
