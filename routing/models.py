"""The rules, the one round-robin ledger, and the record of every decision."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Team
from helpdesk.conditions.grammar import DefinitionError, parse_definition
from helpdesk.customers.models import Segment
from helpdesk.customers.segments import warnings_of
from helpdesk.tickets.models import Channel, SavedView, Tag, Ticket


class Rule(models.Model):
    """When a new ticket matches `definition`, it goes to one destination (R11)."""

    class Destination(models.TextChoices):
        TEAM = "team", _("Assign to team")
        VIEW = "view", _("Save as view")

    name = models.CharField(_("name"), max_length=120, unique=True)
    position = models.PositiveIntegerField(
        _("position"), default=0, help_text=_("Rules are tried from the lowest to the highest; the first matching team rule wins.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    definition = models.JSONField(_("conditions"))
    destination = models.CharField(_("destination"), max_length=10, choices=Destination.choices)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="rules", verbose_name=_("team"))
    view = models.ForeignKey(SavedView, on_delete=models.PROTECT, null=True, blank=True, related_name="rules", verbose_name=_("view"))

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ("position", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(destination="team", team__isnull=False, view=None) | Q(destination="view", view__isnull=False, team=None),
                name="a_rule_has_one_destination",
                violation_error_message=_("Choose a team for “Assign to team”, or a view for “Save as view”, and leave the other empty."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        try:
            parse_definition(self.definition)
        except DefinitionError as error:
            raise ValidationError({"definition": str(error)}) from error

    def warnings(self) -> list[str]:
        """Sentences for people: which segments that it asks about are missing, deleted, inactive or empty."""
        try:
            return warnings_of(parse_definition(self.definition))
        except DefinitionError as error:
            return [str(error)]


class TeamMatching(models.Model):
    """What brings tickets to a team besides the rules: any of these tags or segments (A10)."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="matching")
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), blank=True, related_name="+")
    segments = models.ManyToManyField(Segment, verbose_name=_("segments"), blank=True, related_name="+")
    last_turn = models.BigIntegerField(default=0, editable=False)  # of the ledger

    class Meta:
        verbose_name = _("tags and segments")
        verbose_name_plural = _("tags and segments")

    def __str__(self) -> str:
        return str(self.team)


class RoutingDecision(models.Model):
    """Why a ticket went where it went (I2). Exactly one for each cause."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="decisions")
    cause = models.CharField(max_length=60, help_text=_("What made us decide, e.g. “reopened 17”"))
    at = models.DateTimeField(default=timezone.now)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, related_name="+")
    agent = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, related_name="+")
    rules: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    teams: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list, help_text=_("Those that tags or segments named"))
    candidates: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    waiting_because = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ("-at", "-id")
        constraints = [models.UniqueConstraint(fields=["ticket", "cause"], name="decided_once_per_cause")]

    def __str__(self) -> str:
        return f"#{self.ticket_id} {self.cause}"


class Ledger(models.Model):
    """The one counter of automatic assignments. Whoever updates this row holds the turn until commit."""

    id = models.SmallAutoField(primary_key=True)
    turn = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_ledger")]

    def __str__(self) -> str:
        return f"turn {self.turn}"


class LedgerEntry(models.Model):
    """An agent's latest automatic assignment: the turn it was, 0 for none yet."""

    agent = models.OneToOneField(Agent, on_delete=models.CASCADE, primary_key=True, related_name="ledger_entry")
    last_turn = models.BigIntegerField(default=0)
    received = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger")

    def __str__(self) -> str:
        return f"{self.agent}: turn {self.last_turn}"


class RoundRobinSettings(models.Model):
    """Settings > Inbound messages (A13, B9, C1, C8). One row for the desk."""

    id = models.SmallAutoField(primary_key=True)
    is_on = models.BooleanField(_("round robin assignment"), default=True, help_text=_("Off: tickets wait until somebody takes them."))
    hours_email = models.BooleanField(_("e-mail only in business hours"), default=False)
    hours_webchat = models.BooleanField(_("web chat only in business hours"), default=True)
    hours_sms = models.BooleanField(_("SMS only in business hours"), default=False)
    hours_social = models.BooleanField(_("social only in business hours"), default=False)
    hours_api = models.BooleanField(_("API only in business hours"), default=False)
    capacity = models.PositiveIntegerField(
        _("open automatic tickets per agent"), default=0, help_text=_("An agent who has this many gets no more until one is closed. 0 = no limit.")
    )

    class Meta:
        verbose_name = _("inbound messages")
        verbose_name_plural = _("inbound messages")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_set_of_round_robin_settings")]

    def __str__(self) -> str:
        return str(_("Inbound messages"))

    def only_in_hours(self, channel: str) -> bool:
        return bool(getattr(self, f"hours_{Channel(channel).value}"))
