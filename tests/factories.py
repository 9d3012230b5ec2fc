"""Rows as the domain makes them: through its verbs wherever there is one."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from django.test import override_settings

from agents.models import Agent, Role, Team
from helpdesk.customers.models import Customer
from helpdesk.customers.profiles import identify
from helpdesk.intake import InboundMessage, Receipt, Sender, receive_message
from helpdesk.tickets.conversation.sending import send_reply
from helpdesk.tickets.models import Message, SavedView, Ticket
from routing.models import Rule
from routing.publication import publish
from routing.rules import To, create_rule, switch_rule
from routing.shifts import go_online

_number = count(1)

PLACED_ORDER_IN_2_HOURS = {
    "type": "profile-metric",
    "metric": "Placed Order",
    "measurement": "count",
    "measurement_filter": {"type": "numeric", "operator": "greater-than-or-equal", "value": 1},
    "timeframe_filter": {"type": "date", "operator": "in-the-last", "quantity": 2, "unit": "hour"},
}
CHURN_RISK_HIGH = {"type": "profile-property", "property": "churn_risk", "filter": {"type": "string", "operator": "equals", "value": "High"}}
CHANNEL_IS_SMS = {"type": "ticket-property", "property": "channel", "filter": {"type": "string", "operator": "equals", "value": "sms"}}
TAGS_CONTAIN_ORDER = {"type": "ticket-property", "property": "tags", "filter": {"type": "list", "operator": "contains", "value": "Order"}}


def all_of(*conditions: dict[str, Any]) -> dict[str, Any]:
    """A definition that wants each of the conditions."""
    return {"condition_groups": [{"conditions": [condition]} for condition in conditions]}


def any_of(*conditions: dict[str, Any]) -> dict[str, Any]:
    """A definition that wants one of the conditions."""
    return {"condition_groups": [{"conditions": list(conditions)}]}


def make_agent(name: str = "", *, role: Role = Role.AGENT, online: bool = False, **fields: Any) -> Agent:
    name = name or f"Agent {next(_number)}"
    agent = Agent.objects.create_user(f"{name.lower().replace(' ', '.')}@desk.example", None, name=name, role=role, **fields)
    if online:
        go_online(agent)
    return agent


def make_team(name: str = "", *members: Agent) -> Team:
    team = Team.objects.create(name=name or f"Team {next(_number)}")
    team.members.set(members)
    return team


def make_customer(name: str = "", **facts: Any) -> Customer:
    return identify(email=facts.pop("email", f"customer{next(_number)}@example.com"), name=name, **facts)


def make_rule(name: str = "", *, to: Team | SavedView, when: dict[str, Any], position: int = 0, is_active: bool = True) -> Rule:
    """Published at once, if it is on. `position` 0: the last."""
    destination = To(team=to) if isinstance(to, Team) else To(view=to)
    rule = create_rule(name or f"Rule {next(_number)}", when, to=destination, by=None)
    if position:
        Rule.objects.filter(pk=rule.pk).update(position=position)
    if not is_active:
        switch_rule(rule, is_active=False, by=None)
    publish(by=None)
    rule.refresh_from_db()
    return rule


def make_inbound(text: str = "Where is my order?", **fields: Any) -> InboundMessage:
    n = next(_number)
    sender = fields.pop("sender", None) or Sender(email=f"customer{n}@example.com")
    defaults = {
        "channel": "email",
        "inbox": "support@desk.example",
        "external_id": f"message-{n}",
        "conversation_id": f"thread-{n}",
        "subject": "Where is it?",
        "raw": b"raw",
    }
    return InboundMessage(**{**defaults, "text": text, "sender": sender, **fields})


def receive(text: str = "Where is my order?", **fields: Any) -> Receipt:
    return receive_message(make_inbound(text, **fields))


def make_ticket(text: str = "Where is my order?", *, customer: Customer | None = None, created_at: datetime | None = None, **fields: Any) -> Ticket:
    """A ticket as it is just after it came in: not yet scored, not yet routed."""
    if customer is not None:
        fields["sender"] = Sender(email=customer.email or "", phone=customer.phone or "", external_id=customer.external_id or "")
    ticket = Ticket.objects.get(pk=receive(text, **fields).ticket)
    if created_at is not None:
        Ticket.objects.filter(pk=ticket.pk).update(created_at=created_at)
        ticket.refresh_from_db()
    return ticket


def reply(ticket: Ticket, text: str, *, by: Agent) -> Message:
    """One that has left; `ticket` knows of it."""
    with override_settings(UNDO_SEND_SECONDS=0):
        message = send_reply(ticket, text, by=by)
    message.refresh_from_db()
    ticket.refresh_from_db()
    return message
