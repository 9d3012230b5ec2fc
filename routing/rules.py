"""Writing rules: drafts, until somebody publishes them (`routing.publication`). R3 and C2 say who may do what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agents.models import Agent, Team
from agents.people import NotForYou
from agents.text import one_line
from helpdesk.conditions.grammar import as_json, parse_definition
from helpdesk.tickets.models import SavedView
from routing.models import Destination, Rule
from routing.rule_set import Written, live_contents


class RuleError(ValueError):
    """Why it cannot be done, in words for the user."""


@dataclass(frozen=True)
class To:
    """One of them: a team, a view, or the name of a view that is made when the rule is published."""

    team: Team | None = None
    view: SavedView | None = None
    new_view: str = ""


@transaction.atomic
def create_rule(name: str, definition: Any, *, to: To, by: Agent | None) -> Rule:
    """The last one. Who may not publish drafts one that is off (C2). RuleError, DefinitionError, NotForYou. `by` None is the machine."""
    must_draft(by)
    rule = Rule(name=_proper_name(name), by=by, is_active=may_publish(by), position=_last() + 1)
    rule.definition = as_json(parse_definition(definition))
    _point(rule, to)
    _save(rule)
    return rule


@transaction.atomic
def change_rule(rule: Rule, *, by: Agent | None, name: str | None = None, definition: Any = None, to: To | None = None) -> None:
    _hold(rule)
    must_write(rule, by)
    rule.name = rule.name if name is None else _proper_name(name)
    rule.definition = rule.definition if definition is None else as_json(parse_definition(definition))
    if to is not None:
        _point(rule, to)
    _save(rule)


@transaction.atomic
def copy_rule(rule: Rule, *, by: Agent) -> Rule:
    """Off, so that it is not published before somebody has made it another."""
    must_draft(by)
    copy = Rule(definition=rule.definition, destination=rule.destination, team=rule.team, view=rule.view, new_view=rule.new_view)
    copy.name, copy.by, copy.is_active, copy.position = free_name(rule.name), by, False, _last() + 1
    _save(copy)
    return copy


@transaction.atomic
def switch_rule(rule: Rule, *, is_active: bool, by: Agent | None) -> None:
    """One that is off is left out when the rules are published."""
    must_publish(by)
    _hold(rule)
    rule.is_active = is_active
    rule.save(update_fields=["is_active", "changed_at"])


@transaction.atomic
def order_rules(numbers: Sequence[int], *, by: Agent | None) -> None:
    """As they are named; those that are not named stay behind those that are, as they were."""
    must_publish(by)
    rules = sorted(hold_all(), key=lambda rule: rule.position)
    place = {number: at for at, number in enumerate(dict.fromkeys(numbers))}
    for position, rule in enumerate(sorted(rules, key=lambda rule: place.get(rule.pk, len(place))), 1):
        if rule.position != position:
            Rule.objects.filter(pk=rule.pk).update(position=position)


@transaction.atomic
def delete_rule(rule: Rule, *, by: Agent | None) -> None:
    """A live one goes when the rules are published, and can be kept until then."""
    _hold(rule)
    must_write(rule, by)
    if live_version_of(rule) is None:
        rule.delete()
    else:
        rule.is_deleted = True
        rule.save(update_fields=["is_deleted", "changed_at"])


@transaction.atomic
def discard_changes(rule: Rule, *, by: Agent | None) -> None:
    """The rule as it is live. RuleError for one that never was."""
    must_publish(by)
    _hold(rule)
    written = live_version_of(rule)
    if written is None:
        raise RuleError(_("“%(name)s” was never published: there is nothing to go back to.") % {"name": rule})
    take_over(rule, written)


def hold_all() -> list[Rule]:
    """All of them, by number: nobody else changes or publishes any until commit."""
    return list(Rule.objects.select_for_update().order_by("pk"))


def take_over(rule: Rule, written: Written) -> None:
    """Makes the draft what a published set says of it. A team or a view that is gone leaves it without one."""
    rule.name, rule.definition, rule.is_active, rule.is_deleted = _name_for(rule, written["name"]), written["definition"], True, False
    rule.destination = Destination.TEAM if written["team"] else Destination.VIEW
    rule.team = Team.objects.filter(pk=written["team"]).first()
    rule.view, rule.new_view = SavedView.objects.filter(pk=written["view"]).first(), ""
    rule.save()


def rule_now(number: int) -> Rule:
    """RuleError where there is none any more."""
    rule = Rule.objects.select_related("team", "view", "by").filter(pk=number).first()
    if rule is None:
        raise RuleError(_("This rule is not there any more: somebody has deleted it."))
    return rule


def live_version_of(rule: Rule) -> Written | None:
    return next((written for written in live_contents() if written["id"] == rule.pk), None)


def may_publish(by: Agent | None) -> bool:
    """R3: Owner, Admin, Manager; or the machine."""
    return by is None or by.has_perm("routing.change_rule")


def may_write(rule: Rule, by: Agent | None) -> bool:
    """Who may publish, every rule; others who answer, their own drafts as long as nobody has switched them on (C2)."""
    return may_publish(by) or (by is not None and by.can_answer and rule.by == by and not rule.is_active and live_version_of(rule) is None)


def must_publish(by: Agent | None) -> None:
    """NotForYou."""
    if not may_publish(by):
        raise NotForYou(_("Only Owners, Admins and Managers can publish rules, order them and switch them on and off."))


def must_draft(by: Agent | None) -> None:
    if by is not None and not by.can_answer and not may_publish(by):
        raise NotForYou(_("Only people who answer tickets can draft rules."))


def must_write(rule: Rule, by: Agent | None) -> None:
    if not may_write(rule, by):
        raise NotForYou(_("You can change your own drafts. Copy this rule to draft another."))


def _hold(rule: Rule) -> None:
    """As it is now; nobody else changes it until commit. What was loaded before may be old."""
    if Rule.objects.select_for_update().filter(pk=rule.pk).values_list("pk").first() is None:
        raise RuleError(_("“%(name)s” was deleted meanwhile.") % {"name": rule})
    rule.refresh_from_db()


def _proper_name(name: str) -> str:
    name = one_line(name).strip()
    if not name:
        raise RuleError(_("A rule needs a name."))
    if len(name) > 120:
        raise RuleError(_("A rule's name has at most 120 characters."))
    return name


def _point(rule: Rule, to: To) -> None:
    rule.team, rule.view, rule.new_view = to.team, to.view, one_line(to.new_view).strip()
    rule.destination = Destination.TEAM if to.team else Destination.VIEW
    if rule.is_homeless:
        raise RuleError(_("Choose where the tickets go."))
    if len(rule.new_view) > 80:
        raise RuleError(_("A view's name has at most 80 characters."))


def _last() -> int:
    return int(Rule.objects.aggregate(last=Max("position", default=0))["last"])


def free_name(name: str) -> str:
    """“Copy of VIP”, “Copy 2 of VIP” …"""
    for number in range(1, 10_000):
        free = (_("Copy of %(name)s") if number == 1 else _("Copy %(number)d of %(name)s")) % {"number": number, "name": name}
        if not Rule.objects.filter(name=free[:120]).exists():
            return free[:120]
    raise RuleError(_("There are too many copies of this rule."))


def _name_for(rule: Rule, name: str) -> str:
    """Another draft may have taken the name since."""
    return name if not Rule.objects.filter(name=name).exclude(pk=rule.pk).exists() else free_name(name)


def _save(rule: Rule) -> None:
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError:
        raise RuleError(_("There is a rule named “%(name)s” already.") % {"name": rule.name}) from None
