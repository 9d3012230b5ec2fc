"""Many definitions asked of one subject, as a version's rules are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from helpdesk.conditions.evaluate import Answers, Subject, compiled
from helpdesk.conditions.grammar import Definition


def compile_all(definitions: Iterable[Definition]) -> Callable[[Subject, datetime], list[bool]]:
    """What several of them ask is looked up once. Results in their order."""
    each = [compiled(definition) for definition in definitions]

    def matches(subject: Subject, now: datetime) -> list[bool]:
        answers = Answers(subject, now)
        return [holds(answers) for holds in each]

    return matches
