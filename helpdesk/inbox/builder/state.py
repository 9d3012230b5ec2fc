"""What the form says now: groups of rows, read from what was posted, changed by one button at a time, and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from helpdesk.conditions.grammar import LIMIT, Definition, DefinitionError, MetricCondition, as_json, parse_definition
from helpdesk.inbox.builder import conditions
from helpdesk.inbox.builder.filters import JSON, Row
from helpdesk.inbox.builder.settling import new_row, settled

_FIELD = re.compile(r"(\d{1,3})-(\d{1,3})-(?:w(\d{1,3})-)?(?!where$)([a-z]+)")
_PLACE = re.compile(r"condition_groups\[(\d+)\]\.conditions\[(\d+)\]\.?(.*)")
_MOST_FIELDS = 5_000


@dataclass
class Builder:
    """`groups` of rows. `about_tickets`: whether a condition may ask about the ticket. `focus`: the id of what a keyboard goes on from."""

    groups: list[list[Row]]
    about_tickets: bool = False
    focus: str = ""
    problems: dict[tuple[int, int], DefinitionError] = field(default_factory=dict)
    problem: str = ""

    @classmethod
    def of(cls, definition: JSON, *, about_tickets: bool = False) -> Builder:
        """`definition` as the grammar writes it. DefinitionError for one that cannot be read."""
        known = as_json(parse_definition(definition))
        groups = [[settled(conditions.as_row(condition)) for condition in group["conditions"]] for group in known["condition_groups"]]
        return cls(groups, about_tickets)

    @classmethod
    def empty(cls, *, about_tickets: bool = False) -> Builder:
        return cls([[new_row(MetricCondition.type)]], about_tickets)

    @classmethod
    def posted(cls, data: QueryDict, *, about_tickets: bool = False) -> Builder:
        """Whatever was posted becomes a form that can be shown."""
        rows: dict[int, dict[int, Row]] = {}
        for name in list(data)[:_MOST_FIELDS]:
            if match := _FIELD.fullmatch(name):
                group, place, where, field_name = match.groups()
                row = rows.setdefault(int(group), {}).setdefault(int(place), {"where": {}})
                target = row if where is None else row["where"].setdefault(int(where), {})
                target[field_name] = data.getlist(name) if field_name == "values" else data[name]
        groups = [[settled(_in_order(group[place])) for place in sorted(group)] for _number, group in sorted(rows.items())]
        return cls(groups, about_tickets) if groups else cls.empty(about_tickets=about_tickets)

    @property
    def json(self) -> JSON:
        return {"condition_groups": [{"conditions": [conditions.as_json(row) for row in group]} for group in self.groups]}

    def checked(self) -> Definition | None:
        """The definition; or None, and every condition that is not complete has its problem."""
        for number, group in enumerate(self.groups):
            for place, row in enumerate(group):
                try:
                    parse_definition({"condition_groups": [{"conditions": [conditions.as_json(row)]}]})
                except DefinitionError as error:
                    self.problems[number, place] = error
        if sum(map(len, self.groups)) > LIMIT:
            self.problem = _("That is more than %(limit)s conditions.") % {"limit": LIMIT}
        return None if self.problems or self.problem else parse_definition(self.json)

    def refused(self, error: DefinitionError) -> None:
        """Puts what somebody else said about the definition beside the condition that it is about."""
        if found := _PLACE.match(error.path):
            self.problems[int(found[1]), int(found[2])] = error
        else:
            self.problem = str(error)

    def act(self, do: str) -> None:
        """What a button says: and, or-0, where-0-1, remove-0-1, unwhere-0-1-2, drop-0-1-2, drop-0-1-w0-2. What is not there any more stays so."""
        name, *rest = do.split("-")
        if name in _ACTIONS and all(re.fullmatch(r"w?\d{1,3}", part) for part in rest):
            try:
                _ACTIONS[name](self, *rest)
            except (LookupError, TypeError, ValueError):  # a place of a form that is older than this one
                return

    def _and(self) -> None:
        self.groups.append([new_row(self.groups[-1][-1]["kind"])])
        self.focus = f"{len(self.groups) - 1}-0-kind"

    def _or(self, group: str) -> None:
        self.groups[int(group)].append(new_row(self.groups[int(group)][-1]["kind"]))
        self.focus = f"{group}-{len(self.groups[int(group)]) - 1}-kind"

    def _remove(self, group: str, place: str) -> None:
        del self.groups[int(group)][int(place)]
        self.groups = [group for group in self.groups if group] or Builder.empty().groups
        near = min(int(group), len(self.groups) - 1)
        self.focus = f"{near}-{min(int(place), len(self.groups[near]) - 1)}-kind"

    def _where(self, group: str, place: str) -> None:
        wheres = self.groups[int(group)][int(place)]["where"]
        wheres.append(settled({"property": ""}))
        self.focus = f"{group}-{place}-w{len(wheres) - 1}-property"

    def _unwhere(self, group: str, place: str, where: str) -> None:
        del self.groups[int(group)][int(place)]["where"][int(where)]
        self.focus = f"{group}-{place}-often"

    def _drop(self, group: str, place: str, *entry: str) -> None:
        row, prefix = self.groups[int(group)][int(place)], f"{group}-{place}"
        if len(entry) > 1:
            row, prefix = row["where"][int(entry[0].removeprefix("w"))], f"{prefix}-{entry[0]}"
        del row["values"][int(entry[-1])]
        self.focus = f"{prefix}-add"


_ACTIONS: Mapping[str, Any] = {
    "and": Builder._and,
    "or": Builder._or,
    "remove": Builder._remove,
    "where": Builder._where,
    "unwhere": Builder._unwhere,
    "drop": Builder._drop,
}


def _in_order(row: Row) -> Row:
    """A condition has a kind; what says which events count has none."""
    wheres = [settled({name: value for name, value in where.items() if name != "kind"}) for _number, where in sorted(row["where"].items())]
    return {"kind": MetricCondition.type} | row | {"where": wheres}
