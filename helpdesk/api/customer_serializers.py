"""Customers, what they did, and their merges: what comes in and what goes out."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from helpdesk.api.fields import MomentField, PropertiesField
from helpdesk.api.serializers import KeysSerializer, SenderSerializer, StrictSerializer
from helpdesk.customers.filing.incoming import CHANNELS, LONGEST_ID, LONGEST_SOURCE, consent_status
from helpdesk.customers.models import Customer

MOST_ROWS = 1_000


class IdsField(serializers.DictField):
    child = serializers.CharField(max_length=LONGEST_ID)

    def to_internal_value(self, data: Any) -> Any:
        ids = super().to_internal_value(data)
        if any(len(source) > LONGEST_SOURCE or "\0" in source for source in ids):
            raise serializers.ValidationError(f"The name of a system has at most {LONGEST_SOURCE} characters.")
        return ids


class CustomerKeysSerializer(KeysSerializer):
    """Whom it is about: one of the keys is enough."""

    ids = IdsField(required=False, help_text="What other systems call them: {“shopify”: “7012345”}.")


class ConsentField(serializers.DictField):
    """By channel, however the sender writes it."""

    child = serializers.JSONField()

    def to_internal_value(self, data: Any) -> Any:
        told = super().to_internal_value(data)
        if not told.keys() <= set(CHANNELS) or not all(map(consent_status, told.values())):
            raise serializers.ValidationError('Write “subscribed” or “unsubscribed” for email, sms or push, as {"email": "subscribed"}.')
        return told


class CustomerSerializer(CustomerKeysSerializer, SenderSerializer):
    """What is known about a customer. What is left out stays as it was; properties are merged in."""

    country = serializers.CharField(required=False, max_length=100)
    city = serializers.CharField(required=False, max_length=100)
    zone = serializers.CharField(required=False, max_length=64, help_text="A time zone, as Europe/Stockholm.")
    consent = ConsentField(required=False, help_text="By channel (email, sms, push): “subscribed” or “unsubscribed”.")
    properties = PropertiesField(required=False)


class CustomerReceiptSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(["created", "known"])
    customer = serializers.IntegerField()


class EventSerializer(StrictSerializer):
    """Something that a customer did."""

    customer = CustomerKeysSerializer()
    metric = serializers.CharField(max_length=120, help_text="What was done, as rules name it: “Placed Order”.")
    occurred_at = MomentField(required=False, help_text="With its zone. Without it, now.")
    value = serializers.DecimalField(max_digits=14, decimal_places=2, required=False)
    properties = PropertiesField(required=False)
    external_id = serializers.CharField(max_length=200, required=False, help_text="Your id of this event. The same one again is a duplicate.")


class EventReceiptSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(["created", "duplicate"])
    event = serializers.IntegerField()
    customer = serializers.IntegerField()


class RowsField(serializers.ListField):
    """Each row is read by itself, so that one that is wrong harms no other."""

    child = serializers.JSONField()


class CustomerBatchSerializer(StrictSerializer):
    customers = RowsField(max_length=MOST_ROWS, help_text=f"Up to {MOST_ROWS} rows, each as POST /customers/ takes it.")


class EventBatchSerializer(StrictSerializer):
    events = RowsField(max_length=MOST_ROWS, help_text=f"Up to {MOST_ROWS} rows, each as POST /events/ takes it.")


class CustomerOutcomeSerializer(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    status = serializers.ChoiceField(["created", "known", "refused"])
    customer = serializers.IntegerField(required=False)
    error = serializers.DictField(required=False, help_text="By field, what is wrong.")


class CustomerOutcomesSerializer(serializers.Serializer[Any]):
    outcomes = CustomerOutcomeSerializer(many=True)


class EventOutcomeSerializer(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    status = serializers.ChoiceField(["created", "duplicate", "refused"])
    event = serializers.IntegerField(required=False)
    customer = serializers.IntegerField(required=False)
    error = serializers.DictField(required=False, help_text="By field, what is wrong.")


class EventOutcomesSerializer(serializers.Serializer[Any]):
    outcomes = EventOutcomeSerializer(many=True)


class CustomerRowSerializer(serializers.Serializer[Any]):
    """As lists show them."""

    id = serializers.IntegerField()
    email = serializers.CharField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    external_id = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    country = serializers.CharField()
    city = serializers.CharField()
    zone = serializers.CharField()
    language = serializers.CharField()
    created_at = serializers.DateTimeField()


class CustomerDetailSerializer(CustomerRowSerializer):
    properties = serializers.DictField()
    consent = serializers.SerializerMethodField()
    ids = serializers.SerializerMethodField(help_text="What other systems call them.")
    segments = serializers.SerializerMethodField()
    tickets = serializers.IntegerField(source="number_of_tickets", help_text="How many.")

    def get_ids(self, customer: Customer) -> list[dict[str, str]]:
        return [{"source": each.source, "value": each.value} for each in customer.external_ids.order_by("source", "value")]

    def get_consent(self, customer: Customer) -> dict[str, Any]:
        return {channel: status for channel in CHANNELS if (status := customer.properties.get(f"{channel}_consent"))}

    def get_segments(self, customer: Customer) -> list[dict[str, Any]]:
        open_ = customer.memberships.filter(until=None, segment__deleted_at=None).order_by("segment__name")
        return [{"id": number, "name": name} for number, name in open_.values_list("segment", "segment__name")]


class HappenedSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    metric = serializers.CharField()
    occurred_at = serializers.DateTimeField()
    value = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    properties = serializers.DictField()
    external_id = serializers.CharField(allow_null=True)


class HeldSerializer(serializers.Serializer[Any]):
    value = serializers.JSONField(allow_null=True)
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True, help_text="Half-open. None: it holds now.")


class NewMergeSerializer(StrictSerializer):
    other = serializers.IntegerField(help_text="The customer who turned out to be this one.")


class MergeSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kept = serializers.IntegerField(source="kept_id")
    merged = serializers.IntegerField(source="merged_id")
    by = serializers.IntegerField(source="by_id", allow_null=True)
    at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)
