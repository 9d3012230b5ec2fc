"""The decisions about a ticket: all of them in a line each, one of them in full, and which put it into each view (I2)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from helpdesk.inbox.addresses import number_of
from helpdesk.inbox.ticket.reasons import waits
from helpdesk.tickets.models import Ticket, ViewEntry
from routing.models import RoutingDecision
from routing.reasons import rules_read
from routing.rule_set import PlacedRule
from routing.waiting import waiting, why_waiting

SHOWN = 50


@dataclass(frozen=True)
class DecisionLine:
    """What made us decide, and where the ticket went by it: its team, who got it, the views that rules named."""

    decision: RoutingDecision
    cause: str
    goes_to: list[str]


def decision_lines(ticket: Ticket) -> list[DecisionLine]:
    """The newest first."""
    found = ticket.decisions.select_related("team", "agent", "rule_set__by", "ticket").defer("rule_set__rules")[:SHOWN]
    return [DecisionLine(decision, cause(decision), _goes_to(decision)) for decision in found]


def cause(decision: RoutingDecision) -> str:
    came_in = {"channel": decision.ticket.get_channel_display()}
    causes = {
        "reopened": _("Came back, %(channel)s") % came_in,
        "scored": _("Its sentiment was read later"),
        "applied": _("The rules were applied to open tickets"),
    }
    return causes.get(decision.cause.partition(" ")[0], _("Came in, %(channel)s") % came_in)


def _goes_to(decision: RoutingDecision) -> list[str]:
    names = [str(each) for each in (decision.team, decision.agent) if each]
    return names + list(dict.fromkeys(rule.goes_to for rule in _matched(decision) if rule.view))


def _matched(decision: RoutingDecision) -> list[PlacedRule]:
    return [rule for rule in rules_read(decision).placed if rule.id in decision.matched_rules]


def chosen(lines: list[DecisionLine], ticket: Ticket, number: str) -> RoutingDecision | None:
    """The one of that number, or the latest. Http404 for one that is not about this ticket."""
    if not number:
        return lines[0].decision if lines else None
    decisions = ticket.decisions.select_related("team", "agent", "rule_set__by", "ticket").defer("rule_set__rules")
    return get_object_or_404(decisions, pk=number_of(number))


def still_waits(decision: RoutingDecision) -> str:
    """Why its ticket waits for an agent at this moment; "" if it does not, or not by this decision."""
    is_latest = not RoutingDecision.objects.filter(ticket=decision.ticket_id, pk__gt=decision.pk).exists()
    if is_latest and decision.waiting_because and waiting().filter(pk=decision.ticket_id).exists():
        return waits(why_waiting(decision.ticket))
    return ""


@dataclass(frozen=True)
class Place:
    """In a view, and by what: no rule where the decision is gone."""

    entry: ViewEntry
    decision: RoutingDecision | None
    rules: list[PlacedRule]

    @property
    def key(self) -> str:
        """Of the list."""
        return f"view-{self.entry.view_id}"


def places(ticket: Ticket) -> list[Place]:
    """The views that the ticket is in. Each was entered by the latest decision before, since that is one transaction."""
    by = RoutingDecision.objects.filter(ticket=OuterRef("ticket"), at__lte=OuterRef("matched_at")).order_by("-at", "-pk").values("pk")[:1]
    entries = list(ticket.view_entries.select_related("view").annotate(by=Subquery(by)).order_by("matched_at", "pk"))
    decisions = ticket.decisions.select_related("rule_set").defer("rule_set__rules").in_bulk([entry.by for entry in entries])
    return [_place(entry, decisions.get(entry.by)) for entry in entries]


def _place(entry: ViewEntry, decision: RoutingDecision | None) -> Place:
    return Place(entry, decision, [rule for rule in _matched(decision) if rule.view == entry.view_id] if decision else [])
