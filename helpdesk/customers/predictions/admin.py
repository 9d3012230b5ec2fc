"""Settings > Predictions (R2, R5, C16): where they come from, and where the bands of churn risk begin."""

from __future__ import annotations

from typing import Any

from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.admin_pages import OneRowAdmin, display
from helpdesk.customers.predictions.choices import WrongChoice, change_predictions, check_choices
from helpdesk.customers.predictions.models import PredictionSettings


class PredictionsForm(ModelForm):  # type: ignore[type-arg] # Django's takes none when it runs
    class Meta:
        model = PredictionSettings
        fields = ("source", "order_metric", "medium_from", "high_from")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                check_choices(PredictionSettings(**cleaned))
            except WrongChoice as error:
                self.add_error("high_from", str(error))
        return cleaned


class PredictionSettingsAdmin(OneRowAdmin):
    form = PredictionsForm
    fieldsets = (
        (None, {"fields": ("source", "order_metric", "state")}),
        (
            gettext_lazy("Churn risk"),
            {"fields": ("medium_from", "high_from"), "description": gettext_lazy("Of the probability, 0 to 1. Below, it is Low.")},
        ),
    )
    readonly_fields = ("state",)

    @display(description=gettext_lazy("last computed"))
    def state(self, settings: PredictionSettings) -> str:
        if settings.problem:
            return settings.problem
        if settings.fitted_at is None:
            return _("Not yet")
        counts = {name: number_format(getattr(settings, name), force_grouping=True) for name in ("customers", "orders")}
        figures = {"at": f"{settings.fitted_at:%Y-%m-%d %H:%M}"} | counts
        return _("%(at)s UTC, from %(orders)s orders of %(customers)s customers, by the MBG/NBD and Gamma-Gamma models") % figures

    def save_model(self, request: HttpRequest, obj: PredictionSettings, form: Any, change: bool) -> None:
        """The verb writes it: what follows from a change is done there."""
        change_predictions(by=request.user, **{name: form.cleaned_data[name] for name in form.changed_data})  # type: ignore[arg-type] # people who sign in are agents
