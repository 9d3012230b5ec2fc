"""A set of rules, ready to be asked: the live one, an older version, or one that nobody has published."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from helpdesk.conditions.evaluate import Answers, Look, ask, compiled
from helpdesk.conditions.evaluate import Asked as Way
from helpdesk.conditions.grammar import (
    Condition,
    ConsentCondition,
    Definition,
    DefinitionError,
    GroupCondition,
    MetricCondition,
    PredictionCondition,
    PropertyCondition,
    RegionCondition,
    TicketCondition,
    parse_definition,
)
from helpdesk.customers.asking.context import Asked, asked_by
from routing.models import RuleSet

Written = dict[str, Any]  # a rule as `RuleSet.rules` has it: id, name, definition, team, view, goes_to


@dataclass(frozen=True)
class PlacedRule:
    """`number` counts from 1. `goes_to` is the name that its team or view had. One that cannot be read never matches, and says why."""

    id: int
    number: int
    name: str
    definition: Definition | DefinitionError
    team: int | None
    view: int | None
    goes_to: str

    @cached_property
    def holds(self) -> Callable[[Answers], bool]:
        return _never if isinstance(self.definition, DefinitionError) else compiled(self.definition)

    @property
    def conditions(self) -> Iterator[Condition]:
        if isinstance(self.definition, Definition):
            yield from (condition for group in self.definition.groups for condition in group.conditions)


def _never(_answers: Answers) -> bool:
    return False


@dataclass(frozen=True)
class Outcome:
    """`matched` in their order; `winner` is the first of them that names a team (C13)."""

    matched: tuple[PlacedRule, ...] = ()
    winner: PlacedRule | None = None


@dataclass(frozen=True)
class Rules:
    placed: tuple[PlacedRule, ...] = ()

    @classmethod
    def of(cls, written: Iterable[Written]) -> Rules:
        return cls(tuple(_placed(number, rule) for number, rule in enumerate(written, 1)))

    @cached_property
    def asked(self) -> Asked:
        return asked_by(rule.definition for rule in self.placed if isinstance(rule.definition, Definition))

    @cached_property
    def ask_what_was_said(self) -> bool:
        return any(isinstance(condition, TicketCondition) and condition.property == "body" for rule in self.placed for condition in rule.conditions)

    @cached_property
    def ways(self) -> dict[Condition, Way]:
        """How each condition is asked. Kept, since `ask` forgets what many others have asked meanwhile."""
        return {condition: ask(condition) for rule in self.placed for condition in rule.conditions}

    @cached_property
    def looks(self) -> list[list[Look]]:
        """Where answers about the customer come from, one entry for each different question, in the order they are first asked."""
        found: dict[Hashable, dict[Look, None]] = {}
        for condition, asked in self.ways.items():
            if (question := _question(condition)) is not None:
                found.setdefault(question, {})[asked.value] = None
        return [list(looks) for looks in found.values()]

    def outcome(self, answers: Answers) -> Outcome:
        return outcome_of(tuple(rule for rule in self.placed if rule.holds(answers)))


def outcome_of(matched: tuple[PlacedRule, ...], *, gone: Collection[int] = ()) -> Outcome:
    """`gone`: teams that were deleted; the next rule takes over."""
    return Outcome(matched, next((rule for rule in matched if rule.team and rule.team not in gone), None))


def _placed(number: int, rule: Written) -> PlacedRule:
    return PlacedRule(rule["id"], number, rule["name"], _read(rule["definition"]), rule["team"], rule["view"], rule["goes_to"])


def _read(definition: Any) -> Definition | DefinitionError:
    try:
        return parse_definition(definition)
    except DefinitionError as error:
        return error


def _question(condition: Condition) -> Hashable | None:
    """None for what is asked of the ticket."""
    match condition:
        case TicketCondition():
            return None
        case MetricCondition():
            return condition.metric, condition.measurement, condition.timeframe, condition.metric_filters
        case PropertyCondition(property=name) | PredictionCondition(dimension=name):
            return name
        case RegionCondition():
            return "country"
        case ConsentCondition():
            return f"{condition.channel}_consent"
        case GroupCondition():
            return condition.group_ids


def digest_of(written: list[Written]) -> str:
    return hashlib.sha256(json.dumps(written, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Version:
    """A published set; `id` None before anything was published."""

    id: int | None
    rules: Rules


def live() -> Version:
    """One query: a set is read and compiled once for each version."""
    latest = RuleSet.objects.order_by("-number").values_list("pk", "digest").first()
    return Version(latest[0], rules_of(*latest)) if latest else Version(None, Rules())


def rules_of(rule_set_id: int, digest: str) -> Rules:
    return _compiled(_Key(digest, rule_set_id))


@dataclass(frozen=True)
class _Key:
    """What a set holds, not which row it is, says which one it is."""

    digest: str
    row: int

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.digest == other.digest


@lru_cache(maxsize=50)
def _compiled(key: _Key) -> Rules:
    return Rules.of(RuleSet.objects.values_list("rules", flat=True).get(pk=key.row))


def live_contents() -> list[Written]:
    """As they are written, in their order."""
    return RuleSet.objects.order_by("-number").values_list("rules", flat=True).first() or []
