"""What the choices of the builder are called."""

from __future__ import annotations

from django.utils.dates import MONTHS
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from helpdesk.conditions import grammar
from helpdesk.conditions.grammar import (
    ConsentCondition,
    GroupCondition,
    MetricCondition,
    PredictionCondition,
    PropertyCondition,
    RegionCondition,
    TicketCondition,
)
from helpdesk.conditions.wording_names import KNOWN_PROPERTIES, OWN_FIELDS

KINDS = {
    MetricCondition.type: _("What someone has done"),
    PropertyCondition.type: _("Properties about someone"),
    PredictionCondition.type: _("Predictive analytics"),
    GroupCondition.type: _("Segment membership"),
    RegionCondition.type: _("Region"),
    ConsentCondition.type: _("Marketing consent"),
    TicketCondition.type: _("Ticket properties"),
}
OFTEN = {
    "once": pgettext_lazy("often", "at least once"),
    "never": _("zero times"),
    "count:greater-than-or-equal": _("at least this often:"),
    "count:equals": _("exactly this often:"),
    "count:greater-than": _("more often than"),
    "count:less-than": _("less often than"),
    "count:less-than-or-equal": _("at most this often:"),
    "count:not-equals": _("not exactly this often:"),
    "sum:greater-than-or-equal": _("with a total value of at least"),
    "sum:equals": _("with a total value of exactly"),
    "sum:greater-than": _("with a total value above"),
    "sum:less-than": _("with a total value below"),
    "sum:less-than-or-equal": _("with a total value of at most"),
    "sum:not-equals": _("with a total value other than"),
}
TYPES = {"string": _("Text"), "numeric": _("Number"), "date": _("Date"), "list": _("List"), "boolean": _("Yes or no"), "existence": _("Any value")}
TESTS = {
    "string:equals": _("equals"),
    "string:not-equals": _("does not equal"),
    "string:in": _("is one of"),
    "string:not-in": _("is none of"),
    "string:contains": _("contains"),
    "string:not-contains": _("does not contain"),
    "string:starts-with": _("starts with"),
    "string:not-starts-with": _("does not start with"),
    "string:ends-with": _("ends with"),
    "string:not-ends-with": _("does not end with"),
    "string:regex": _("matches the pattern"),
    "string:nregex": _("does not match the pattern"),
    "numeric:equals": _("equals"),
    "numeric:not-equals": _("does not equal"),
    "numeric:greater-than": _("is greater than"),
    "numeric:greater-than-or-equal": _("is at least"),
    "numeric:less-than": _("is less than"),
    "numeric:less-than-or-equal": _("is at most"),
    "date:in-the-last": _("is in the last"),
    "date:in-the-next": _("is in the next"),
    "date:at-least": _("is longer ago than"),
    "date:between": _("is this long ago, between"),
    "date:before": _("is before"),
    "date:after": _("is on or after"),
    "date:between-static": _("is between"),
    "date:anniversary": _("has its anniversary today"),
    "date:anniversary-month": _("has its anniversary this month"),
    "date:anniversary-last": _("has had its anniversary in the last"),
    "date:anniversary-next": _("has its anniversary in the next"),
    "date:calendar-month": _("is in the month of"),
    "list:contains": _("contains"),
    "list:not-contains": _("does not contain"),
    "list:contains-any": _("contains any of"),
    "list:not-contains-any": _("contains none of"),
    "list:contains-all": _("contains all of"),
    "list:not-contains-all": _("does not contain all of"),
    "list:contains-substring": _("contains the text"),
    "list:not-contains-substring": _("does not contain the text"),
    "list:length-equals": _("has this many entries:"),
    "list:length-greater-than": _("has more entries than"),
    "list:length-greater-than-or-equal": _("has at least this many entries:"),
    "list:length-less-than": _("has fewer entries than"),
    "list:length-less-than-or-equal": _("has at most this many entries:"),
    "boolean:equals": _("is"),
    "existence:is-set": _("is set"),
    "existence:not-set": _("is not set"),
}
WHENS = {
    "alltime": _("over all time"),
    "in-the-last": _("in the last"),
    "between": _("this long ago, between"),
    "at-least": _("longer ago than"),
    "before": _("before"),
    "after": _("on or after"),
    "between-static": _("between"),
    "in-the-next": _("in the next"),
}
UNITS = {"day": _("days"), "hour": _("hours"), "week": _("weeks")}
TRUTHS = {"true": _("yes"), "false": _("no")}
MEMBER = {"true": _("is in any of"), "false": _("is in none of")}
INSIDE = {"true": _("country is in"), "false": _("country is not in")}
REGIONS = {"european_union": _("the European Union"), "united_states": _("the United States")}
CHANNELS = {"email": _("e-mail"), "sms": _("SMS"), "push": _("push")}
CONSENTS = {
    "true:any": _("may receive marketing by"),
    "true:subscribed": _("has subscribed to"),
    "false:any": _("may not receive marketing by"),
    "false:unsubscribed": _("has unsubscribed from"),
    "false:never_subscribed": _("has never subscribed to"),
}
MONTH_NAMES = {str(number): name for number, name in MONTHS.items()}
TICKET_FIELDS = {
    "channel": _("Channel"),
    "tags": _("Tags"),
    "status": _("Status"),
    "sentiment": _("Sentiment"),
    "sentiment_score": _("Sentiment score"),
    "subject": _("Subject"),
    "body": _("What the customer wrote"),
    "language": _("Language"),
    "team": _("Team"),
    "assignee": _("Assignee"),
    "priority": _("Priority"),
    "created": _("Created"),
}
DIMENSIONS = {name: capfirst(KNOWN_PROPERTIES[name]) for name in grammar.DIMENSIONS}
OWN_PROPERTIES = {name if name == "churn_risk" else f"${name}": capfirst(label) for name, label in OWN_FIELDS.items()}
STATUSES = {"open": _("Open"), "closed": _("Closed")}
CHURN = {"High": pgettext_lazy("churn risk", "High"), "Medium": pgettext_lazy("churn risk", "Medium"), "Low": pgettext_lazy("churn risk", "Low")}
