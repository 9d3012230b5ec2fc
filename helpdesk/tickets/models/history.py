"""What happened to a ticket."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from agents.models import Agent
from helpdesk.tickets.models.tickets import Ticket


class TicketEvent(models.Model):
    """The history: append-only, written by `record_event` alone."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="history")
    kind = models.CharField(max_length=40)
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ("at", "id")
        indexes = [
            models.Index(fields=["ticket", "at", "id"], name="history_of_ticket"),
            models.Index(fields=["at", "ticket"], condition=Q(kind="assigned"), name="assigned_in_time"),
            models.Index(fields=["at", "ticket"], condition=Q(kind="undone"), name="undone_in_time"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.ticket_id}"
