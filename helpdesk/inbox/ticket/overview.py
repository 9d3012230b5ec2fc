"""What the right-hand panel tells about a ticket and its customer (A27, A28, S8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from agents.models import Agent, Team
from helpdesk.customers.models import Customer, Event
from helpdesk.customers.pins import MOST_PINS, pinned_names
from helpdesk.inbox.customers.events import event_lines, shown
from helpdesk.inbox.lists.navigation import online_members, teams_with_members
from helpdesk.inbox.ticket.decisions import decision_lines, still_waits
from helpdesk.inbox.ticket.reasons import SKIPPED, waited
from helpdesk.tickets.models import Priority, Tag, Ticket, TicketEvent
from routing.models import RoutingDecision
from routing.reasons import candidates, verdicts

EVENTS = 8
TAGS = 200  # offered where one is added


def overview(ticket: Ticket, *, reader: Agent) -> dict[str, Any]:
    """A constant number of queries. `ticket` comes with customer, assignee and team."""
    teams = list(teams_with_members())
    decisions = decision_lines(ticket)
    decision = decisions[0].decision if decisions else None
    return {
        "agents": assignable(reader),
        "teams": teams,
        "priorities": Priority.choices,
        "known_tags": Tag.objects.all()[:TAGS],
        "merged_into": ticket.merged_by.filter(undone_at=None).first(),
        "tickets_of_customer": Ticket.objects.visible_to(reader).filter(customer=ticket.customer_id, is_spam=False).count(),
        "evidence": _evidence(ticket),
        "decision": decision,
        "decisions": decisions,
        "waited": waited(decision.waiting_because) if decision else "",
        "waits": still_waits(decision) if decision else "",
        "matched": verdicts(decision, only=decision.matched_rules) if decision and decision.matched_rules else [],
        "team_presence": _team_presence(teams, decision),
        "skipped": [each for each in (candidates(decision) if decision else []) if each.outcome in SKIPPED],
        "events": event_lines(latest_events(ticket.customer)),
        "profile": profile(ticket.customer),
    }


def assignable(reader: Agent) -> list[Agent]:
    """Whom a ticket can be given to: the reader first, then by name."""
    agents = Agent.objects.answering().select_related("availability").order_by("name", "pk")
    return sorted(agents, key=lambda agent: agent.pk != reader.pk)


def _team_presence(teams: Iterable[Team], decision: RoutingDecision | None) -> tuple[int, int]:
    """(members, of whom online) of the team that the ticket was routed to, now."""
    for team in teams:
        if decision and team.pk == decision.team_id:
            return len(team.members.all()), len(online_members(team))
    return 0, 0


def _evidence(ticket: Ticket) -> dict[str, Any]:
    """I10: what the score was read from."""
    if not ticket.sentiment_label:
        return {}
    scored: TicketEvent | None = ticket.history.filter(kind="scored").last()
    return scored.data if scored else {}


def latest_events(customer: Customer) -> Iterable[Event]:
    return customer.events.order_by("-occurred_at", "-id")[:EVENTS]


def profile(customer: Customer) -> list[tuple[str, str]]:
    """What is known, then up to five properties: those that the desk has pinned, or the first ones."""
    known = [
        (_("Phone"), customer.phone),
        (_("Country"), customer.country),
        (_("City"), customer.city),
        (_("Language"), customer.language),
        (_("External ID"), customer.external_id),
    ]
    custom, pins = shown(customer.properties), pinned_names()
    chosen = {name: custom[name] for name in pins if name in custom} if pins else custom
    return [(name, value) for name, value in known if value] + list(chosen.items())[:MOST_PINS]
