"""What managers do to many tickets at once: each action is a verb, called for each ticket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.forms import ActionForm
from unfold.widgets import UnfoldAdminSelectWidget

from agents.models import Agent, Team
from helpdesk.admin_pages import EVERYWHERE, DeskAdmin, person
from helpdesk.tickets.acts.assignment import assign_agent, assign_team
from helpdesk.tickets.acts.lifecycle import ThreadIsOpen, close, reopen
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.permissions import NotAllowed


def _select(action: str, label: Promise) -> Any:
    return UnfoldAdminSelectWidget({"x-show": f"action == '{action}'", "x-cloak": "", "aria-label": label})


class TicketActionForm(ActionForm):
    """The select that belongs to the chosen action shows beside it."""

    agent = forms.ModelChoiceField(
        Agent.objects.answering().order_by("name"),
        required=False,
        label="",
        empty_label=gettext_lazy("Choose a person"),
        widget=_select("assign", gettext_lazy("Person")),
    )
    team = forms.ModelChoiceField(
        Team.objects.all(), required=False, label="", empty_label=gettext_lazy("Choose a team"), widget=_select("give_to_team", gettext_lazy("Team"))
    )


def _chosen(request: HttpRequest, field: str) -> Any:
    """What was chosen beside the action. Django has validated the form before it calls the action."""
    return TicketActionForm.base_fields[field].clean(request.POST.get(field))


@admin.action(description=gettext_lazy("Assign to …"), permissions=["act"])
def assign(desk: DeskAdmin, request: HttpRequest, tickets: QuerySet[Ticket]) -> None:
    if agent := _chosen(request, "agent"):
        _assign(desk, request, tickets, agent)
    else:
        desk.message_user(request, _("Choose who gets the tickets. Nothing was changed."), messages.ERROR)


@admin.action(description=gettext_lazy("Take from their assignee"), permissions=["act"])
def unassign(desk: DeskAdmin, request: HttpRequest, tickets: QuerySet[Ticket]) -> None:
    _assign(desk, request, tickets, None)


def _assign(desk: DeskAdmin, request: HttpRequest, tickets: QuerySet[Ticket], agent: Agent | None) -> None:
    def act(ticket: Ticket) -> str:
        if ticket.assignee_id == (agent and agent.pk):
            return _("%(name)s has it already.") % {"name": agent} if agent else _("Nobody has it.")
        return _attempt(lambda: assign_agent(ticket, agent, by=person(request)))

    def done(count: int) -> str:
        if agent is None:
            return ngettext("%(count)d ticket has no assignee now.", "%(count)d tickets have no assignee now.", count) % {"count": count}
        return ngettext("%(count)d ticket assigned to %(name)s.", "%(count)d tickets assigned to %(name)s.", count) % {"count": count, "name": agent}

    desk.on_each(request, tickets, act, done=done)


@admin.action(description=gettext_lazy("Give to team …"), permissions=["act"])
def give_to_team(desk: DeskAdmin, request: HttpRequest, tickets: QuerySet[Ticket]) -> None:
    if team := _chosen(request, "team"):
        _give(desk, request, tickets, team)
    else:
        desk.message_user(request, _("Choose which team gets the tickets. Nothing was changed."), messages.ERROR)


@admin.action(description=gettext_lazy("Take from their team"), permissions=["act"])
def take_from_team(desk: DeskAdmin, request: HttpRequest, tickets: QuerySet[Ticket]) -> None:
    _give(desk, request, tickets, None)


def _give(desk: DeskAdmin, request: HttpRequest, tickets: QuerySet[Ticket], team: Team | None) -> None:
    def act(ticket: Ticket) -> str:
        if ticket.team_id == (team and team.pk):
            return _("%(name)s has it already.") % {"name": team} if team else _("It is in no team.")
        return _attempt(lambda: assign_team(ticket, team, by=person(request)))

    def done(count: int) -> str:
        if team is None:
            return ngettext("%(count)d ticket is in no team now.", "%(count)d tickets are in no team now.", count) % {"count": count}
        return ngettext("%(count)d ticket given to %(name)s.", "%(count)d tickets given to %(name)s.", count) % {"count": count, "name": team}

    desk.on_each(request, tickets, act, done=done)


@admin.action(description=gettext_lazy("Close ticket"), description_plural=gettext_lazy("Close"), permissions=["act"], location=EVERYWHERE)
def close_tickets(desk: DeskAdmin, request: HttpRequest, tickets: QuerySet[Ticket]) -> None:
    def act(ticket: Ticket) -> str:
        return _attempt(lambda: close(ticket, by=person(request))) if ticket.is_open else _("It is closed already.")

    desk.on_each(request, tickets, act, done=lambda n: ngettext("%(count)d ticket closed.", "%(count)d tickets closed.", n) % {"count": n})


@admin.action(description=gettext_lazy("Reopen ticket"), description_plural=gettext_lazy("Reopen"), permissions=["act"], location=EVERYWHERE)
def reopen_tickets(desk: DeskAdmin, request: HttpRequest, tickets: QuerySet[Ticket]) -> None:
    def act(ticket: Ticket) -> str:
        return _("It is open already.") if ticket.is_open else _attempt(lambda: reopen(ticket, by=person(request)))

    desk.on_each(request, tickets, act, done=lambda n: ngettext("%(count)d ticket reopened.", "%(count)d tickets reopened.", n) % {"count": n})


def _attempt(act: Callable[[], Any]) -> str:
    """ "" or, in words, why the verb refused."""
    try:
        act()
    except (NotAllowed, ThreadIsOpen) as reason:
        return str(reason)
    return ""
