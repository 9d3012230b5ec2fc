"""Kinds of data that need more care than their type."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from rest_framework import serializers

NOT_TEXT = re.compile(r"[\0\ud800-\udfff]")
LONGEST_PROPERTIES, DEEPEST_PROPERTIES = 20_000, 5
EARLIEST, AHEAD = datetime(1900, 1, 1, tzinfo=UTC), timedelta(days=1)


class PropertiesField(serializers.DictField):
    """A JSON object that both databases can hold."""

    default_error_messages = {
        "not_a_dict": 'Give an object, as {{"tier": "gold"}}.',
        "unfit": f"Null characters, broken characters, infinite numbers and more than {DEEPEST_PROPERTIES} levels are not allowed.",
        "long": f"Give no more than {LONGEST_PROPERTIES} characters of JSON.",
    }

    def to_internal_value(self, data: Any) -> Any:
        properties = super().to_internal_value(data)
        if not _fits(properties, DEEPEST_PROPERTIES):
            self.fail("unfit")
        if len(json.dumps(properties, ensure_ascii=False)) > LONGEST_PROPERTIES:
            self.fail("long")
        return properties


def _fits(value: Any, levels: int) -> bool:
    match value:
        case dict():
            return levels > 0 and all(_fits(part, levels - 1) for pair in value.items() for part in pair)
        case list():
            return levels > 0 and all(_fits(part, levels - 1) for part in value)
        case str():
            return not NOT_TEXT.search(value)
        case float():
            return math.isfinite(value)
    return True


class MomentField(serializers.DateTimeField):
    """A time with its zone, given back in UTC. Clocks may be a day ahead of ours."""

    default_error_messages = {
        "naive": "Write the time with its zone, as 2026-11-22T13:07:00Z.",
        "early": "This time is before 1900.",
        "future": "This time is more than a day ahead.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)

    def enforce_timezone(self, value: datetime) -> datetime:
        if timezone.is_naive(value):
            self.fail("naive")
        moment = super().enforce_timezone(value)
        if moment < EARLIEST:
            self.fail("early")
        if moment > timezone.now() + AHEAD:
            self.fail("future")
        return moment
