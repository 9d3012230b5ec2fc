"""What was said in a ticket, and what it came in as."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent
from helpdesk.outbox.models import Delivery
from helpdesk.tickets.models.tickets import Channel, Ticket


class Message(models.Model):
    class Author(models.TextChoices):
        CUSTOMER = "customer", _("Customer")
        AGENT = "agent", _("Agent")
        AI = "ai", _("Customer Agent")
        SYSTEM = "system", _("System")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    author = models.CharField(max_length=10, choices=Author.choices)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, blank=True, related_name="messages")
    is_internal = models.BooleanField(default=False, help_text=_("A note: only the team sees it"))
    text = models.TextField()
    sent_to = models.OneToOneField(Delivery, on_delete=models.PROTECT, null=True, blank=True, related_name="message")
    created_at = models.DateTimeField(default=timezone.now)
    held_until = models.DateTimeField(null=True, blank=True, help_text=_("A reply that can be taken back until then: nobody outside has it"))
    closes_ticket = models.BooleanField(default=False, help_text=_("“Send and close”: when it leaves, the ticket is closed"))
    snoozes_until = models.DateTimeField(null=True, blank=True, help_text=_("“Send and snooze”: when it leaves, the ticket is snoozed until then"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("created_at", "id")
        indexes = [
            models.Index(fields=["ticket", "created_at", "id"], name="conversation"),
            models.Index(fields=["held_until"], condition=Q(held_until__isnull=False), name="messages_held"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(is_internal=False) | Q(author__in=["agent", "system"]), name="only_the_team_writes_notes"),
            models.CheckConstraint(
                condition=Q(author="agent", agent__isnull=False) | (~Q(author="agent") & Q(agent=None)), name="agent_messages_have_an_agent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author}: {self.text[:60]}"

    @property
    def is_held(self) -> bool:
        return self.held_until is not None


class Inbound(models.Model):
    """What came in, as it came in: committed before anybody is told that we have it.

    `status` is our own list of pending work: whatever a queue loses, the sweep finds here.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Being worked on")
        DONE = "done", _("Done")
        QUARANTINED = "quarantined", _("Could not be read")

    inbox = models.CharField(_("inbox"), max_length=320)
    external_id = models.CharField(_("external ID"), max_length=200)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    raw = models.BinaryField()
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.PENDING)
    reason = models.TextField(_("reason"), blank=True)
    message = models.OneToOneField(Message, on_delete=models.CASCADE, null=True, blank=True, related_name="inbound")
    needs_routing = models.BooleanField(default=False, help_text=_("It opened or reopened its ticket"))

    class Meta:
        verbose_name = _("received message")
        verbose_name_plural = _("received messages")
        constraints = [
            models.UniqueConstraint(fields=["inbox", "external_id"], name="one_row_per_external_id"),
            models.CheckConstraint(condition=Q(status="quarantined") | Q(message__isnull=False), name="read_means_message"),
        ]
        indexes = [
            models.Index(fields=["received_at"], condition=Q(status="pending"), name="inbound_pending"),
            models.Index(fields=["-received_at"], condition=Q(status="quarantined"), name="inbound_quarantined"),
        ]

    def __str__(self) -> str:
        return f"{self.inbox} {self.external_id}"
