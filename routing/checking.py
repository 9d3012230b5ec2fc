"""What a manager should know about a set of rules before it is live (I3)."""

from __future__ import annotations

from dataclasses import dataclass

from routing.rule_set import Written


@dataclass(frozen=True)
class Finding:
    """About one rule, in words for a manager. `by`: the rules that are to blame, its witness. `kind` as in `routing.checker`."""

    kind: str
    rule: int
    words: str
    by: tuple[int, ...] = ()


def findings(contents: list[Written]) -> list[Finding]:
    return []
