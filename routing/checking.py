"""What a manager should know about a set of rules before it is live (I3): what their logic tells, and what the desk does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import get_language

from helpdesk.conditions.grammar import Definition
from helpdesk.customers.definitions import segments_named
from helpdesk.customers.predictions.bands import Bands, churn_bands
from helpdesk.customers.segments import segment_names
from routing.checker import findings as checker
from routing.checker.checking import check_rules
from routing.checker.desk import check_desk
from routing.checker.findings import CheckedRule
from routing.rule_set import Rules, Written

WORTH_KEEPING = 1.0  # seconds: whoever waits less is typing, and asks about something else next


@dataclass(frozen=True)
class Finding:
    """About one rule, in words for a manager. `by`: the rules that are to blame, its witness. `kind` as in `routing.checker.findings.Kind`."""

    kind: str
    rule: int
    words: str
    by: tuple[int, ...] = ()

    @property
    def is_note(self) -> bool:
        """Nothing is wrong with it: rules above others take some of their tickets, as order is for."""
        return self.kind == checker.Kind.PARTLY_SHADOWED


def findings(contents: list[Written], *, seconds: float = 3.0) -> list[Finding]:
    """In the order of the rules. What cannot be decided within `seconds` is not found."""
    rules = _checked(contents)
    names = json.dumps(segment_names()) if any(segments_named(rule.definition) for rule in rules) else "null"
    look = _by_logic if seconds >= WORTH_KEEPING else _by_logic.__wrapped__
    this_hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    told = [*look(json.dumps(contents, sort_keys=True), names, churn_bands(), seconds, get_language() or "", this_hour), *map(_told, check_desk(rules))]
    place = {rule.key: at for at, rule in enumerate(rules)}
    return sorted(told, key=lambda finding: place[finding.rule])


def desk_findings(contents: list[Written]) -> list[Finding]:
    """Without the logic: in two queries."""
    return list(map(_told, check_desk(_checked(contents))))


@lru_cache(maxsize=50)
def _by_logic(contents: str, names: str, bands: Bands, seconds: float, _language: str, this_hour: datetime) -> tuple[Finding, ...]:
    """The same rules are looked at again and again, by each page; what could not be decided in time is tried again after an hour."""
    rules = _checked(json.loads(contents))
    return tuple(map(_told, check_rules(rules, bands, names=json.loads(names), seconds=seconds, examples_at=this_hour)))


def _checked(contents: list[Written]) -> list[CheckedRule]:
    """One that cannot be read is for `publication.obstacles`. A view that is only named so far is called by its name."""
    return [
        CheckedRule(rule.id, rule.name, rule.definition, rule.team, None if rule.team else rule.view or rule.goes_to)
        for rule in Rules.of(contents).placed
        if isinstance(rule.definition, Definition)
    ]


def _told(found: checker.Found) -> Finding:
    return Finding(str(found.kind), int(str(found.key)), found.words, tuple(int(str(key)) for key in found.by))
