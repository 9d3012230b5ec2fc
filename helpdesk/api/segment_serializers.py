"""Segments and who is in them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from helpdesk.api.customer_serializers import MOST_ROWS, CustomerRowSerializer
from helpdesk.api.fields import PropertiesField
from helpdesk.api.serializers import StrictSerializer

BIGGEST = 2**63 - 1  # number that a database knows


class NewSegmentSerializer(StrictSerializer):
    name = serializers.CharField(max_length=120)
    definition = PropertiesField(default=None, allow_null=True, help_text="Who is in it: groups of conditions. Null: a list that people keep.")
    is_active = serializers.BooleanField(default=True, help_text="An inactive one keeps its members: nobody enters or leaves.")


class SegmentSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    definition = serializers.JSONField(allow_null=True)
    is_active = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class SegmentDetailSerializer(SegmentSerializer):
    words = serializers.CharField(help_text="Its definition in words; empty for a list.")
    size = serializers.IntegerField()
    warnings = serializers.ListField(child=serializers.CharField())


class MemberSerializer(serializers.Serializer[Any]):
    customer = CustomerRowSerializer()
    since = serializers.DateTimeField()


class NewMembersSerializer(StrictSerializer):
    customers = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=BIGGEST), max_length=MOST_ROWS, help_text="Their numbers.")


class MembersReceiptSerializer(serializers.Serializer[Any]):
    added = serializers.IntegerField(help_text="How many were not in it before.")


class DefinitionSerializer(StrictSerializer):
    definition = PropertiesField()


class PreviewSerializer(serializers.Serializer[Any]):
    words = serializers.CharField()
    count = serializers.IntegerField(help_text="Up to 10,001, which means more.")
    sample = CustomerRowSerializer(many=True)
