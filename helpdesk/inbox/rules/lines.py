"""What the pages about rules show: each in words, and how it stands to what is live."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from agents.models import Agent
from helpdesk.conditions.grammar import Definition, DefinitionError, parse_definition
from helpdesk.conditions.wording import Phrases, phrases
from helpdesk.customers.segments import segment_names
from routing.checking import Finding, findings
from routing.examples import EXAMPLES, Example
from routing.models import Rule, RuleSet
from routing.publication import changes, draft
from routing.rule_set import Written, live_contents
from routing.rules import may_publish
from routing.standing import Standing, by_number, standing

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class State:
    """`tone` of its pill."""

    words: _StrPromise
    tone: str = ""


STATES: dict[Standing, State] = {
    "going": State(gettext_lazy("Goes when published"), "warning"),
    "off": State(gettext_lazy("Off")),
    "draft": State(gettext_lazy("Draft, not live"), "warning"),
    "changed": State(gettext_lazy("Changed, not live yet"), "warning"),
    "live": State(pgettext_lazy("a rule", "Live"), "success"),
}


@dataclass(frozen=True)
class RuleLine:
    """`number`: its place among those that are on, as findings and decisions call it."""

    number: int | None
    rule: Rule
    state: State
    said: Phrases
    findings: list[Finding]
    may_write: bool


@dataclass(frozen=True)
class RuleList:
    """`version` is the one that is live; `changes` counts what would be different in the next."""

    lines: list[RuleLine]
    changes: int
    examples: list[Example]
    version: RuleSet | None


def rule_list(reader: Agent) -> RuleList:
    """Every rule in its order."""
    rules, contents, published = list(Rule.objects.select_related("team", "view", "by")), draft(), live_contents()
    names, found, written, live = segment_names(), findings(contents), by_number(contents), by_number(published)
    place = {number: at for at, number in enumerate(written, 1)}
    lines = [
        RuleLine(
            place.get(rule.pk), rule, STATES[standing(rule.pk, written, live)], said(rule.definition, names), about(rule, found), _may_write(rule, reader, live)
        )
        for rule in rules
    ]
    there = {rule.name for rule in rules}
    examples = [example for example in EXAMPLES if example.name not in there]
    return RuleList(lines, len(changes(contents, since=published)), examples, live_version())


def _may_write(rule: Rule, reader: Agent, live: Collection[int]) -> bool:
    """As `routing.rules.may_write`, of many."""
    return may_publish(reader) or (rule.by == reader and not rule.is_active and rule.pk not in live)


def live_version() -> RuleSet | None:
    return RuleSet.objects.select_related("by").defer("rules").first()


def about(rule: Rule, found: list[Finding]) -> list[Finding]:
    return [each for each in found if each.rule == rule.pk]


def said(definition: Any, names: Mapping[str, str]) -> Phrases:
    """As `wording.phrases`; one of the kind "problem" where it cannot be read. `names`: of segments."""
    try:
        return phrases(parse_definition(definition), names)
    except DefinitionError as error:
        return [("problem", str(error))]


def sentence(definition: Definition | None, to: Written) -> str:
    """What a rule says, as escaped HTML; "" as long as it is not complete. `to`: "goes_to" and "team" of the rule as it is written."""
    if definition is None or not to["goes_to"]:
        return ""
    words = _("When {conditions}, assign it to <b>{name}</b>.") if to["team"] else _("When {conditions}, save it to the view <b>{name}</b>.")
    return format_html(words, conditions=_marked(phrases(definition, segment_names())), name=to["goes_to"])


def _marked(words: Phrases) -> str:
    return format_html_join("", "{}", ((format_html("<b>{}</b>", text) if kind == "condition" else text,) for kind, text in words))
