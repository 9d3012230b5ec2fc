"""What would be different in the next set of rules, or was in an older one, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from helpdesk.conditions.wording import Phrases
from helpdesk.customers.segments import segment_names
from helpdesk.inbox.rules.lines import said
from helpdesk.inbox.rules.tests import Card, tests_in
from routing.checker.findings import Kind
from routing.checking import Finding, findings
from routing.publication import Change, Obstacle, changes, draft, fingerprint, obstacles
from routing.rule_set import Written, live_contents
from routing.rule_tests.results import results


@dataclass(frozen=True)
class Side:
    """A rule before or after. `words` are those of its conditions, of the kind "changed" where the other side does not have it."""

    name: str
    words: Phrases
    goes_to: str
    goes_elsewhere: bool = False  # than the other side


@dataclass(frozen=True)
class ChangeLine:
    """`is_in`: it would be published. `moves`: its place would, though its change waits. `above`: the names of what stood and stands above it."""

    change: Change
    before: Side | None
    after: Side | None
    is_in: bool
    moves: bool
    above: tuple[str, str]

    @property
    def can_wait(self) -> bool:
        """All places go live together."""
        return self.change.kind != "moved"

    @property
    def verb(self) -> str:
        verbs = {"added": _("Added"), "changed": _("Changed"), "moved": _("Moved"), "removed": _("Removed")}
        return verbs[self.change.kind]


def change_lines(contents: list[Written], *, since: list[Written], left_out: Collection[int] = (), moved: Collection[int] = ()) -> list[ChangeLine]:
    """What is different in `contents`. Of the rules in `left_out` the change waits, but not the place of those that have `moved`."""
    names, lines = segment_names(), []
    for change in changes(contents, since=since):
        number, is_move = change.rule["id"], change.kind == "moved"
        sides = _side(change.before, change.after, names), _side(change.after, change.before, names)
        above = _above(number, since), _above(number, contents)
        lines.append(ChangeLine(change, *sides, is_move or number not in left_out, number in moved and number in left_out, above))
    return lines


def _above(number: int, contents: list[Written]) -> str:
    """ "" for the first, and for one that is not there."""
    return next((upper["name"] for upper, rule in pairwise(contents) if rule["id"] == number), "")


def _side(rule: Written | None, other: Written | None, names: Mapping[str, str]) -> Side | None:
    if rule is None:
        return None
    words = said(rule["definition"], names)
    if other is None:
        return Side(rule["name"], words, rule["goes_to"])
    theirs = {text for kind, text in said(other["definition"], names) if kind == "condition"}
    marked = [("changed" if kind == "condition" and text not in theirs else kind, text) for kind, text in words]
    return Side(rule["name"], marked, rule["goes_to"], goes_elsewhere=_destination(rule) != _destination(other))


def _destination(rule: Written) -> Any:
    return rule["team"], rule["view"], rule["goes_to"]


@dataclass
class Review:
    """What would be published, and what is to be known about it before. `seen` is its fingerprint, `ticked` which changes are in it."""

    lines: list[ChangeLine]
    is_nothing: bool
    seen: str
    obstacles: list[Obstacle]
    tests: Card
    findings: list[tuple[Written, Finding]]

    @property
    def faults(self) -> list[tuple[Written, Finding]]:
        return [(rule, finding) for rule, finding in self.findings if not finding.is_note]

    @property
    def notes(self) -> list[tuple[Written, Finding]]:
        return [(rule, finding) for rule, finding in self.findings if finding.is_note]

    @property
    def ticked(self) -> str:
        return as_text(line.change.rule["id"] for line in self.lines if line.is_in and line.can_wait)


def as_text(numbers: Iterable[int]) -> str:
    return " ".join(map(str, sorted(numbers)))


def review(*, left_out: Collection[int]) -> Review:
    contents, live = draft(leave_out=left_out), live_contents()
    moved = {change.rule["id"] for change in changes(contents, since=live) if change.kind == "moved"}
    lines = change_lines(draft(), since=live, left_out=left_out, moved=moved)
    rules, tested = {rule["id"]: rule for rule in contents}, results(contents)
    hindering = obstacles(contents, tested=tested)
    found = [(rules[each.rule], each) for each in findings(contents) if each.kind != Kind.INACTIVE_SEGMENT]  # that is an obstacle
    return Review(lines, contents == live, fingerprint(contents), hindering, tests_in(tested), found)


def changed_rules() -> set[int]:
    """Of which the change can be published or left for later."""
    return {change.rule["id"] for change in changes(draft()) if change.kind != "moved"}


@dataclass(frozen=True)
class PlacedWords:
    number: int
    rule: Written
    words: Phrases


def in_words(contents: list[Written]) -> list[PlacedWords]:
    names = segment_names()
    return [PlacedWords(number, rule, said(rule["definition"], names)) for number, rule in enumerate(contents, 1)]
