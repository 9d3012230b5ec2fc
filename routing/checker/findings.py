"""What the checker is given, and what it says (I3)."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum

from helpdesk.conditions.grammar import Definition


class Kind(StrEnum):
    """The first four leave a rule without a ticket, or without a reason to be; of these a rule has at most one."""

    CONTRADICTORY = "contradictory"  # no ticket can match
    DUPLICATE = "duplicate"  # an earlier rule matches the same tickets and has the same destination
    SHADOWED = "shadowed"  # one earlier team rule takes every ticket that matches
    UNREACHABLE = "unreachable"  # several earlier team rules do, together
    PARTLY_SHADOWED = "partly_shadowed"  # an earlier rule of another team takes some of them
    EMPTY_TEAM = "empty_team"  # nobody in it can be given tickets
    INACTIVE_SEGMENT = "inactive_segment"  # inactive, deleted, or there never was one
    UNKNOWN_NAME = "unknown_name"  # no team, or nobody, is called as it asks


@dataclass(frozen=True)
class CheckedRule:
    """`key` is what its owner calls it by. It has a team or a view: a number, or any other value that tells it from others."""

    key: Hashable
    name: str
    definition: Definition
    team: int | None = None
    view: Hashable = None

    @property
    def destination(self) -> tuple[Hashable, Hashable]:
        return self.team, self.view


@dataclass(frozen=True)
class Found:
    """Of the rule `key`; `by` are the rules that make it so. `witness` shows why; `words` is a sentence for whoever manages the rules."""

    kind: Kind
    key: Hashable
    by: tuple[Hashable, ...]
    witness: str
    words: str


@dataclass(frozen=True)
class Verdict:
    """A finding before it has words: rules are called by their places.

    `shown`: of a contradiction the conditions that exclude each other; of a ticket that two rules match, what is true of it.
    """

    kind: Kind
    place: int
    by: tuple[int, ...] = ()
    shown: Definition | None = None
