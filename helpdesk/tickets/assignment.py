"""Who has a ticket: by hand (A5, A26, A29, A30), and the claim that round robin makes."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Agent, Team, Toast
from agents.toasts import show_toast
from helpdesk.tickets.events import record_event
from helpdesk.tickets.models import Ticket
from helpdesk.tickets.permissions import must_answer, must_be_able_to_answer


class AlreadyTaken(Exception):
    """Somebody else has the ticket (A23). `assignee` is who, None if it was returned."""

    def __init__(self, assignee: Agent | None) -> None:
        self.assignee = assignee
        super().__init__(_("%(name)s took this a moment ago.") % {"name": assignee} if assignee else _("It was returned to the queue a moment ago."))


@transaction.atomic
def assign_agent(ticket: Ticket, agent: Agent | None, *, by: Agent) -> None:
    """By hand; `None` returns it to its team or to Unassigned. Does not touch the rotation (A20)."""
    must_answer(by)
    if agent is not None:
        must_be_able_to_answer(agent)
    changed = Ticket.objects.filter(pk=ticket.pk).exclude(assignee=agent) if agent else Ticket.objects.filter(pk=ticket.pk, assignee__isnull=False)
    if changed.update(assignee=agent, assigned_automatically=False):
        _assigned(ticket, agent, by=by)


@transaction.atomic
def assign_if_still(ticket: Ticket, agent: Agent | None, *, seen: Agent | None, by: Agent) -> None:
    """As `assign_agent`, but only if the assignee is still the one the person saw; else AlreadyTaken (A23)."""
    now = Ticket.objects.filter(pk=ticket.pk, assignee=seen).update(assignee=seen)
    if not now:
        raise AlreadyTaken(Agent.objects.filter(tickets=ticket).first())
    assign_agent(ticket, agent, by=by)


def claim_for(ticket: Ticket, agent: Agent) -> bool:
    """Round robin's: only if the ticket is open and nobody has it. Inside the caller's transaction."""
    claimed = Ticket.objects.filter(pk=ticket.pk, assignee=None, closed_at=None).update(assignee=agent, assigned_automatically=True)
    if claimed:
        _assigned(ticket, agent, by=None)
    return bool(claimed)


def _assigned(ticket: Ticket, agent: Agent | None, *, by: Agent | None) -> None:
    ticket.assignee = agent
    if agent is None:
        record_event(ticket, "unassigned", by=by)
        return
    record_event(ticket, "assigned", by=by, agent=agent.pk, name=str(agent))
    if agent != by:
        _tell(ticket, agent)


def _tell(ticket: Ticket, agent: Agent) -> None:
    detail = " · ".join(filter(None, [str(ticket.customer), ticket.get_sentiment_label_display(), ticket.get_channel_display()]))
    title = _("Your turn: %(subject)s") % {"subject": ticket.subject}
    show_toast(agent, Toast.Kind.ASSIGNED, title=title, detail=detail, url=ticket.get_absolute_url())


@transaction.atomic
def assign_team(ticket: Ticket, team: Team | None, *, by: Agent | None) -> None:
    """R12: leaves Unassigned and lands in the team's inbox. `None` takes the team away."""
    if by is not None:
        must_answer(by)
    changed = Ticket.objects.filter(pk=ticket.pk).exclude(team=team) if team else Ticket.objects.filter(pk=ticket.pk, team__isnull=False)
    if not changed.update(team=team):
        return
    ticket.team = team
    if team is None:
        record_event(ticket, "team_cleared", by=by)
    else:
        record_event(ticket, "team_set", by=by, team=team.pk, name=team.name)
