"""Example tickets with the destination that the rules must give them (I4)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Team
from helpdesk.tickets.models import SavedView, Ticket


class RuleTest(models.Model):
    """What is known of a ticket at the instant `at`, and where it must go. See `rule_tests.example` for what `example` holds."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    at = models.DateTimeField(_("moment"), default=timezone.now)
    example: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(_("example"), default=dict)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("team"))
    team_name = models.CharField(max_length=80, blank=True, help_text=_("Tells a team that was deleted from none at all"))
    views = models.ManyToManyField(SavedView, blank=True, related_name="+", verbose_name=_("views"))
    no_other_views = models.BooleanField(_("no other views"), default=False)
    by = models.ForeignKey(Agent, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("written by"))
    ticket = models.ForeignKey(Ticket, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("made from"))
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("rule test")
        verbose_name_plural = _("rule tests")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
