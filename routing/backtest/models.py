"""A replay of the last days by other rules: what was asked, how far it has come, what it found."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent
from helpdesk.long_work import LongRun


class BackTest(LongRun):
    """`found`, added up batch by batch: see `routing.backtest.tally`."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")

    by = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    since = models.DateTimeField()
    until = models.DateTimeField()
    rules: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(help_text=_("The draft as it was when it began"))
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    next_at = models.DateTimeField(default=timezone.now, help_text=_("When somebody may take it up, or take it over"))
    ended_at = models.DateTimeField(null=True)
    cursor = models.BigIntegerField(default=0, help_text=_("The number of the last decision that was asked"))
    failures = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    reproduced = models.PositiveIntegerField(default=0, help_text=_("Decisions that the history alone gives again"))
    found: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    UNDER_WAY = (Status.WAITING, Status.RUNNING)

    class Meta:
        verbose_name = _("back-test")
        verbose_name_plural = _("back-tests")
        ordering = ("-pk",)
        indexes = [models.Index(fields=["next_at"], condition=models.Q(status__in=["waiting", "running"]), name="back_tests_under_way")]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d} – {self.until:%Y-%m-%d}"

    @property
    def days(self) -> int:
        return (self.until - self.since).days


class Moved(models.Model):
    """A decision that would have been another; only the first of them are kept, the numbers count all."""

    back_test = models.ForeignKey(BackTest, on_delete=models.CASCADE, related_name="moves")
    decision = models.ForeignKey("routing.RoutingDecision", on_delete=models.CASCADE, related_name="+")
    rule = models.BigIntegerField(help_text=_("The number of the rule of the draft that takes it; 0 for none"))
    teams: models.JSONField[list[int], list[int]] = models.JSONField(default=list, help_text=_("Where it would be: none, one, or several that take turns"))

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.decision_id} → {self.teams}"
