"""Dates and timeframes in plain words: "in the last 2 hours", "is between 3 and 5 days ago"."""

from __future__ import annotations

from datetime import datetime

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext_lazy

from helpdesk.conditions.dates import Date, Timeframe


def happened(frame: Timeframe) -> str:
    return _("over all time") if frame.operator == "alltime" else _stretch(frame)


def lies(test: Date) -> str:
    """What is said of a date: that it is somewhere, or that its day comes back."""
    match test.operator:
        case "anniversary":
            return _("has its anniversary today")
        case "anniversary-month":
            return _("has its anniversary this month")
        case "calendar-month":
            return _("is in %(month)s of any year") % {"month": MONTHS[test.quantity]}
        case "anniversary-last" | "anniversary-next":
            again = Date(test.operator.replace("anniversary-", "in-the-"), test.quantity, test.unit)
            return _("has its anniversary %(when)s") % {"when": _stretch(again)}
    return _("is %(when)s") % {"when": _stretch(test)}


def _stretch(test: Timeframe | Date) -> str:
    match test.operator:
        case "before":
            return _("before %(date)s") % {"date": _date(test.end)}
        case "after":
            return _("after %(date)s") % {"date": _date(test.start)}
        case "between-static":
            return _("between %(start)s and %(end)s") % {"start": _date(test.start), "end": _date(test.end)}
        case "between":
            return _(_BETWEEN[test.unit]) % {"from": test.quantity, "to": test.further}
    return _RELATIVE[test.operator, test.unit] % {"n": test.quantity}


def _date(moment: datetime | None) -> str:
    assert moment
    return f"{moment:%Y-%m-%d}" if moment.timetz().replace(tzinfo=None) == datetime.min.time() else f"{moment:%Y-%m-%d %H:%M} UTC"


_BETWEEN = {
    "hour": gettext_noop("between %(from)d and %(to)d hours ago"),
    "day": gettext_noop("between %(from)d and %(to)d days ago"),
    "week": gettext_noop("between %(from)d and %(to)d weeks ago"),
}
# Whole phrases, not words put together: other languages order and bend them otherwise.
_RELATIVE = {
    ("in-the-last", "hour"): ngettext_lazy("in the last %(n)d hour", "in the last %(n)d hours", "n"),
    ("in-the-last", "day"): ngettext_lazy("in the last %(n)d day", "in the last %(n)d days", "n"),
    ("in-the-last", "week"): ngettext_lazy("in the last %(n)d week", "in the last %(n)d weeks", "n"),
    ("in-the-next", "hour"): ngettext_lazy("in the next %(n)d hour", "in the next %(n)d hours", "n"),
    ("in-the-next", "day"): ngettext_lazy("in the next %(n)d day", "in the next %(n)d days", "n"),
    ("in-the-next", "week"): ngettext_lazy("in the next %(n)d week", "in the next %(n)d weeks", "n"),
    ("at-least", "hour"): ngettext_lazy("more than %(n)d hour ago", "more than %(n)d hours ago", "n"),
    ("at-least", "day"): ngettext_lazy("more than %(n)d day ago", "more than %(n)d days ago", "n"),
    ("at-least", "week"): ngettext_lazy("more than %(n)d week ago", "more than %(n)d weeks ago", "n"),
}
