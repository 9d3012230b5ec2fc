"""What people set about predictions."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import Agent
from helpdesk.conditions.grammar import PropertyCondition
from helpdesk.customers.definitions import definition_of, with_paths
from helpdesk.customers.memberships import refresh_changed
from helpdesk.customers.models import Segment
from helpdesk.customers.predictions.bands import forget_bands
from helpdesk.customers.predictions.jobs import fit_orders
from helpdesk.customers.predictions.models import PredictionSettings
from helpdesk.customers.segments import must_manage

_LIMITS = {"medium_from", "high_from"}


class WrongChoice(ValueError):
    """Why this cannot be set, in words for the user."""


@transaction.atomic
def change_predictions(*, by: Agent | None, **changes: Any) -> PredictionSettings:
    """`source`, `order_metric`, `medium_from`, `high_from`. What is computed comes soon after, from a job; what was, stays. WrongChoice."""
    must_manage(by)
    settings = PredictionSettings.load()
    before = {name: getattr(settings, name) for name in changes}
    for name, value in changes.items():
        setattr(settings, name, value)
    check_choices(settings)
    settings.save(update_fields=list(changes))
    changed = {name for name, value in before.items() if getattr(settings, name) != value}
    if changed & _LIMITS:
        forget_bands()
        _ask_about_churn_again()
    if changed - _LIMITS and settings.source == PredictionSettings.Source.COMPUTED:
        fit_orders.enqueue()
    return settings


def check_choices(settings: PredictionSettings) -> None:
    """WrongChoice."""
    try:
        settings.clean_fields()
    except ValidationError as error:
        raise WrongChoice(" ".join(error.messages)) from error
    if not 0 < settings.medium_from < settings.high_from <= 1:
        raise WrongChoice(_("Medium must begin above 0, and High above Medium."))


def _ask_about_churn_again() -> None:
    """Nothing has happened to the customers, but they may be in another band."""
    asking = [segment.pk for segment in Segment.objects.filter(definition__isnull=False) if _asks_about_churn(segment)]
    if asking:
        Segment.objects.filter(pk__in=asking).update(changed_at=timezone.now())
        refresh_changed.enqueue()


def _asks_about_churn(segment: Segment) -> bool:
    definition = definition_of(segment)
    names = [each.property for _path, each in with_paths(definition) if isinstance(each, PropertyCondition)] if definition else []
    return any("churn_risk" in name for name in names)
