"""Tickets in words: their fields as any property, but that a ticket has tags, a team, an assignee."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from helpdesk.conditions.base import Filter
from helpdesk.conditions.filters import ListFilter
from helpdesk.conditions.grammar import TicketCondition
from helpdesk.conditions.wording_filters import operator_and_value, said
from helpdesk.conditions.wording_names import TICKET_FIELDS


def about_ticket(condition: TicketCondition) -> str:
    name, test = condition.property, condition.filter
    if having := _HAVING.get((name, test.operator)):
        return str(having)
    return _about_tags(test) if name == "tags" else said(str(TICKET_FIELDS[name]), test)


def _about_tags(test: Filter) -> str:
    """A list filter: the grammar lets no other at tags, but existence."""
    if isinstance(test, ListFilter) and isinstance(test.value, int):
        return _NUMBERS[test.operator] % {"n": test.value}
    operator, value = operator_and_value(test)
    return _TAGS[operator] % {"value": value}


_HAVING = {
    ("tags", "is-set"): _("ticket has tags"),
    ("tags", "not-set"): _("ticket has no tags"),
    ("team", "is-set"): _("ticket has a team"),
    ("team", "not-set"): _("ticket has no team"),
    ("assignee", "is-set"): _("ticket has an assignee"),
    ("assignee", "not-set"): _("ticket has no assignee"),
}
_TAGS = {
    "contains": _("ticket tags contain %(value)s"),
    "not-contains": _("ticket tags do not contain %(value)s"),
    "contains-any": _("ticket tags contain any of %(value)s"),
    "not-contains-any": _("ticket tags contain none of %(value)s"),
    "contains-all": _("ticket tags contain all of %(value)s"),
    "not-contains-all": _("ticket tags do not contain all of %(value)s"),
    "contains-substring": _("a ticket tag contains %(value)s"),
    "not-contains-substring": _("no ticket tag contains %(value)s"),
}
_NUMBERS = {
    "length-equals": ngettext_lazy("ticket has exactly %(n)d tag", "ticket has exactly %(n)d tags", "n"),
    "length-greater-than": ngettext_lazy("ticket has more than %(n)d tag", "ticket has more than %(n)d tags", "n"),
    "length-greater-than-or-equal": ngettext_lazy("ticket has at least %(n)d tag", "ticket has at least %(n)d tags", "n"),
    "length-less-than": ngettext_lazy("ticket has fewer than %(n)d tag", "ticket has fewer than %(n)d tags", "n"),
    "length-less-than-or-equal": ngettext_lazy("ticket has at most %(n)d tag", "ticket has at most %(n)d tags", "n"),
}
