"""A ticket: one conversation with one customer, who has it, and where it stands."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.core.checks import CheckMessage
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Team
from helpdesk.customers.models import Customer


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


class Priority(models.TextChoices):
    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    URGENT = "urgent", _("Urgent")


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
        """Snoozed ones included."""
        return self.filter(closed_at=None)

    def awake(self) -> TicketQuerySet:
        """Open, and not snoozed: what lists show unless they are asked for more (A9)."""
        return self.filter(closed_at=None, snoozed_until=None)

    def unassigned(self) -> TicketQuerySet:
        """C3: open, with neither an assignee nor a team."""
        return self.awake().filter(assignee=None, team=None)

    def hold(self, ticket_id: int) -> None:
        """Nobody else changes the ticket until commit: a write, because `select_for_update` does nothing on SQLite.

        Read it after this. Whoever needs the ledger and an agent's switch as well takes them later, in that order.
        """
        self.filter(pk=ticket_id).update(thread_key=F("thread_key"))


class SortColumn(models.GeneratedField):
    """What lists are sorted by: never NULL, so that an index can be read onwards from any row of it."""

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Without a database: `check --deploy` has none, and all that we run on can store a column."""
        return super().check(**kwargs | {"databases": []})


AWAKE = Q(closed_at=None, snoozed_until=None)
NEVER_WAITS = datetime(9999, 1, 1, tzinfo=UTC)
NOT_SCORED = 11
NEWEST, WAITING, UPSET = ("-last_message_at", "-id"), ("waits_from", "id"), ("mood", "id")


def _indexes(name: str, which: Q, *led_by: str) -> list[models.Index]:
    """Of one standard list, for each order that it can be shown in."""
    orders = {"newest": NEWEST, "waiting": WAITING, "upset": UPSET}
    return [models.Index(fields=[*led_by, *order], condition=AWAKE & which, name=f"{title}_{name}") for title, order in orders.items()]


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
    priority = models.CharField(_("priority"), max_length=6, choices=Priority.choices, default=Priority.NORMAL)
    sentiment_label = models.CharField(_("sentiment"), max_length=10, choices=SentimentLabel.choices, blank=True)
    sentiment_score = models.PositiveSmallIntegerField(_("sentiment score"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    last_message_at = models.DateTimeField(_("last message"), default=timezone.now)
    waiting_since = models.DateTimeField(_("waiting since"), null=True, blank=True, help_text=_("When the customer began to wait for a reply"))
    first_reply_at = models.DateTimeField(_("first reply"), null=True, blank=True)
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    is_spam = models.BooleanField(_("spam"), default=False, help_text=_("Closed as spam: it counts nowhere"))

    waits_from = SortColumn(expression=Coalesce("waiting_since", Value(NEVER_WAITS)), output_field=models.DateTimeField(), db_persist=True)
    mood = SortColumn(expression=Coalesce("sentiment_score", Value(NOT_SCORED)), output_field=models.SmallIntegerField(), db_persist=True)

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
            *_indexes("all", Q()),
            *_indexes("team", Q(), "team"),
            *_indexes("unassigned", Q(assignee=None, team=None)),
            models.Index(fields=["assignee", *NEWEST], condition=AWAKE, name="newest_of_assignee"),
            models.Index(fields=["assignee", "assigned_automatically"], condition=Q(closed_at=None), name="load_of_assignee"),
            models.Index(fields=["created_at"], condition=Q(closed_at=None, assignee=None), name="waiting_for_an_agent"),
            models.Index(fields=["snoozed_until"], condition=Q(closed_at=None, snoozed_until__isnull=False), name="snoozed"),
            models.Index(fields=["created_at", "first_reply_at", "channel", "id"], condition=Q(is_spam=False), name="first_replies"),
            models.Index(fields=["id"], condition=Q(is_spam=True), name="spam"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.subject}"

    def get_absolute_url(self) -> str:
        return reverse("ticket", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None
