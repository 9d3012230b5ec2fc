"""One rule while it is being written."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.models import Team
from agents.text import number_in, one_line
from helpdesk.conditions.grammar import Definition, DefinitionError, as_json
from helpdesk.inbox.builder.picks import complete, picks_for
from helpdesk.inbox.builder.state import Builder
from helpdesk.inbox.builder.versions import digest_of
from helpdesk.inbox.lists.navigation import online_members, teams_with_members
from helpdesk.tickets.models import SavedView
from routing.models import Destination, Rule
from routing.rule_set import Written
from routing.rules import To

LONGEST_VIEW = 80


@dataclass
class RuleForm:
    """What a person is writing: kept as it is until it can be saved. `team` and `view` are numbers in digits, "" for none."""

    builder: Builder
    name: str = ""
    name_problem: str = ""
    destination: str = Destination.TEAM
    team: str = ""
    view: str = ""
    new_view: str = ""
    destination_problem: str = ""
    seen: str = ""  # `version_of` the rule when its page was opened
    is_overtaken: bool = False  # somebody saved another version since
    is_gone: bool = False  # somebody deleted it since

    @classmethod
    def empty(cls) -> RuleForm:
        return cls(Builder.empty(about_tickets=True))

    @classmethod
    def of(cls, rule: Rule) -> RuleForm:
        try:
            builder = Builder.of(rule.definition, about_tickets=True)
        except DefinitionError as error:
            builder = Builder.empty(about_tickets=True)
            builder.problem = str(error)
        team, view = (str(number or "") for number in (rule.team_id, rule.view_id))
        return cls(builder, rule.name, destination=rule.destination, team=team, view=view, new_view=rule.new_view, seen=version_of(rule))

    @classmethod
    def posted(cls, data: QueryDict) -> RuleForm:
        """As it was sent, with what its button did to it."""
        builder = Builder.posted(data, about_tickets=True)
        if do := data.get("do", ""):
            builder.act(do)
        complete(builder, picks_for(builder))
        destination = Destination.VIEW if data.get("destination") == Destination.VIEW else Destination.TEAM
        name, team, view, new_view, seen = (one_line(data.get(field, "")) for field in ("name", "team", "view", "new_view", "seen"))
        return cls(builder, name, destination=destination, team=team, view=view, new_view=new_view, seen=seen)

    def to(self) -> To | None:
        """Where its tickets go; or None, and `destination_problem` says why."""
        chosen = self.chosen()
        self.destination_problem = chosen if isinstance(chosen, str) else ""
        return None if isinstance(chosen, str) else chosen

    def chosen(self) -> To | str:
        """The same, or why not."""
        return self._team() if self.destination == Destination.TEAM else self._view()

    def _team(self) -> To | str:
        if team := _row(Team.objects.all(), self.team):
            return To(team=team)
        return _("This team is not there any more. Choose another.") if self.team else _("Choose a team.")

    def _view(self) -> To | str:
        if view := _row(SavedView.objects.filled_by_rules(), self.view):
            return To(view=view)
        if self.view:
            return _("This view is not there any more. Choose another.")
        if len(self.new_view) > LONGEST_VIEW:
            return _("A view's name has at most 80 characters.")
        return To(new_view=self.new_view) if self.new_view else _("Choose a view, or name a new one.")


def _row[M: Model](rows: QuerySet[M], number: str) -> M | None:
    return rows.filter(pk=number_in(number)).first()


def version_of(rule: Rule) -> str:
    """Tells a rule from what somebody else made of it meanwhile."""
    return digest_of(rule.name, rule.definition, rule.destination, rule.team_id, rule.view_id, rule.new_view, rule.is_deleted)


def as_written(rule: Rule | None, form: RuleForm, definition: Definition | None) -> Written:
    """The rule as it would be published; "goes_to" is "" as long as that is not chosen."""
    to = form.chosen()
    to = To() if isinstance(to, str) else to
    team, view = (each.pk if each else None for each in (to.team, to.view))
    written = {"id": rule.pk if rule else 0, "name": form.name, "definition": as_json(definition) if definition else None}
    return written | {"team": team, "view": view, "goes_to": str(to.team or to.view or to.new_view)}


def draft_with(contents: list[Written], rule: Rule | None, written: Written) -> list[Written]:
    """The draft set, `contents`, as if the rule were in it like this, at its place."""
    if any(each["id"] == written["id"] for each in contents):
        return [written if each["id"] == written["id"] else each for each in contents]
    above = set(Rule.objects.filter(position__lt=rule.position).values_list("pk", flat=True)) if rule else {each["id"] for each in contents}
    at = sum(each["id"] in above for each in contents)
    return [*contents[:at], written, *contents[at:]]


def team_choices() -> list[tuple[str, str]]:
    """(number, name with who is there)."""
    return [(str(team.pk), _present(team)) for team in teams_with_members()]


def _present(team: Team) -> str:
    online = len(online_members(team))
    if not online:
        return _("%(team)s (nobody online)") % {"team": team}
    return ngettext("%(team)s (%(number)d online)", "%(team)s (%(number)d online)", online) % {"team": team, "number": online}


def view_choices() -> list[tuple[str, str]]:
    return [(str(view.pk), view.name) for view in SavedView.objects.filled_by_rules()]
