"""What rules hold on to: the team, the view or the segment that one of them names is not deleted under it (R4), nor what they know by name renamed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import Agent, Team
from helpdesk.conditions.grammar import DefinitionError, TicketCondition, parse_definition
from helpdesk.customers import segments
from helpdesk.customers.definitions import segments_named
from helpdesk.customers.models import Segment
from helpdesk.tickets.models import SavedView, Tag
from routing.models import Rule, RuleTest
from routing.publication import written
from routing.rule_set import Written, live_contents
from routing.rules import hold_all

Named = Team | Agent | Tag
_FIELDS: dict[type[Named], str] = {Team: "team", Agent: "assignee", Tag: "tags"}  # that conditions know them by


@transaction.atomic
def delete_segment(segment: Segment, *, by: Agent | None) -> None:
    """As `customers.segments.delete_segment`; SegmentError also where a rule asks about it."""
    segments.must_manage(by)
    hold_all()  # nobody publishes a rule about it meanwhile
    if reason := why_segment_is_kept(segment):
        raise segments.SegmentError(reason)
    segments.delete_segment(segment, by=by)


def why_segment_is_kept(segment: Segment) -> str:
    """ "" or, in words, why it cannot be deleted."""
    words = _("“%(name)s” cannot be deleted: %(rules)s asks about it. Change or delete that first.")
    return _in_words(words, segment, rules_about(segment))


def why_kept(destination: Team | SavedView) -> str:
    """The same of a team or a view. A rule test remembers the name of a team that is gone; a view that it expects stays."""
    words = _("%(name)s cannot be deleted: tickets are sent here by %(rules)s. Change or delete that first.")
    return _in_words(words, destination, rules_to(destination)) or _why_tested(destination)


def why_name_is_kept(named: Named, new: str) -> str:
    """ "" or, in words, which conditions that know it by its name would answer otherwise for the new one."""

    def differs(definition: Any) -> bool:
        return any(_differs(condition, named.name, new, now) for condition in _about(_FIELDS[type(named)], definition))

    now = timezone.now()
    rules = [_("rule “%(name)s”") % {"name": name} for name in _rules(lambda rule: differs(rule["definition"])).values()]
    written = SavedView.objects.filter(definition__isnull=False).select_related("owner").order_by("pk")
    views = [_named(view) for view in written if differs(view.definition)]
    words = _("Conditions ask for “%(name)s” and would answer otherwise for “%(new)s”: %(uses)s. Let them ask for both names first.")
    return words % {"name": named.name, "new": new, "uses": ", ".join(uses)} if (uses := [*rules, *views]) else ""


def _differs(condition: TicketCondition, old: str, new: str, now: datetime) -> bool:
    if condition.property != "tags":
        return condition.filter.matches(old, now) != condition.filter.matches(new, now)
    wanted = getattr(condition.filter, "value", ())
    others = [tag for tag in wanted if tag != old] if isinstance(wanted, tuple) else []  # a ticket can have all of them
    return any(condition.filter.matches([*beside, old], now) != condition.filter.matches([*beside, new], now) for beside in ([], others))


def _about(field: str, definition: Any) -> list[TicketCondition]:
    try:
        conditions = [condition for group in parse_definition(definition).groups for condition in group.conditions]
    except DefinitionError:
        return []
    return [condition for condition in conditions if isinstance(condition, TicketCondition) and condition.property == field]


def _named(view: SavedView) -> str:
    """V3: what somebody calls their own view is theirs."""
    return _("a view of %(name)s") % {"name": view.owner} if view.owner else _("view “%(name)s”") % {"name": view}


def _why_tested(destination: Team | SavedView) -> str:
    tests = dict(RuleTest.objects.filter(views=destination).values_list("pk", "name")) if isinstance(destination, SavedView) else {}
    return _in_words(_("%(name)s cannot be deleted: the rule test %(rules)s expects it. Change or delete that first."), destination, tests)


def _in_words(words: str, thing: Segment | Team | SavedView, rules: dict[int, str]) -> str:
    return words % {"name": thing, "rules": ", ".join(f"“{name}”" for name in rules.values())} if rules else ""


def rules_to(destination: Team | SavedView) -> dict[int, str]:
    """The names of the rules that send tickets there, live or as they are being written, by number."""
    kind = "team" if isinstance(destination, Team) else "view"
    return _rules(lambda rule: rule[kind] == destination.pk)


def rules_about(segment: Segment) -> dict[int, str]:
    """The same of those that ask who is in it."""
    return _rules(lambda rule: _asks(rule, segment))


def _rules(concerned: Callable[[Written], bool]) -> dict[int, str]:
    """One that was deleted concerns nobody but as long as it is live."""
    drafts = map(written, Rule.objects.filter(is_deleted=False).select_related("team", "view"))
    return {rule["id"]: rule["name"] for rule in [*live_contents(), *drafts] if concerned(rule)}


def _asks(rule: Written, segment: Segment) -> bool:
    try:
        return segment.pk in segments_named(parse_definition(rule["definition"]))
    except DefinitionError:
        return False
