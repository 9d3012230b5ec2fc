"""What can be done to tickets, by the names that pages and the API use; here because a team's tickets go to whose turn it is (B14)."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext as _

from agents.availability import presence_of
from agents.models import Agent, Team
from agents.text import number_in
from helpdesk.tickets.acts.assignment import assign_many, assign_team_many
from helpdesk.tickets.acts.bulk import Chosen, Outcome
from helpdesk.tickets.acts.lifecycle import ThreadIsOpen, close_many, prioritise_many, reopen_many
from helpdesk.tickets.acts.marks import mark_unread
from helpdesk.tickets.acts.snoozing import NotATime, read_until, snooze_many, wake_many
from helpdesk.tickets.acts.spam import mark_spam, unmark_spam
from helpdesk.tickets.acts.tags import NotATag, tag_many, untag_many
from helpdesk.tickets.models import Priority, Tag
from helpdesk.tickets.permissions import NotAllowed
from routing import round_robin


class ActRefused(ValueError):
    """The message is for the user."""


def act_on(chosen: Chosen, act: str, value: str, *, by: Agent) -> Outcome:
    """`act` is one of ACTS. `value`: a person's or team's number ("" for nobody), a tag's name or number, a priority, until when, or "block".

    Raises ActRefused, having changed nothing.
    """
    if not chosen.numbers:
        raise ActRefused(_("Choose a ticket first."))
    try:
        return ACTS[act](chosen, value, by)
    except (NotAllowed, NotATag, NotATime, ThreadIsOpen) as problem:
        raise ActRefused(str(problem)) from problem


def in_turn(team: Team) -> list[Agent]:
    """Its members who are there, in the order of the one ledger (B15), which is only read."""
    members = Agent.objects.answering().filter(teams=team).select_related("availability")
    return [agent for agent in round_robin.in_turn(members) if presence_of(agent) == "online"]


def _assign(chosen: Chosen, value: str, by: Agent) -> Outcome:
    agent = Agent.objects.answering().filter(pk=number_in(value)).first() if value else None
    if value and agent is None:
        raise ActRefused(_("Choose somebody who answers tickets."))
    return assign_many(chosen, agent, by=by)


def _team(chosen: Chosen, value: str, by: Agent) -> Outcome:
    team = Team.objects.filter(pk=number_in(value)).first() if value else None
    if value and team is None:
        raise ActRefused(_("This team is not there any more. Choose another."))
    return assign_team_many(chosen, team, in_turn=in_turn(team) if team else [], by=by)


def _untag(chosen: Chosen, value: str, by: Agent) -> Outcome:
    tag = Tag.objects.filter(pk=number_in(value)).first()
    if tag is None:
        raise ActRefused(_("This tag is not there any more."))
    return untag_many(chosen, tag, by=by)


def _prioritise(chosen: Chosen, value: str, by: Agent) -> Outcome:
    if value not in Priority.values:
        raise ActRefused(_("Choose a priority."))
    return prioritise_many(chosen, Priority(value), by=by)


ACTS: dict[str, Callable[[Chosen, str, Agent], Outcome]] = {
    "assign": _assign,
    "team": _team,
    "tag": lambda chosen, name, by: tag_many(chosen, name, by=by),
    "untag": _untag,
    "prioritise": _prioritise,
    "snooze": lambda chosen, until, by: snooze_many(chosen, read_until(until, timezone.now()), by=by),
    "wake": lambda chosen, _value, by: wake_many(chosen, by=by),
    "close": lambda chosen, _value, by: close_many(chosen, by=by),
    "reopen": lambda chosen, _value, by: reopen_many(chosen, by=by),
    "spam": lambda chosen, value, by: mark_spam(chosen, by=by, is_blocking=value == "block"),
    "not-spam": lambda chosen, _value, by: unmark_spam(chosen, by=by),
    "unread": lambda chosen, _value, by: mark_unread(chosen, by=by),
}
