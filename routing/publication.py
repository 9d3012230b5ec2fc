"""★ From drafts to what routes: what would change, what stands in the way, publishing, and going back (R3, I2).

A published set is never changed. Rules that are switched off or deleted are left out of the next one; a rule whose change shall
wait stays as it is live.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agents.models import Agent, Team
from helpdesk.conditions.grammar import DefinitionError, parse_definition
from helpdesk.customers.definitions import segments_named
from helpdesk.customers.segments import unfit_segments
from helpdesk.tickets.models import SavedView
from routing.models import Rule, RuleSet
from routing.rule_set import Written, digest_of, live_contents
from routing.rule_tests.results import Result, results
from routing.rules import free_name, hold_all, must_publish, take_over


@dataclass(frozen=True)
class Obstacle:
    """Why a set cannot be published, in words for the user. `rule` is its number; None: all of them together. `test`: of the rule test that fails."""

    words: str
    rule: int | None = None
    test: int | None = None


class CannotPublish(ValueError):
    def __init__(self, obstacles: list[Obstacle]) -> None:
        super().__init__(" ".join(obstacle.words for obstacle in obstacles))
        self.obstacles = obstacles


class Overtaken(Exception):
    """Somebody has changed or published rules since the person looked. The message is for the user."""

    def __init__(self) -> None:
        super().__init__(_("Somebody has changed the rules since you looked. Look at them again first."))


@dataclass(frozen=True)
class Change:
    """Of one rule, between what is live and what would be: added, changed, moved, removed. `before` and `after` are None where it is not there."""

    kind: Literal["added", "changed", "moved", "removed"]
    before: Written | None
    after: Written | None

    @property
    def rule(self) -> Written:
        rule = self.after or self.before
        assert rule is not None
        return rule


def draft(*, leave_out: Collection[int] = (), also: Collection[int] = ()) -> list[Written]:
    """The set as it would be published. The changes to rules in `leave_out` wait: these stay as they are live. `also` as if they were on."""
    live = {rule["id"]: rule for rule in live_contents()}
    rules = Rule.objects.select_related("team", "view").order_by("position", "pk")
    wanted = (rule for rule in rules if rule.pk in leave_out or (not rule.is_deleted and (rule.is_active or rule.pk in also)))
    found = [live.get(rule.pk) if rule.pk in leave_out else written(rule) for rule in wanted]
    return [rule for rule in found if rule]


def written(rule: Rule) -> Written:
    """As it would be published if it were on."""
    return {"id": rule.pk, "name": rule.name, "definition": rule.definition, "team": rule.team_id, "view": rule.view_id, "goes_to": rule.goes_to}


def changes(contents: list[Written], *, since: list[Written] | None = None) -> list[Change]:
    """Against what is live, or `since` another set: in the new order, and what goes at the end."""
    before = live_contents() if since is None else since
    old, new = ({rule["id"]: rule for rule in rules} for rules in (before, contents))
    stayed = _longest_run([rule["id"] for rule in before if rule["id"] in new], [rule["id"] for rule in contents if rule["id"] in old])
    found = [_change(old.get(number), rule, has_moved=number in old and number not in stayed) for number, rule in new.items()]
    return [change for change in found if change] + [Change("removed", rule, None) for number, rule in old.items() if number not in new]


def _change(before: Written | None, after: Written, *, has_moved: bool) -> Change | None:
    if before is None:
        return Change("added", None, after)
    if not is_same(before, after):
        return Change("changed", before, after)
    return Change("moved", before, after) if has_moved else None


def is_same(one: Written, other: Written) -> bool:
    """A team or a view that has another name now is the same."""
    return one == other or (bool(one["team"] or one["view"]) and one | {"goes_to": ""} == other | {"goes_to": ""})


def is_live(contents: list[Written]) -> bool:
    """Publishing these would change nothing."""
    live = live_contents()
    return len(contents) == len(live) and all(map(is_same, contents, live))


def _longest_run(before: list[int], after: list[int]) -> set[int]:
    """The most rules that keep their order among each other: the others have moved. By patience sorting."""
    place = {number: at for at, number in enumerate(before)}
    best: list[list[int]] = []  # of each length, the run that ends earliest
    for number in after:
        at = next((length for length, run in enumerate(best) if place[run[-1]] > place[number]), len(best))
        best[at : at + 1] = [[*(best[at - 1] if at else []), number]]
    return set(best[-1]) if best else set()


def obstacles(contents: list[Written], *, tested: list[Result] | None = None) -> list[Obstacle]:
    """What makes a set unfit to route: a rule that cannot be read, or without a team or view, or that asks about a segment which nobody enters;
    and a rule test that fails (I4). `tested`: the results of all tests, if they are known."""
    return unfit(contents) + failing_tests(results(contents) if tested is None else tested)


def unfit(contents: list[Written]) -> list[Obstacle]:
    """The same but for tests, which never hold up going back: that is the way out."""
    return _homeless(contents) + _about_segments(contents)


def failing_tests(tested: list[Result]) -> list[Obstacle]:
    words = _("The test “%(test)s” fails: %(words)s")
    failed = [result for result in tested if not result.passed]
    return [Obstacle(words % {"test": each.test, "words": each.words}, each.winner.id if each.winner else None, each.test.pk) for each in failed]


def _homeless(contents: list[Written]) -> list[Obstacle]:
    teams = set(Team.objects.filter(pk__in=[rule["team"] for rule in contents]).values_list("pk", flat=True))
    views = set(SavedView.objects.filter(pk__in=[rule["view"] for rule in contents]).values_list("pk", flat=True))
    words = _("“%(rule)s” has no destination: its team or view was deleted, or never chosen.")
    found = [Obstacle(words % {"rule": rule["name"]}, rule["id"]) for rule in contents if not _has_home(rule, teams, views)]
    return found + _with_taken_names([rule for rule in contents if not rule["team"] and not rule["view"]])


def _with_taken_names(contents: list[Written]) -> list[Obstacle]:
    """A view of this name is there, and a filter fills it."""
    names = {rule["goes_to"] for rule in contents}
    taken = set(SavedView.objects.filter(name__in=names, owner=None, definition__isnull=False).values_list("name", flat=True)) if names else set()
    words = _("“%(rule)s” makes a view named “%(view)s”, and there is one already, which a filter fills. Choose another name.")
    return [Obstacle(words % {"rule": rule["name"], "view": rule["goes_to"]}, rule["id"]) for rule in contents if rule["goes_to"] in taken]


def _has_home(rule: Written, teams: set[int], views: set[int]) -> bool:
    """A view that is only named so far is made when it is published."""
    if rule["team"] or rule["view"]:
        return rule["team"] in teams or rule["view"] in views
    return bool(rule["goes_to"])


def _about_segments(contents: list[Written]) -> list[Obstacle]:
    asked, unreadable = {}, []
    for rule in contents:
        try:
            asked[rule["id"]] = segments_named(parse_definition(rule["definition"]))
        except DefinitionError as error:
            unreadable.append(Obstacle(f"“{rule['name']}”: {error}", rule["id"]))
    unfit = unfit_segments({number for numbers in asked.values() for number in numbers})
    names = {rule["id"]: rule["name"] for rule in contents}
    found = ((rule, number) for rule, numbers in asked.items() for number in sorted(numbers) if number in unfit)
    return unreadable + [Obstacle(f"“{names[rule]}”: {unfit[number]}", rule) for rule, number in found]


def was_published(rule: Rule) -> bool:
    """Whether any version has it, so that it can be gone back to. Versions are read from the newest on, until one does."""
    versions = RuleSet.objects.order_by("-number").values_list("rules", flat=True).iterator(chunk_size=10)
    return any(written["id"] == rule.pk for rules in versions for written in rules)


def fingerprint(contents: list[Written]) -> str:
    """Of what a person has looked at before publishing it; and of what it was compared with."""
    return digest_of([*live_contents(), *contents])


@transaction.atomic
def publish(*, by: Agent | None, note: str = "", leave_out: Collection[int] = (), seen: str = "") -> RuleSet | None:
    """The next version, or None where nothing would change. CannotPublish, Overtaken (`seen`: the `fingerprint` of what was looked at), NotForYou."""
    must_publish(by)
    hold_all()  # one publishes after the other
    contents = draft(leave_out=leave_out)
    if is_live(contents):  # also for whoever has pressed the button twice
        return None
    if seen and seen != fingerprint(contents):
        raise Overtaken
    if found := obstacles(contents):
        raise CannotPublish(found)
    _make_views({rule["id"] for rule in contents} - set(leave_out))
    version = _keep(draft(leave_out=leave_out), by=by, note=note)
    Rule.objects.filter(is_deleted=True).exclude(pk__in=leave_out).delete()
    return version


def _make_views(rules: Collection[int]) -> None:
    """Those that rules have only named so far."""
    for rule in Rule.objects.filter(pk__in=rules).exclude(new_view=""):
        rule.view, _created = SavedView.objects.get_or_create(name=rule.new_view, owner=None)
        rule.new_view = ""
        rule.save(update_fields=["view", "new_view"])


def _keep(contents: list[Written], *, by: Agent | None, note: str = "", restores: RuleSet | None = None) -> RuleSet:
    number = int(RuleSet.objects.aggregate(last=Max("number", default=0))["last"]) + 1
    try:
        with transaction.atomic():
            return RuleSet.objects.create(number=number, rules=contents, digest=digest_of(contents), by=by, note=note.strip()[:200], restores=restores)
    except IntegrityError:  # somebody published the first rules of all at the same moment
        raise Overtaken from None


def undone(version: RuleSet) -> list[Change]:
    """What is not live yet and would be undone by going back: it is lost, or switched off if the version does not have the rule."""
    if is_live(version.rules):
        return []
    then, live = ({rule["id"]: rule for rule in rules} for rules in (version.rules, live_contents()))
    waiting = changes(draft(also=then.keys() - live.keys()))  # what is off, and would be on again, is written over too
    return [change for change in waiting if _is_undone(change, then.get(change.rule["id"]))]


def _is_undone(change: Change, then: Written | None) -> bool:
    if change.kind in ("moved", "removed"):
        return then is not None
    return then is None or not is_same(then, change.rule)


@transaction.atomic
def restore(version: RuleSet, *, by: Agent | None, seen: str = "") -> RuleSet | None:
    """One click back: a new version with the rules of an old one; drafts follow (`undone`). What came later stays as a draft that is off.

    None where it is live already. Overtaken (`seen`: the `fingerprint` of the `draft` that was looked at), NotForYou. CannotPublish where
    its teams or segments are gone; a rule test that fails does not hold it up.
    """
    must_publish(by)
    hold_all()
    if is_live(version.rules):
        return None
    if seen and seen != fingerprint(draft()):
        raise Overtaken
    if found := unfit(version.rules):
        raise CannotPublish(found)
    _clear_the_way(version.rules)
    for position, written in enumerate(version.rules, 1):
        rule = Rule.objects.filter(pk=written["id"]).first() or Rule(pk=written["id"])
        rule.position = position
        take_over(rule, written)
    for position, rule in enumerate(Rule.objects.exclude(pk__in=[each["id"] for each in version.rules]), len(version.rules) + 1):
        Rule.objects.filter(pk=rule.pk).update(position=position)
    return _keep(version.rules, by=by, restores=version)


def _clear_the_way(contents: list[Written]) -> None:
    """What is not among them is off, and gives up a name that one of them had."""
    numbers, names = {rule["id"] for rule in contents}, {rule["name"] for rule in contents}
    others = Rule.objects.exclude(pk__in=numbers)
    others.update(is_active=False, is_deleted=False)
    for rule in others.filter(name__in=names):
        Rule.objects.filter(pk=rule.pk).update(name=free_name(rule.name))
    for number in numbers:  # they may swap names among each other
        Rule.objects.filter(pk=number).update(name=f"…{number}")
