"""What the pages about rules show: each in words, and how it stands to what is live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

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


@dataclass(frozen=True)
class State:
    """`tone` of its pill."""

    words: str
    tone: str = ""


@dataclass(frozen=True)
class RuleLine:
    number: int
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
    rules, written, live = list(Rule.objects.select_related("team", "view", "by")), draft(), live_contents()
    names, found = segment_names(), findings(written)
    lines = [
        RuleLine(number, rule, state(rule, written, live), said(rule.definition, names), about(rule, found), _may_write(rule, reader, live))
        for number, rule in enumerate(rules, 1)
    ]
    there = {rule.name for rule in rules}
    examples = [example for example in EXAMPLES if example.name not in there]
    return RuleList(lines, len(changes(written, since=live)), examples, live_version())


def _may_write(rule: Rule, reader: Agent, live: list[Written]) -> bool:
    """As `routing.rules.may_write`, of many."""
    return may_publish(reader) or (rule.by == reader and not rule.is_active and all(each["id"] != rule.pk for each in live))


def live_version() -> RuleSet | None:
    return RuleSet.objects.select_related("by").defer("rules").first()


def state(rule: Rule, written: list[Written], live: list[Written]) -> State:
    """`written`: the draft set."""
    now, soon = (next((each for each in contents if each["id"] == rule.pk), None) for contents in (live, written))
    if now and not soon:
        return State(_("Goes when published"), "warning")
    if not soon:
        return State(_("Off"))
    if not now:
        return State(_("Draft, not live"), "warning")
    return State(pgettext("a rule", "Live"), "success") if now == soon else State(_("Changed, not live yet"), "warning")


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
