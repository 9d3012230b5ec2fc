"""The rules, the one round-robin ledger, and the record of every decision."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Team
from helpdesk.customers.models import Segment
from helpdesk.tickets.models import Channel, Priority, SavedView, Tag, Ticket
from routing.applying.models import Application as Application  # Django looks for models here
from routing.applying.models import Move as Move
from routing.backtest.models import BackTest as BackTest  # Django looks for models here
from routing.rule_tests.models import RuleTest as RuleTest  # Django looks for models here


class Destination(models.TextChoices):
    """R11."""

    TEAM = "team", _("Assign to team")
    VIEW = "view", _("Save as view")


class Rule(models.Model):
    """A rule as people are writing it. It routes nothing until it is published: what routes is a `RuleSet`."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("on"), default=True, help_text=_("One that is off is left out when the rules are published."))
    definition = models.JSONField(_("conditions"))
    destination = models.CharField(_("destination"), max_length=10, choices=Destination.choices)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="rules", verbose_name=_("team"))
    view = models.ForeignKey(SavedView, on_delete=models.SET_NULL, null=True, blank=True, related_name="rules", verbose_name=_("view"))
    new_view = models.CharField(_("new view"), max_length=80, blank=True, help_text=_("A view of this name is made when the rule is published."))
    by = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("drafted by"))
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    is_deleted = models.BooleanField(default=False, help_text=_("It goes when the rules are published."))

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ("position", "id")
        constraints = [
            models.CheckConstraint(
                # a team or a view that was deleted leaves a rule without any, which cannot be published
                condition=Q(destination="team", view=None, new_view="") | Q(destination="view", team=None),
                name="a_rule_has_one_destination",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_homeless(self) -> bool:
        """Its team or view was deleted, or was never chosen."""
        return not (self.team_id or self.view_id or self.new_view)

    @property
    def goes_to(self) -> str:
        """The name of its team or view."""
        return str(self.team or self.view or self.new_view)


class RuleSet(models.Model):
    """All rules that are live from `at` until the next number (I2). Never changed: who publishes makes another."""

    number = models.PositiveIntegerField(_("number"), unique=True)
    at = models.DateTimeField(_("published"), default=timezone.now)
    by = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("published by"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    restores = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("goes back to"))
    rules: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(help_text=_("In their order; see routing.rule_set"))
    digest = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("published rules")
        verbose_name_plural = _("published rules")
        ordering = ("-number",)

    def __str__(self) -> str:
        return str(_("Version %(number)d") % {"number": self.number})


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
    """Why a ticket went where it went (I2). Exactly one for each cause.

    It keeps what was looked at, not what was concluded: `routing.reasons` asks the version's rules again about the same values,
    and gets the same answers.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="decisions")
    cause = models.CharField(max_length=60, help_text=_("What made us decide, e.g. “reopened 17”"))
    at = models.DateTimeField(default=timezone.now)
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, null=True, related_name="decisions", verbose_name=_("rules"))
    matched = models.TextField(default=",", help_text=_("The numbers of the rules that matched, as ,3,17,"))
    rule = models.PositiveBigIntegerField(null=True, help_text=_("The number of the rule that named the team"))
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("team"))
    team_was_chosen = models.BooleanField(default=False, help_text=_("By a person, which stands, whatever the rules say"))
    agent = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, related_name="+")
    # What of the ticket may change later, as it was.
    was_open = models.BooleanField(default=True)
    tags = models.TextField(blank=True, help_text=_("Each between separators"))
    sentiment_label = models.CharField(max_length=10, blank=True)
    sentiment_score = models.PositiveSmallIntegerField(null=True)
    team_before = models.CharField(max_length=80, blank=True)
    assignee_before = models.CharField(max_length=150, blank=True)
    priority = models.CharField(max_length=6, default=Priority.NORMAL)
    said: models.JSONField[list[int] | None, list[int] | None] = models.JSONField(
        null=True, help_text=_("The messages that were its body, if a rule asks about that")
    )
    values: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list, help_text=_("What the rules looked at of the customer, in their order"))
    until: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict, help_text=_("Until when a match holds, by rule"))
    teams: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list, help_text=_("Those that tags or segments named"))
    candidates: models.JSONField[list[list[Any]], list[list[Any]]] = models.JSONField(default=list, help_text=_("[agent, outcome], as they were asked"))
    waiting_because = models.CharField(max_length=40, blank=True)
    # It asked for an agent, and got neither one nor a team. Whoever gets the ticket later changes `agent`, `candidates` and `waiting_because`, never this.
    left_alone = models.BooleanField(default=False)

    class Meta:
        ordering = ("-at", "-id")
        constraints = [models.UniqueConstraint(fields=["ticket", "cause"], name="decided_once_per_cause")]
        indexes = [
            models.Index(fields=["at"], name="decisions_in_time"),
            models.Index(fields=["at", "ticket"], condition=Q(left_alone=True), name="left_unassigned"),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id} {self.cause}"

    @property
    def matched_rules(self) -> list[int]:
        return [int(number) for number in self.matched.split(",") if number]


APPLIED = Q(cause__startswith="applied ")  # decisions about tickets that were there already (C14)


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
    handing_out_limit = models.PositiveIntegerField(
        _("of tickets that have waited"),
        default=20,
        help_text=_("What has waited for the hours or for somebody Online goes only to agents with fewer open automatic tickets than this. 0 = no limit."),
    )
    backlog_after = models.PositiveIntegerField(
        _("minutes until left tickets are noticed"),
        default=60,
        help_text=_("Of business hours since the agent who has them went Offline, or was last seen. 0 = never."),
    )

    class Meta:
        verbose_name = _("inbound messages")
        verbose_name_plural = _("inbound messages")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_set_of_round_robin_settings")]

    def __str__(self) -> str:
        return str(_("Inbound messages"))

    @property
    def handing_out(self) -> int:
        """The limit that holds for what has waited (C8): the lower of the two that are set, 0 for none."""
        return min(filter(None, (self.capacity, self.handing_out_limit)), default=0)

    def only_in_hours(self, channel: str) -> bool:
        return bool(getattr(self, f"hours_{Channel(channel).value}"))
