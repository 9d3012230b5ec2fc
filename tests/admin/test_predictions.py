"""Settings > Predictions: where they come from, and where churn risk begins to be Medium and High (C16)."""

from __future__ import annotations

import pytest
from django.test import Client

from helpdesk.customers.facts import churn_risk
from helpdesk.customers.predictions.models import PredictionSettings
from tests.admin.conftest import problems

pytestmark = pytest.mark.django_db
PAGE = "/admin/customers/predictionsettings/1/change/"
CHOICES = {"source": "given", "order_metric": "Placed Order", "medium_from": "0.2", "high_from": "0.5"}


def test_list_is_the_form(as_manager: Client) -> None:
    assert as_manager.get("/admin/customers/predictionsettings/", follow=True).redirect_chain == [(PAGE, 302)]


def test_limits_of_churn_risk_are_set(as_manager: Client, django_capture_on_commit_callbacks: pytest.FixtureRequest) -> None:
    """C16: the number stays, the band follows."""
    as_manager.get("/admin/customers/predictionsettings/", follow=True)
    assert churn_risk(0.5) == "Medium"

    with django_capture_on_commit_callbacks(execute=True):
        as_manager.post(PAGE, CHOICES)

    assert (churn_risk(0.1), churn_risk(0.2), churn_risk(0.5)) == ("Low", "Medium", "High")
    assert PredictionSettings.load().source == "given"


def test_limits_in_the_wrong_order_are_explained(as_manager: Client) -> None:
    as_manager.get("/admin/customers/predictionsettings/", follow=True)

    response = as_manager.post(PAGE, CHOICES | {"medium_from": "0.7"})

    assert problems(response) == {"high_from": ["Medium must begin above 0, and High above Medium."]}
    assert PredictionSettings.load().medium_from == 0.33


def test_page_says_why_nothing_is_predicted(as_manager: Client) -> None:
    PredictionSettings.objects.create(pk=1, problem="Too few orders.")

    assert "Too few orders." in as_manager.get(PAGE).content.decode()
