"""Where people are, and what they agreed to, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.conditions.grammar import ConsentCondition, RegionCondition


def region(condition: RegionCondition) -> str:
    return str(_REGIONS[condition.region_id, condition.in_region])


def consent(condition: ConsentCondition) -> str:
    return _CONSENT[condition.can_receive_marketing, condition.subscription] % {"channel": _CHANNELS[condition.channel]}


_REGIONS = {
    ("european_union", True): _("country is in the European Union"),
    ("european_union", False): _("country is not in the European Union"),
    ("united_states", True): _("country is in the United States"),
    ("united_states", False): _("country is not in the United States"),
}
_CONSENT = {
    (True, "any"): _("may receive marketing by %(channel)s"),
    (True, "subscribed"): _("may receive marketing by %(channel)s, having subscribed"),
    (False, "any"): _("may not receive marketing by %(channel)s"),
    (False, "unsubscribed"): _("may not receive marketing by %(channel)s, having unsubscribed"),
    (False, "never_subscribed"): _("may not receive marketing by %(channel)s, never having subscribed"),
}
_CHANNELS = {
    "email": pgettext_lazy("by …", "e-mail"),
    "sms": pgettext_lazy("by …", "SMS"),
    "push": pgettext_lazy("by …", "push"),
}
