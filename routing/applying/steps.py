"""What applying the rules does to one ticket, and what undoing it does. Each inside the transaction of its caller, who counts what is returned."""

from __future__ import annotations

from helpdesk.tickets.acts.turns import take_turns_back
from helpdesk.tickets.events import record_event
from helpdesk.tickets.models import Ticket, TicketEvent, ViewEntry
from routing.applying.models import Application, Move
from routing.router import route_ticket

_HARMLESS = ("noted", "tagged", "untagged")  # what people may have done without making the ticket theirs


class OtherRules(Exception):
    """They were published since the run began."""


def route_again(run: Application, ticket_id: int) -> list[str]:
    """If it is still open and nobody has it. OtherRules: nothing of it may be kept."""
    Ticket.objects.hold(ticket_id)
    if not Ticket.objects.unassigned().filter(pk=ticket_id).exists():
        return ["done"]
    move = Move(application=run, ticket_id=ticket_id, waited=_waits(ticket_id))
    entries = ViewEntry.objects.filter(ticket=ticket_id).select_related("view")
    before = set(entries.values_list("pk", flat=True))
    decision = move.decision = route_ticket(ticket_id, cause=f"applied {run.pk}")
    if decision.rule_set_id != run.rule_set_id:  # asked afterwards: whichever it read is the one that counts
        raise OtherRules
    move.team, move.agent = decision.team, decision.agent
    for entry in entries.exclude(pk__in=before):
        move.entries.append(entry.pk)
        move.views.append(entry.view.name)
    if move.has_moved or not move.waited:
        move.event = TicketEvent.objects.filter(ticket=ticket_id).order_by("-pk").values_list("pk", flat=True)[0]
        move.save()
    return ["done", "moved"] if move.has_moved else ["done"]


def _waits(ticket_id: int) -> bool:
    """As `router.route_waiting` sees it."""
    latest = TicketEvent.objects.filter(ticket=ticket_id, kind__in=("routed", "assigned", "unassigned")).order_by("-pk").first()
    return latest is None or latest.kind == "routed"


def take_back(run: Application, move_id: int) -> list[str]:
    """Back to Unassigned, if it is still as the run left it. What the run did not move is not counted."""
    move = Move.objects.select_related("decision").get(pk=move_id)
    Ticket.objects.hold(move.ticket_id)
    ticket = Ticket.objects.get(pk=move.ticket_id)
    move.fate = Move.Fate.RETURNED if _is_as_left(ticket, move) else Move.Fate.KEPT
    move.save(update_fields=["fate"])
    counters: list[str] = [move.fate] if move.has_moved else []
    if move.fate == Move.Fate.RETURNED:
        ViewEntry.objects.filter(pk__in=move.entries).delete()
        _return(run, ticket, move)
    return counters


def _is_as_left(ticket: Ticket, move: Move) -> bool:
    """Its assignee is nobody, or who got it by this decision, even if later (C8). Nothing was decided since, and no person has acted."""
    latest = ticket.decisions.order_by("-pk").values_list("pk", flat=True).first()
    people = ticket.history.filter(pk__gt=move.event, by__isnull=False).exclude(kind__in=_HARMLESS)
    is_theirs = ticket.assignee_id in (None, move.decision.agent_id) and ticket.team_id == move.team_id
    return ticket.is_open and is_theirs and latest == move.decision_id and not people.exists()


def _return(run: Application, ticket: Ticket, move: Move) -> None:
    """As a person does it: it stays there (A30). Its team is not taken away by a person, or no rule could give it another."""
    if move.waited and not (ticket.team_id or ticket.assignee_id):
        return
    Ticket.objects.filter(pk=ticket.pk).update(team=None, assignee=None, assigned_automatically=False)
    take_turns_back([ticket])
    record_event(ticket, "unassigned", by=run.undone_by, application=run.pk)
