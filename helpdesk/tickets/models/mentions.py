"""Who was called to a ticket in a note."""

from __future__ import annotations

from django.db import models

from agents.models import Agent
from helpdesk.tickets.models.messages import Message


class Mention(models.Model):
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="mentions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "agent"], name="one_mention_per_note_and_agent")]

    def __str__(self) -> str:
        return f"{self.agent} in {self.message_id}"
