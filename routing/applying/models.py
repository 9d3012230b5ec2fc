"""The live rules, applied once more to the tickets that nobody has (C14)."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Team
from helpdesk.long_work import LongRun
from helpdesk.tickets.models import Ticket


class Application(LongRun):
    """One run over the open unassigned tickets, and its undoing. `cursor` is what was worked off last, written in the transaction that did it."""

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")

    rule_set = models.ForeignKey("routing.RuleSet", on_delete=models.PROTECT, related_name="applications", verbose_name=_("rules"))
    by = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("applied by"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.RUNNING)
    error = models.TextField(_("what went wrong"), blank=True)
    created_at = models.DateTimeField(_("started"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)
    total = models.PositiveIntegerField(_("tickets"), default=0, help_text=_("How many were unassigned when it began"))
    done = models.PositiveIntegerField(_("read"), default=0)
    moved = models.PositiveIntegerField(_("moved"), default=0)
    cursor = models.BigIntegerField(default=0, help_text=_("The number of a ticket; while it is being undone, of a move"))
    failures = models.PositiveSmallIntegerField(default=0, help_text=_("Attempts at the next one that did not work"))
    next_at = models.DateTimeField(default=timezone.now, help_text=_("Nobody works on it before; whoever does moves it on"))
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("undone by"))
    returned = models.PositiveIntegerField(_("returned"), default=0)
    kept = models.PositiveIntegerField(_("kept"), default=0, help_text=_("Changed by people since"))

    UNDER_WAY = (Status.RUNNING, Status.UNDOING)
    ENDED = (Status.DONE, Status.CANCELLED, Status.FAILED)

    class Meta:
        verbose_name = _("application of the rules")
        verbose_name_plural = _("applications of the rules")
        ordering = ("-pk",)
        constraints = [models.UniqueConstraint(models.Value(1), condition=models.Q(status__in=["running", "undoing"]), name="one_application_at_a_time")]

    def __str__(self) -> str:
        return f"{self.rule_set}, {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def can_be_undone(self) -> bool:
        return self.status in self.ENDED and self.moves.filter(fate="").exists()


class Move(models.Model):
    """What an application made of a ticket that nobody had: its team and agent, its places in views.

    One that it changed nothing about has none, unless a person had returned it (A30) and it waits for an agent again.
    """

    class Fate(models.TextChoices):
        RETURNED = "returned", _("Returned to Unassigned")
        KEPT = "kept", _("Changed by people since")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="moves")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    decision = models.ForeignKey("routing.RoutingDecision", on_delete=models.CASCADE, related_name="+")
    waited = models.BooleanField(help_text=_("For an agent, before: no person had returned it"))
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("team"))
    agent = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("agent"))
    entries: models.JSONField[list[int], list[int]] = models.JSONField(default=list, help_text=_("The numbers of its new places in views"))
    views: models.JSONField[list[str], list[str]] = models.JSONField(default=list, help_text=_("The names of these views"))
    event = models.BigIntegerField(help_text=_("The ticket's history is ours up to this number"))
    fate = models.CharField(max_length=10, choices=Fate.choices, blank=True, help_text=_("What came of it when the application was undone"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "ticket"], name="moved_once")]

    def __str__(self) -> str:
        return f"#{self.ticket_id} by {self.application_id}"

    @property
    def has_moved(self) -> bool:
        return bool(self.team_id or self.agent_id or self.entries)
