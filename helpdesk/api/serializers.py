"""What comes in and what goes out. Unknown fields are refused (V14)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from helpdesk.customers.profiles import e164
from helpdesk.tickets.models import Channel


class StrictSerializer(serializers.Serializer[Any]):
    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := sorted(map(str, data.keys() - self.fields.keys()))):
            raise serializers.ValidationError({name: ["There is no such field."] for name in unknown})
        return super().to_internal_value(data)


class SenderSerializer(StrictSerializer):
    email = serializers.EmailField(required=False, max_length=320)
    phone = serializers.CharField(required=False, max_length=40)
    external_id = serializers.CharField(required=False, max_length=200)
    name = serializers.CharField(required=False, max_length=200)
    language = serializers.CharField(required=False, max_length=10)

    def validate_phone(self, value: str) -> str:
        if not (number := e164(value)):
            raise serializers.ValidationError("Write the number with its country, as +46701234567.")
        return number

    def validate(self, attrs: dict[str, str]) -> dict[str, str]:
        if not attrs.keys() & {"email", "phone", "external_id"}:
            raise serializers.ValidationError("Give an e-mail, a phone or an external_id, so that we know who wrote.")
        return attrs


class NewMessageSerializer(StrictSerializer):
    """A customer's message from a gateway of any channel."""

    channel = serializers.ChoiceField(Channel.choices, default=Channel.API)
    inbox = serializers.CharField(max_length=320, default="api", help_text="The address or number of yours that was written to.")
    external_id = serializers.CharField(max_length=200, help_text="Your id of this message. The same one again in the same inbox is a duplicate.")
    conversation_id = serializers.CharField(
        max_length=200, required=False, help_text="Messages of one sender with the same one share a ticket. Without it, the sender is the conversation."
    )
    subject = serializers.CharField(max_length=300, required=False, default="")
    text = serializers.CharField(max_length=200_000)
    sender = SenderSerializer()


class ReceiptSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(["created", "appended", "duplicate"])
    ticket = serializers.IntegerField()
    message = serializers.IntegerField()


class TicketSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(source="pk")
    subject = serializers.CharField()
    channel = serializers.CharField()
    sentiment = serializers.CharField(source="sentiment_label")
    sentiment_score = serializers.IntegerField(allow_null=True)
    customer = serializers.CharField()
    assignee = serializers.IntegerField(source="assignee_id", allow_null=True)
    team = serializers.IntegerField(source="team_id", allow_null=True)
    created_at = serializers.DateTimeField()
    last_message_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)


class AvailabilitySerializer(StrictSerializer):
    """One's own switch; there is none for anybody else's (A17)."""

    online = serializers.BooleanField()


class PresenceSerializer(AvailabilitySerializer):
    """With what was measured beside it (C18)."""

    presence = serializers.ChoiceField(["online", "away", "offline"])
