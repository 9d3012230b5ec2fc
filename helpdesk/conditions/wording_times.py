"""How often something has happened, in words: “at least once”, “zero times”, “more than 3 times”."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from helpdesk.conditions import wording_values as values
from helpdesk.conditions.filters import Numeric


def times(measured: Numeric) -> str:
    if (measured.operator, measured.value) == ("equals", 0):
        return _("zero times")
    # Grammars count whole things: half a time is bent like no time.
    whole = int(measured.value) if measured.value == int(measured.value) else 0
    return _TIMES[measured.operator] % {"n": whole, "count": values.number(measured.value)}


_TIMES = {
    "equals": ngettext_lazy("exactly once", "exactly %(count)s times", "n"),
    "not-equals": ngettext_lazy("not exactly once", "not exactly %(count)s times", "n"),
    "greater-than": ngettext_lazy("more than once", "more than %(count)s times", "n"),
    "greater-than-or-equal": ngettext_lazy("at least once", "at least %(count)s times", "n"),
    "less-than": ngettext_lazy("less than once", "fewer than %(count)s times", "n"),
    "less-than-or-equal": ngettext_lazy("at most once", "at most %(count)s times", "n"),
}
