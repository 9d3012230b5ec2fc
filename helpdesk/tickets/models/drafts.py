"""What somebody is writing and has not sent."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from agents.models import Agent
from helpdesk.tickets.models.tickets import Ticket


class Draft(models.Model):
    """One for each agent and ticket, so that it can be gone on with anywhere. `version` grows with what is typed."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="drafts")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="drafts")
    text = models.TextField(blank=True)
    is_internal = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "ticket"], name="one_draft_per_agent_and_ticket")]

    def __str__(self) -> str:
        return f"{self.agent} #{self.ticket_id}"

    @property
    def mark(self) -> str:
        """By which a page says what it knows. None is used again: a draft that follows one that was sent begins at version 0, too."""
        return f"{self.pk}.{self.version}"
