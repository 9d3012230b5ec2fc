"""What is wrong with the teams, segments and people that rules name (I3): what the desk's database tells."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from agents.models import Agent, Team
from helpdesk.conditions import wording_values as values
from helpdesk.conditions.filters import String
from helpdesk.conditions.grammar import TicketCondition
from helpdesk.customers.definitions import segments_named
from helpdesk.customers.models import Segment
from routing.checker.findings import CheckedRule, Found, Kind

_CALLED: dict[str, type[Team | Agent]] = {"team": Team, "assignee": Agent}  # by their names, in conditions


def check_desk(rules: Sequence[CheckedRule]) -> list[Found]:
    """Teams in which nobody can be given tickets; segments that are inactive or not there; names that nobody has.

    In the order of the rules, in five queries at most.
    """
    teams = _empty_teams({rule.team for rule in rules if rule.team is not None})
    segments = _idle_segments({number for rule in rules for number in segments_named(rule.definition)})
    names = {field: _names(field, rules) for field in _CALLED}
    return [finding for rule in rules for finding in (*_of_team(rule, teams), *_of_segments(rule, segments), *_of_names(rule, names))]


def _names(field: str, rules: Sequence[CheckedRule]) -> set[str]:
    """Those that there are, if a rule asks for one."""
    return set(_CALLED[field].objects.values_list("name", flat=True)) if any(_wanted(rule, field) for rule in rules) else set()


def _wanted(rule: CheckedRule, field: str) -> list[str]:
    """The names that it wants, or does not want, in full."""
    filters = [each.filter for group in rule.definition.groups for each in group.conditions if isinstance(each, TicketCondition) and each.property == field]
    named = (each.value for each in filters if isinstance(each, String) and each.operator.removeprefix("not-") in ("equals", "in"))
    return [name for value in named for name in ((value,) if isinstance(value, str) else value)]


def _empty_teams(numbers: set[int]) -> dict[int, str]:
    """Those of them that have nobody who answers, by number, with their names."""
    answering = Team.members.through.objects.filter(agent__in=Agent.objects.answering())
    return dict(Team.objects.filter(pk__in=numbers).exclude(pk__in=answering.values("team")).values_list("pk", "name"))


def _idle_segments(numbers: set[int]) -> dict[int, tuple[str, str]]:
    """Those of them that are not as they should be, by number: (what they are called, what is wrong)."""
    known = {each.pk: each for each in Segment.with_deleted.filter(pk__in=numbers)} if numbers else {}
    told = {number: _wrong(number, known.get(number)) for number in numbers}
    return {number: (str(known.get(number, number)), words) for number, words in told.items() if words}


def _wrong(number: int, segment: Segment | None) -> str:
    if segment is None:
        return _("It asks about a segment that does not exist, with the ID %(number)d: nobody is in it.") % {"number": number}
    if segment.deleted_at:
        return _("It asks about the segment %(name)s, which was deleted: nobody is in it.") % {"name": values.name(segment.name)}
    if not segment.is_active:
        return _("It asks about the segment %(name)s, which is inactive: nobody enters or leaves.") % {"name": values.name(segment.name)}
    return ""


def _of_team(rule: CheckedRule, empty: dict[int, str]) -> Iterator[Found]:
    if rule.team in empty:
        name = empty[rule.team]
        words = _("Nobody in the team %(name)s can be given tickets.") % {"name": values.name(name)}
        yield Found(Kind.EMPTY_TEAM, rule.key, (), name, words)


def _of_segments(rule: CheckedRule, idle: dict[int, tuple[str, str]]) -> Iterator[Found]:
    for number in sorted(segments_named(rule.definition) & idle.keys()):
        name, words = idle[number]
        yield Found(Kind.INACTIVE_SEGMENT, rule.key, (), name, words)


def _of_names(rule: CheckedRule, known: Mapping[str, Collection[str]]) -> Iterator[Found]:
    for field, names in known.items():
        for name in dict.fromkeys(_wanted(rule, field)):
            if name not in names:
                words = (
                    _("It asks for the team %(name)s: none is called so.") if field == "team" else _("It asks for the assignee %(name)s: nobody is called so.")
                )
                yield Found(Kind.UNKNOWN_NAME, rule.key, (), name, words % {"name": values.name(name)})
