"""Dates and timeframes in words: “in the last 2 hours”, “born is between 3 and 5 days ago”."""

from __future__ import annotations

from datetime import datetime, time

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext, pgettext_lazy

from helpdesk.conditions import wording_values as values
from helpdesk.conditions.dates import Date, Timeframe


def happened(frame: Timeframe | Date) -> str:
    """When an event happened: “in the last 2 hours”."""
    return (_HAPPENED.get(frame.operator) or _HAPPENED_AROUND_NOW[frame.operator, frame.unit]) % _arguments(frame)


def lies(name: str, test: Date) -> str:
    """What is said of a date: that it is somewhere, or that its day comes back."""
    match test.operator:
        case "calendar-month":
            return _IN_MONTH[test.quantity - 1] % {"name": name}
        case "anniversary-last" | "anniversary-next":
            again = Date(test.operator.replace("anniversary-", "in-the-"), test.quantity, test.unit)
            return _LIES[test.operator] % {"name": name, "when": happened(again)}
    return (_LIES.get(test.operator) or _LIES_AROUND_NOW[test.operator, test.unit]) % ({"name": name} | _arguments(test))


def _arguments(test: Timeframe | Date) -> dict[str, str | int]:
    """`n` decides between singular and plural."""
    start, end = _date(test.start), _date(test.end)
    return {"date": end or start, "start": start, "end": end, "from": test.quantity, "n": test.further or test.quantity}


def _date(moment: datetime | None) -> str:
    """22 Nov 2026, at midnight; 22 Nov 2026 13:07 UTC."""
    if moment is None:
        return ""
    day = pgettext("a date", "%(day)d %(month)s %(year)d") % {"day": moment.day, "month": _MONTHS[moment.month - 1], "year": moment.year}
    at = moment.time()
    if at == time.min:
        return day
    written = at.isoformat("auto" if at.second or at.microsecond else "minutes")
    return pgettext("a date and time", "%(date)s %(time)s UTC") % {"date": day, "time": values.spoken(written)}


_HAPPENED = {
    "alltime": _("over all time"),
    "before": _("before %(date)s"),
    "after": _("on or after %(date)s"),
    "between-static": _("between %(start)s and %(end)s"),
}
_HAPPENED_AROUND_NOW = {
    ("in-the-last", "hour"): ngettext_lazy("in the last hour", "in the last %(n)d hours", "n"),
    ("in-the-last", "day"): ngettext_lazy("in the last day", "in the last %(n)d days", "n"),
    ("in-the-last", "week"): ngettext_lazy("in the last week", "in the last %(n)d weeks", "n"),
    ("in-the-next", "hour"): ngettext_lazy("in the next hour", "in the next %(n)d hours", "n"),
    ("in-the-next", "day"): ngettext_lazy("in the next day", "in the next %(n)d days", "n"),
    ("in-the-next", "week"): ngettext_lazy("in the next week", "in the next %(n)d weeks", "n"),
    ("at-least", "hour"): ngettext_lazy("more than an hour ago", "more than %(n)d hours ago", "n"),
    ("at-least", "day"): ngettext_lazy("more than a day ago", "more than %(n)d days ago", "n"),
    ("at-least", "week"): ngettext_lazy("more than a week ago", "more than %(n)d weeks ago", "n"),
    ("between", "hour"): ngettext_lazy("between %(from)d and %(n)d hour ago", "between %(from)d and %(n)d hours ago", "n"),
    ("between", "day"): ngettext_lazy("between %(from)d and %(n)d day ago", "between %(from)d and %(n)d days ago", "n"),
    ("between", "week"): ngettext_lazy("between %(from)d and %(n)d week ago", "between %(from)d and %(n)d weeks ago", "n"),
}
_LIES = {
    "before": _("%(name)s is before %(date)s"),
    "after": _("%(name)s is on or after %(date)s"),
    "between-static": _("%(name)s is between %(start)s and %(end)s"),
    "anniversary": _("%(name)s has its anniversary today"),
    "anniversary-month": _("%(name)s has its anniversary this month"),
    "anniversary-last": _("%(name)s had its anniversary %(when)s"),
    "anniversary-next": _("%(name)s has its anniversary %(when)s"),
}
_LIES_AROUND_NOW = {
    ("in-the-last", "hour"): ngettext_lazy("%(name)s is in the last hour", "%(name)s is in the last %(n)d hours", "n"),
    ("in-the-last", "day"): ngettext_lazy("%(name)s is in the last day", "%(name)s is in the last %(n)d days", "n"),
    ("in-the-last", "week"): ngettext_lazy("%(name)s is in the last week", "%(name)s is in the last %(n)d weeks", "n"),
    ("in-the-next", "hour"): ngettext_lazy("%(name)s is in the next hour", "%(name)s is in the next %(n)d hours", "n"),
    ("in-the-next", "day"): ngettext_lazy("%(name)s is in the next day", "%(name)s is in the next %(n)d days", "n"),
    ("in-the-next", "week"): ngettext_lazy("%(name)s is in the next week", "%(name)s is in the next %(n)d weeks", "n"),
    ("at-least", "hour"): ngettext_lazy("%(name)s is more than an hour ago", "%(name)s is more than %(n)d hours ago", "n"),
    ("at-least", "day"): ngettext_lazy("%(name)s is more than a day ago", "%(name)s is more than %(n)d days ago", "n"),
    ("at-least", "week"): ngettext_lazy("%(name)s is more than a week ago", "%(name)s is more than %(n)d weeks ago", "n"),
    ("between", "hour"): ngettext_lazy("%(name)s is between %(from)d and %(n)d hour ago", "%(name)s is between %(from)d and %(n)d hours ago", "n"),
    ("between", "day"): ngettext_lazy("%(name)s is between %(from)d and %(n)d day ago", "%(name)s is between %(from)d and %(n)d days ago", "n"),
    ("between", "week"): ngettext_lazy("%(name)s is between %(from)d and %(n)d week ago", "%(name)s is between %(from)d and %(n)d weeks ago", "n"),
}
_IN_MONTH = (
    _("%(name)s is in January of any year"),
    _("%(name)s is in February of any year"),
    _("%(name)s is in March of any year"),
    _("%(name)s is in April of any year"),
    _("%(name)s is in May of any year"),
    _("%(name)s is in June of any year"),
    _("%(name)s is in July of any year"),
    _("%(name)s is in August of any year"),
    _("%(name)s is in September of any year"),
    _("%(name)s is in October of any year"),
    _("%(name)s is in November of any year"),
    _("%(name)s is in December of any year"),
)
_MONTHS = (
    *(pgettext_lazy("in a date", "Jan"), pgettext_lazy("in a date", "Feb"), pgettext_lazy("in a date", "Mar"), pgettext_lazy("in a date", "Apr")),
    *(pgettext_lazy("in a date", "May"), pgettext_lazy("in a date", "Jun"), pgettext_lazy("in a date", "Jul"), pgettext_lazy("in a date", "Aug")),
    *(pgettext_lazy("in a date", "Sep"), pgettext_lazy("in a date", "Oct"), pgettext_lazy("in a date", "Nov"), pgettext_lazy("in a date", "Dec")),
)
