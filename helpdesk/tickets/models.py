"""Tickets, what was said in them, and what happened to them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Team
from helpdesk.customers.models import Customer
from helpdesk.outbox.models import Delivery


class Channel(models.TextChoices):
    """C12."""

    EMAIL = "email", _("E-mail")
    WEBCHAT = "webchat", _("Web chat")
    SMS = "sms", _("SMS")
    SOCIAL = "social", _("Social")
    API = "api", _("API")


class SentimentLabel(models.TextChoices):
    """S4."""

    URGENT = "urgent", _("Urgent")
    NEGATIVE = "negative", _("Negative")
    NEUTRAL = "neutral", _("Neutral")
    POSITIVE = "positive", _("Positive")
    PROMOTER = "promoter", _("Promoter")


class Tag(models.Model):
    name = models.CharField(_("name"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, agent: Agent) -> TicketQuerySet:
        """What this person may see (V3). Everything else does not exist for them."""
        return self.all() if agent.can_answer else self.none()

    def open(self) -> TicketQuerySet:
        return self.filter(closed_at=None)

    def unassigned(self) -> TicketQuerySet:
        """C3: open, with neither an assignee nor a team."""
        return self.open().filter(assignee=None, team=None)

    def hold(self, ticket_id: int) -> None:
        """Nobody else changes the ticket until commit: a write, because `select_for_update` does nothing on SQLite.

        Read it after this. Whoever needs the ledger and an agent's switch as well takes them later, in that order.
        """
        self.filter(pk=ticket_id).update(thread_key=F("thread_key"))


class Ticket(models.Model):
    """One conversation with one customer. Its number is its primary key."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="tickets")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    inbox = models.CharField(_("inbox"), max_length=320, help_text=_("The address or number of ours that was written to"))
    thread_key = models.CharField(max_length=64, help_text=_("What the messages of one conversation share; see helpdesk.intake"))
    subject = models.CharField(_("subject"), max_length=300)
    preview = models.CharField(max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    assignee = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name=_("assignee"))
    assigned_automatically = models.BooleanField(default=False)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="tickets", verbose_name=_("team"))
    tags = models.ManyToManyField(Tag, related_name="tickets", blank=True, verbose_name=_("tags"))
    sentiment_label = models.CharField(_("sentiment"), max_length=10, choices=SentimentLabel.choices, blank=True)
    sentiment_score = models.PositiveSmallIntegerField(_("sentiment score"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    last_message_at = models.DateTimeField(_("last message"), default=timezone.now)
    waiting_since = models.DateTimeField(_("waiting since"), null=True, blank=True, help_text=_("When the customer began to wait for a reply"))
    first_reply_at = models.DateTimeField(_("first reply"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects: ClassVar[TicketQuerySet] = TicketQuerySet.as_manager()  # type: ignore[assignment] # a manager with the queryset's methods

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints = [
            models.UniqueConstraint(fields=["inbox", "thread_key"], condition=Q(closed_at=None), name="one_open_ticket_per_thread"),
            models.CheckConstraint(condition=Q(sentiment_score=None) | Q(sentiment_score__lte=10), name="sentiment_score_0_to_10"),
            models.CheckConstraint(
                # `score >= 0` alone is neither true nor false of NULL, which satisfies a CHECK
                condition=Q(sentiment_score=None, sentiment_label="") | (Q(sentiment_score__isnull=False, sentiment_score__gte=0) & ~Q(sentiment_label="")),
                name="sentiment_has_label_and_score",
            ),
        ]
        indexes = [
            models.Index(fields=["-last_message_at", "-id"], condition=Q(closed_at=None), name="list_open"),
            models.Index(fields=["assignee", "-last_message_at", "-id"], condition=Q(closed_at=None), name="list_of_assignee"),
            models.Index(fields=["team", "-last_message_at", "-id"], condition=Q(closed_at=None), name="list_of_team"),
            models.Index(fields=["-last_message_at", "-id"], condition=Q(closed_at=None, assignee=None, team=None), name="list_unassigned"),
            models.Index(fields=["created_at"], condition=Q(closed_at=None, assignee=None), name="waiting_for_an_agent"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.subject}"

    def get_absolute_url(self) -> str:
        return reverse("ticket", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


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

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("created_at", "id")
        indexes = [models.Index(fields=["ticket", "created_at", "id"], name="conversation")]
        constraints = [
            models.CheckConstraint(condition=Q(is_internal=False) | Q(author__in=["agent", "system"]), name="only_the_team_writes_notes"),
            models.CheckConstraint(
                condition=Q(author="agent", agent__isnull=False) | (~Q(author="agent") & Q(agent=None)), name="agent_messages_have_an_agent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author}: {self.text[:60]}"


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


class TicketEvent(models.Model):
    """The history: append-only, written by `record_event` alone."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="history")
    kind = models.CharField(max_length=40)
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ("at", "id")
        indexes = [models.Index(fields=["ticket", "at", "id"], name="history_of_ticket")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.ticket_id}"


class SavedView(models.Model):
    """A list in the side bar that rules put tickets into (R13)."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    icon = models.CharField(_("icon"), max_length=20, default="eye")
    tickets = models.ManyToManyField(Ticket, through="ViewEntry", related_name="views")

    class Meta:
        verbose_name = _("view")
        verbose_name_plural = _("views")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class ViewEntry(models.Model):
    """C20: a match is frozen at routing time and stays until the ticket closes."""

    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="entries")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="view_entries")
    matched_at = models.DateTimeField(default=timezone.now)
    true_until = models.DateTimeField(null=True, help_text=_("Until when what matched is true, if nothing else happens; empty: for ever"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["view", "ticket"], name="a_ticket_once_per_view")]

    def __str__(self) -> str:
        return f"#{self.ticket_id} in {self.view}"
