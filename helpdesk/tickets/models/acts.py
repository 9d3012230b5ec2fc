"""What people do to tickets besides answering them: to many at once, for themselves alone, to those who send spam, to doubles."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from agents.models import Agent
from helpdesk.customers.models import Customer
from helpdesk.tickets.models.tickets import Ticket


class Act(models.Model):
    """What one person did to some tickets at once, with what each was before: enough to undo it.

    `was`: {ticket: {field: value}} of the tickets that changed; what else an undoing needs is in `besides`.
    """

    kind = models.CharField(max_length=20)
    by = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    was: models.JSONField[dict[str, dict[str, Any]], dict[str, dict[str, Any]]] = models.JSONField(default=dict)
    besides: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    last_event = models.BigIntegerField(help_text="Of its history rows; a ticket with a later one has been touched since")
    undone_at = models.DateTimeField(null=True)
    is_told = models.BooleanField(default=True, help_text="False: it closed tickets, and their customers' time lines do not say so yet")

    class Meta:
        indexes = [models.Index(fields=["at"], condition=Q(is_told=False), name="acts_to_tell"), models.Index(fields=["at"], name="acts_by_age")]

    def __str__(self) -> str:
        return f"{self.kind} {len(self.was)}"


class UnreadMark(models.Model):
    """One person's mark: the row looks unread to them until they open the ticket."""

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="unread_marks")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="unread_marks")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "ticket"], name="one_mark_per_agent_and_ticket")]

    def __str__(self) -> str:
        return f"#{self.ticket_id} for {self.agent_id}"


class Block(models.Model):
    """What this customer sends is kept, as spam, and disturbs nobody."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="block")
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.customer_id)


class TicketMerge(models.Model):
    """`merged` has been closed, and what comes into its thread goes to `kept`. `moved`: see `merging`; `last_event`: as of an act."""

    kept = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="merges")
    merged = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="merged_by")
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    inbox = models.CharField(max_length=320)
    thread_key = models.CharField(max_length=64)
    last_event = models.BigIntegerField()
    moved: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="merged_once")]
        indexes = [models.Index(fields=["inbox", "thread_key"], condition=Q(undone_at=None), name="threads_that_lead_on")]

    def __str__(self) -> str:
        return f"#{self.merged_id} into #{self.kept_id}"
