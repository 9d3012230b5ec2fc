"""What is wrong with a condition, in the user's words, and which of its fields it is about."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from helpdesk.conditions.grammar import DefinitionError

_WHERE = re.compile(r"metric_filters\[(\d+)\]\.(.*)")
_FIELDS = {"measurement_filter.value": "times", "group_ids": "values"}


def problem(error: DefinitionError) -> str:
    if error.path.endswith((".metric", ".property")):
        return _("Choose or write a name.")
    missing = {"a text": _("Write a value."), "a list of texts": _("Write at least one value."), "a number": _("Write a number.")}
    return missing.get(error.expected) or _("Expected here: %(expected)s.") % {"expected": error.expected}


def field_of(error: DefinitionError) -> str:
    """The field's name inside its condition: "times" for the place measurement_filter.value, "w0-value" for metric_filters[0].filter.value."""
    place = re.sub(r"^condition_groups\[\d+\]\.conditions\[\d+\]\.", "", error.path)
    if where := _WHERE.fullmatch(place):
        return f"w{where[1]}-{where[2].rpartition('.')[2]}"
    return _FIELDS.get(place, place.rpartition(".")[2])
