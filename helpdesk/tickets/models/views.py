"""Lists of a desk's own: those that rules put tickets into, and filters that somebody has kept."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agents.models import Agent
from helpdesk.tickets.models.tickets import Ticket


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def seen_by(self, agent: Agent) -> SavedViewQuerySet:
        """Everybody's, and the agent's own (V3)."""
        return self.filter(Q(owner=None) | Q(owner=agent))

    def filled_by_rules(self) -> SavedViewQuerySet:
        """Where a rule can lead (R13)."""
        return self.filter(definition__isnull=True)


class SavedView(models.Model):
    """A list in the side bar: of what rules put into it (R13), or, with a definition, of what matches now (S9, C20)."""

    name = models.CharField(_("name"), max_length=80)
    owner = models.ForeignKey(Agent, on_delete=models.CASCADE, null=True, blank=True, related_name="views", help_text=_("Empty: everybody sees it"))
    definition = models.JSONField(null=True, blank=True, help_text=_("The grammar of conditions; empty: rules fill it"))
    sort = models.CharField(max_length=10, default="newest")
    icon = models.CharField(_("icon"), max_length=20, default="eye")
    tickets = models.ManyToManyField(Ticket, through="ViewEntry", related_name="views")

    objects: ClassVar[SavedViewQuerySet] = SavedViewQuerySet.as_manager()  # type: ignore[assignment] # a manager with the queryset's methods

    class Meta:
        verbose_name = _("view")
        verbose_name_plural = _("views")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(owner=None), name="one_shared_view_per_name"),
            models.UniqueConstraint(fields=["owner", "name"], name="one_view_per_name_and_owner"),
            models.CheckConstraint(condition=Q(owner=None) | Q(definition__isnull=False), name="rules_fill_shared_views_only"),
        ]

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
