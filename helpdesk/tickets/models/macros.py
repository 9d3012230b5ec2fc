"""Answers that are given again and again."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.models import Agent

NAMED_ALREADY, YOURS_ALREADY = _("There is already a macro of this name."), _("You have a macro of this name already.")


class MacroQuerySet(models.QuerySet["Macro"]):
    def usable_by(self, agent: Agent) -> MacroQuerySet:
        """The shared ones and their own (V3)."""
        return self.filter(Q(owner=None) | Q(owner=agent)) if agent.can_answer else self.none()


class Macro(models.Model):
    """A text with variables, see `helpdesk.tickets.conversation.macros`. Without an owner it is everybody's."""

    name = models.CharField(_("name"), max_length=80)
    category = models.CharField(_("category"), max_length=40, blank=True)
    body = models.TextField(_("text"), max_length=20_000)
    owner = models.ForeignKey(Agent, on_delete=models.CASCADE, null=True, blank=True, related_name="macros", editable=False)

    objects = MacroQuerySet.as_manager()

    class Meta:
        verbose_name = _("macro")
        verbose_name_plural = _("macros")
        ordering = ("category", "name", "id")
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(owner=None), name="one_shared_macro_per_name", violation_error_message=NAMED_ALREADY),
            models.UniqueConstraint(
                fields=["owner", "name"],
                condition=Q(owner__isnull=False),
                name="one_own_macro_per_name",
                violation_error_message=YOURS_ALREADY,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """A variable that nothing could ever fill is a slip of the pen, and so is a name that differs from another's in case alone."""
        from helpdesk.tickets.conversation.macros import check_variables

        names = Macro.objects.filter(owner=self.owner).exclude(pk=self.pk).values_list("name", flat=True)
        if self.name.casefold() in {name.casefold() for name in names}:
            raise ValidationError({"name": NAMED_ALREADY if self.owner is None else YOURS_ALREADY})
        check_variables(self.body)
