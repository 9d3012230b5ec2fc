"""Data that we fetch or read from a file: each import is a row that knows how far it has come."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent
from helpdesk.customers.models import Customer, Segment
from helpdesk.long_work import LongRun
from helpdesk.sealed import SealedField

STAGES = {
    "metrics": _("Reading the names of events"),
    "profiles": _("Reading profiles"),
    "events": _("Reading events"),
    "lists": _("Reading lists"),
    "segments": _("Reading segments"),
    "members": _("Reading members"),
}


class Account(models.Model):
    """A shop's account at Klaviyo, its key, and up to when its data has been taken."""

    external_id = models.CharField(_("account"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    key = SealedField(_("API key"))
    metrics: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict, help_text=_("{ID: name}"))
    taken: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict, help_text=_("{what: until when}, ISO 8601"))

    class Meta:
        verbose_name = _("Klaviyo account")
        verbose_name_plural = _("Klaviyo accounts")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Import(LongRun):
    """One run. `cursor` is where the next batch begins and is written in the transaction that writes the rows of the last one."""

    class Kind(models.TextChoices):
        CSV = "csv", _("CSV file")
        KLAVIYO = "klaviyo", _("Klaviyo")

    class Status(models.TextChoices):
        MAPPING = "mapping", _("Not started")
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=200)
    by = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="imports")
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.MAPPING)
    error = models.TextField(_("what went wrong"), blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    total = models.BigIntegerField(default=0, help_text=_("Of a file: its bytes"))
    done = models.BigIntegerField(_("read"), default=0)
    new = models.BigIntegerField(_("new"), default=0)
    changed = models.BigIntegerField(_("changed"), default=0)
    refused = models.BigIntegerField(_("refused"), default=0)
    notes: models.JSONField[list[str], list[str]] = models.JSONField(default=list, help_text=_("Sentences for whoever reads the result"))
    mapping: models.JSONField[list[dict[str, str]], list[dict[str, str]]] = models.JSONField(default=list)
    options: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    cursor: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    batches = models.PositiveIntegerField(default=0, help_text=_("Committed so far; whoever commits the next one counts it"))
    failures = models.PositiveSmallIntegerField(default=0, help_text=_("Attempts at the next batch that did not work"))
    next_at = models.DateTimeField(default=timezone.now, help_text=_("Nobody works on it before; whoever does moves it on"))

    UNDER_WAY = (Status.WAITING, Status.RUNNING)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-pk",)
        indexes = [models.Index(fields=["next_at"], condition=models.Q(status__in=["waiting", "running"]), name="imports_due")]

    def __str__(self) -> str:
        return self.name

    @property
    def stage(self) -> str:
        """What is being read, in words; nothing for a file."""
        return str(STAGES.get(self.cursor.get("stage", ""), ""))

    @property
    def unchanged(self) -> int:
        return self.done - self.new - self.changed - self.refused


class Chunk(models.Model):
    """A piece of the file that was uploaded, kept until the import ends: web and worker may be different machines."""

    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="one_chunk_per_place")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.number}"


class Refusal(models.Model):
    """A row that was not taken, as it was, and why."""

    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="refusals")
    row = models.PositiveIntegerField(_("row"))
    reason = models.TextField(_("reason"))
    raw: models.JSONField[list[str], list[str]] = models.JSONField(default=list)

    class Meta:
        verbose_name = _("refused row")
        verbose_name_plural = _("refused rows")
        constraints = [models.UniqueConstraint(fields=["run", "row"], name="refused_once")]

    def __str__(self) -> str:
        return f"{self.row}: {self.reason}"


class Group(models.Model):
    """A list or segment at Klaviyo. `segment` is ours, as soon as there is one."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="groups")
    external_id = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    definition = models.JSONField(null=True)
    segment = models.ForeignKey(Segment, on_delete=models.SET_NULL, null=True, related_name="+")
    is_settled = models.BooleanField(default=False, help_text=_("Whether its segment has been made once"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "external_id"], name="one_group_per_id")]

    def __str__(self) -> str:
        return self.name


class SeenMember(models.Model):
    """Who was in a group on the pages read so far; when all are read, whoever was not seen has left it."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="seen")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "customer"], name="seen_once")]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.group_id}"
