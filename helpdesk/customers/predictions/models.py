"""Where predictions come from, and the model that makes ours."""

from __future__ import annotations

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class PredictionSettings(models.Model):
    """Settings > Predictions (R2, R5, C16), and what was found in the orders. One row for the desk."""

    class Source(models.TextChoices):
        UNDECIDED = "undecided", _("Not decided yet")
        COMPUTED = "computed", _("Computed here from the orders")
        GIVEN = "given", _("Given by another system")
        OFF = "off", _("Off")

    id = models.SmallAutoField(primary_key=True)
    source = models.CharField(
        _("predictions"),
        max_length=10,
        choices=Source.choices,
        default=Source.UNDECIDED,
        help_text=_("Not decided: the next night decides. If a system has given predictions by then, theirs are kept; else they are computed."),
    )
    order_metric = models.CharField(_("event that is an order"), max_length=120, default="Placed Order")
    medium_from = models.FloatField(_("medium churn risk from"), default=0.33, validators=[MinValueValidator(0), MaxValueValidator(1)])
    high_from = models.FloatField(_("high churn risk from"), default=0.66, validators=[MinValueValidator(0), MaxValueValidator(1)])

    fitted_at = models.DateTimeField(_("last computed"), null=True, editable=False)
    problem = models.TextField(_("why nothing is predicted"), blank=True, editable=False)
    customers = models.PositiveIntegerField(_("customers with orders"), default=0, editable=False)
    orders = models.PositiveBigIntegerField(_("orders"), default=0, editable=False)
    log_likelihood = models.FloatField(null=True, editable=False)
    purchases: models.JSONField[dict[str, float], dict[str, float]] = models.JSONField(default=dict, editable=False)
    spending: models.JSONField[dict[str, float], dict[str, float]] = models.JSONField(default=dict, editable=False)
    next_customer = models.BigIntegerField(null=True, editable=False, help_text=_("From where on customers wait for their predictions"))
    last_event = models.BigIntegerField(default=0, editable=False, help_text=_("Up to where events have been looked at for new orders"))

    class Meta:
        verbose_name = verbose_name_plural = _("predictions")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_row_of_predictions")]

    def __str__(self) -> str:
        return str(self.Source(self.source).label)

    @classmethod
    def load(cls) -> Self:
        return cls.objects.get_or_create(pk=1)[0]
