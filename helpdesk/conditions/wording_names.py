"""What conditions ask about, in words: the profile's own fields, predictive analytics, the ticket's fields. Others' names stay as they are."""

from __future__ import annotations

import re
from functools import lru_cache

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from helpdesk.conditions import wording_values as values

_CUSTOM = re.compile(r"properties\['(.+)'\]", re.DOTALL)

OWN_FIELDS = {
    "email": pgettext_lazy("profile field", "e-mail"),
    "phone": pgettext_lazy("profile field", "phone"),
    "external_id": pgettext_lazy("profile field", "external ID"),
    "name": pgettext_lazy("profile field", "name"),
    "country": pgettext_lazy("profile field", "country"),
    "city": pgettext_lazy("profile field", "city"),
    "zone": pgettext_lazy("profile field", "time zone"),
    "language": pgettext_lazy("profile field", "language"),
    "churn_risk": pgettext_lazy("profile field", "churn risk"),
}
# Kept among the custom properties under these very names: `properties['email_consent']` is the same fact.
KNOWN_PROPERTIES = {
    "email_consent": _("consent to e-mail"),
    "sms_consent": _("consent to SMS"),
    "push_consent": _("consent to push"),
    "average_days_between_orders": _("average number of days between orders"),
    "average_order_value": _("average order value"),
    "churn_probability": _("churn probability"),
    "historic_clv": _("historic customer value"),
    "historic_number_of_orders": _("historic number of orders"),
    "predicted_clv": _("predicted customer value"),
    "predicted_number_of_orders": _("predicted number of orders"),
    "total_clv": _("total customer value"),
    "expected_date_of_next_purchase": _("expected date of next purchase"),
}
TICKET_FIELDS = {
    "channel": _("ticket channel"),
    "status": _("ticket status"),
    "sentiment": _("ticket sentiment"),
    "sentiment_score": _("ticket sentiment score"),
    "subject": _("ticket subject"),
    "body": _("ticket body"),
    "language": _("ticket language"),
    "team": _("ticket team"),
    "assignee": _("ticket assignee"),
    "priority": _("ticket priority"),
    "created": _("ticket creation date"),
}


def property_name(written: str) -> str:
    """`$country`, `churn_risk` and the like in words; `properties['x']` and names that are nobody's as they are."""
    custom = _CUSTOM.fullmatch(written)
    bare = custom[1] if custom else written.removeprefix("$")
    known = KNOWN_PROPERTIES.get(bare) or (None if custom else OWN_FIELDS.get(bare))
    return str(known) if known else custom_name(bare)


def custom_name(text: str) -> str:
    """Quoted if it could be taken for a name of ours."""
    return values.quoted(text) if text in _ours(get_language()) else values.name(text)


@lru_cache
def _ours(_language: str | None) -> frozenset[str]:
    return frozenset(str(name) for names in (OWN_FIELDS, KNOWN_PROPERTIES, TICKET_FIELDS) for name in names.values())
