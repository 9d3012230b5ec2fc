"""Who reads reports (C4): numbers of the whole desk. The tickets behind them need more, see `Ticket.objects.visible_to`."""

from __future__ import annotations

from agents.models import Agent, Role


def may_read(agent: Agent) -> bool:
    return agent.is_active and (agent.is_manager or agent.role == Role.ANALYST)
