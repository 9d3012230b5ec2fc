"""What managers choose about tickets."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class TicketSettings(models.Model):
    """Settings > Tickets. One row for the desk."""

    id = models.SmallAutoField(primary_key=True)
    close_after_days = models.PositiveSmallIntegerField(
        _("close after days of silence"),
        default=0,
        help_text=_("A ticket that was answered is closed when the customer has not written for this many days. 0 = never."),
    )

    class Meta:
        verbose_name = _("tickets")
        verbose_name_plural = _("tickets")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_set_of_ticket_settings")]

    def __str__(self) -> str:
        return str(_("Tickets"))
