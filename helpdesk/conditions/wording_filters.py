"""Filters in words: what is said of a property, a prediction, a field of a ticket.

Whole phrases, not words put together: other languages order and bend them otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from helpdesk.conditions import wording_values as values
from helpdesk.conditions.base import Filter
from helpdesk.conditions.dates import Date
from helpdesk.conditions.filters import Boolean, ListFilter
from helpdesk.conditions.wording_dates import lies

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Phrases = Mapping[tuple[str, str], "_StrPromise"]

_JOINED_BY = {
    **dict.fromkeys(("in", "contains-any"), "or"),
    **dict.fromkeys(("not-in", "not-contains-any"), "nor"),
    **dict.fromkeys(("contains-all", "not-contains-all"), "and"),
}
_OF_ONE = {
    "in": "equals",
    "not-in": "not-equals",
    **dict.fromkeys(("contains-any", "contains-all"), "contains"),
    **dict.fromkeys(("not-contains-any", "not-contains-all"), "not-contains"),
}


def said(name: str, test: Filter, *, after_where: bool = False) -> str:
    """“country equals France”. `after_where`: in a subordinate clause."""
    match test:
        case Date():
            return lies(name, test)
        case Boolean():
            return (_("%(name)s is true") if test.value else _("%(name)s is false")) % {"name": name}
        case ListFilter(value=int(length)):
            return _LENGTHS[test.operator] % {"name": name, "n": length}
    operator, value = operator_and_value(test)
    words = (after_where and _AFTER_WHERE.get((test.type, operator))) or _PHRASES[test.type, operator]
    return words % {"name": name, "value": value}


def operator_and_value(test: Filter) -> tuple[str, str]:
    """The value in words. Any, all or none of one value is simply that value."""
    match getattr(test, "value", ""):
        case tuple(given):
            texts = [values.value(text) for text in dict.fromkeys(given)]
            operator = test.operator if len(texts) > 1 else _OF_ONE[test.operator]
            return operator, values.listed(texts, _JOINED_BY[test.operator])
        case str(text):
            return test.operator, values.value(text)
        case given:
            return test.operator, values.number(given)


_PHRASES: Phrases = {
    ("numeric", "equals"): pgettext_lazy("of a number", "%(name)s equals %(value)s"),
    ("numeric", "not-equals"): pgettext_lazy("of a number", "%(name)s does not equal %(value)s"),
    ("numeric", "greater-than"): _("%(name)s is greater than %(value)s"),
    ("numeric", "greater-than-or-equal"): _("%(name)s is at least %(value)s"),
    ("numeric", "less-than"): _("%(name)s is less than %(value)s"),
    ("numeric", "less-than-or-equal"): _("%(name)s is at most %(value)s"),
    ("string", "equals"): pgettext_lazy("of a text", "%(name)s equals %(value)s"),
    ("string", "not-equals"): pgettext_lazy("of a text", "%(name)s does not equal %(value)s"),
    ("string", "contains"): _("%(name)s contains %(value)s"),
    ("string", "not-contains"): _("%(name)s does not contain %(value)s"),
    ("string", "starts-with"): _("%(name)s starts with %(value)s"),
    ("string", "not-starts-with"): _("%(name)s does not start with %(value)s"),
    ("string", "ends-with"): _("%(name)s ends with %(value)s"),
    ("string", "not-ends-with"): _("%(name)s does not end with %(value)s"),
    ("string", "regex"): _("%(name)s matches the pattern %(value)s"),
    ("string", "nregex"): _("%(name)s does not match the pattern %(value)s"),
    ("string", "in"): _("%(name)s is %(value)s"),
    ("string", "not-in"): _("%(name)s is not %(value)s"),
    ("list", "contains"): _("%(name)s includes %(value)s"),
    ("list", "not-contains"): _("%(name)s does not include %(value)s"),
    ("list", "contains-any"): _("%(name)s includes any of %(value)s"),
    ("list", "not-contains-any"): _("%(name)s includes none of %(value)s"),
    ("list", "contains-all"): _("%(name)s includes all of %(value)s"),
    ("list", "not-contains-all"): _("%(name)s does not include all of %(value)s"),
    ("list", "contains-substring"): _("%(name)s includes an entry that contains %(value)s"),
    ("list", "not-contains-substring"): _("%(name)s includes no entry that contains %(value)s"),
    ("existence", "is-set"): _("%(name)s is set"),
    ("existence", "not-set"): _("%(name)s is not set"),
}
# Where Swedish puts *not* before the verb.
_AFTER_WHERE: Phrases = {
    ("numeric", "not-equals"): pgettext_lazy("of a number, after where", "%(name)s does not equal %(value)s"),
    ("string", "not-equals"): pgettext_lazy("of a text, after where", "%(name)s does not equal %(value)s"),
    ("string", "not-contains"): pgettext_lazy("after where", "%(name)s does not contain %(value)s"),
    ("string", "not-starts-with"): pgettext_lazy("after where", "%(name)s does not start with %(value)s"),
    ("string", "not-ends-with"): pgettext_lazy("after where", "%(name)s does not end with %(value)s"),
    ("string", "nregex"): pgettext_lazy("after where", "%(name)s does not match the pattern %(value)s"),
    ("string", "not-in"): pgettext_lazy("after where", "%(name)s is not %(value)s"),
    ("list", "not-contains"): pgettext_lazy("after where", "%(name)s does not include %(value)s"),
    ("list", "not-contains-any"): pgettext_lazy("after where", "%(name)s includes none of %(value)s"),
    ("list", "not-contains-all"): pgettext_lazy("after where", "%(name)s does not include all of %(value)s"),
    ("list", "not-contains-substring"): pgettext_lazy("after where", "%(name)s includes no entry that contains %(value)s"),
}
_LENGTHS = {
    "length-equals": ngettext_lazy("%(name)s has exactly %(n)d entry", "%(name)s has exactly %(n)d entries", "n"),
    "length-greater-than": ngettext_lazy("%(name)s has more than %(n)d entry", "%(name)s has more than %(n)d entries", "n"),
    "length-greater-than-or-equal": ngettext_lazy("%(name)s has at least %(n)d entry", "%(name)s has at least %(n)d entries", "n"),
    "length-less-than": ngettext_lazy("%(name)s has fewer than %(n)d entry", "%(name)s has fewer than %(n)d entries", "n"),
    "length-less-than-or-equal": ngettext_lazy("%(name)s has at most %(n)d entry", "%(name)s has at most %(n)d entries", "n"),
}
