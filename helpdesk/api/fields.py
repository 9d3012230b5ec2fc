"""Kinds of data that need more care than their type."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from helpdesk.customers.filing.incoming import NotStorable, as_properties

EARLIEST, AHEAD = datetime(1900, 1, 1, tzinfo=UTC), timedelta(days=1)


class PropertiesField(serializers.DictField):
    """A JSON object that both databases can hold."""

    default_error_messages = {"not_a_dict": 'Give an object, as {{"tier": "gold"}}.'}

    def to_internal_value(self, data: Any) -> Any:
        try:
            return as_properties(super().to_internal_value(data))
        except NotStorable as problem:
            raise serializers.ValidationError(str(problem)) from problem


class AddressField(serializers.EmailField):
    """Where mail can be sent. Domains may be written in any letters."""

    default_error_messages = {"letters": "Before the @ only the letters a–z can stand: mail to another address cannot be sent from here."}

    def to_internal_value(self, data: Any) -> str:
        address: str = super().to_internal_value(data)
        if not address.rpartition("@")[0].isascii():
            self.fail("letters")
        return address


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
