"""What comes in and what goes out. Unknown fields are refused (V14)."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from rest_framework import serializers

from helpdesk.api.fields import AddressField
from helpdesk.customers.profiles import e164
from helpdesk.tickets.models import Channel, Message


class StrictSerializer(serializers.Serializer[Any]):
    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := sorted(map(str, data.keys() - self.fields.keys()))):
            raise serializers.ValidationError({ascii(name)[1:-1]: ["There is no such field."] for name in unknown})
        return super().to_internal_value(data)


class KeysSerializer(StrictSerializer):
    """Whom it is about: one of the three is enough."""

    email = AddressField(required=False, max_length=320)
    phone = serializers.CharField(required=False, max_length=40)
    external_id = serializers.CharField(required=False, max_length=200)

    def validate_phone(self, value: str) -> str:
        if not (number := e164(value)):
            raise serializers.ValidationError("Write the number with its country, as +46701234567.")
        return number

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not any(attrs.get(key) for key in ("email", "phone", "external_id", "ids")):
            raise serializers.ValidationError("Give an e-mail, a phone or an external_id, so that we know who it is.")
        return attrs


class SenderSerializer(KeysSerializer):
    name = serializers.CharField(required=False, max_length=200)
    language = serializers.CharField(required=False, max_length=10)


class FileSerializer(StrictSerializer):
    """A file with a message."""

    name = serializers.CharField(max_length=400)
    content_type = serializers.CharField(max_length=100, required=False, default="")
    content = serializers.CharField(help_text="In Base64. The whole request may have 2 MB.")

    def validate_content(self, value: str) -> bytes:
        try:
            return b64decode(value, validate=True)
        except ValueError as error:
            raise serializers.ValidationError("This is not Base64.") from error


class NewMessageSerializer(StrictSerializer):
    """A customer's message from a gateway of any channel."""

    channel = serializers.ChoiceField(Channel.choices, default=Channel.API)
    inbox = serializers.CharField(max_length=320, default="api", help_text="The address or number of yours that was written to.")
    external_id = serializers.CharField(max_length=200, help_text="Your id of this message. The same one again in the same inbox is a duplicate.")
    conversation_id = serializers.CharField(
        max_length=200, required=False, help_text="Messages of one sender with the same one share a ticket. Without it, the sender is the conversation."
    )
    subject = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    text = serializers.CharField(max_length=200_000)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=20, required=False, default=list, help_text="Of the ticket that it opens."
    )
    attachments = serializers.ListField(child=FileSerializer(), max_length=50, required=False, default=list)
    sender = SenderSerializer()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["channel"] == Channel.EMAIL:
            try:
                validate_email(attrs["inbox"])
            except ValidationError as error:
                raise serializers.ValidationError({"inbox": "Give the e-mail address of yours that was written to: replies are sent from it."}) from error
        return attrs


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


class MessageSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(source="pk")
    author = serializers.ChoiceField(Message.Author.choices)
    is_internal = serializers.BooleanField(help_text="A note among the team, which the customer must not see.")
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


class AttachmentSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(source="pk")
    message = serializers.IntegerField(source="message_id")
    name = serializers.CharField()
    content_type = serializers.CharField(help_text="As it was claimed; it is downloaded as application/octet-stream, small pictures apart.")
    size = serializers.IntegerField(help_text="In bytes.")


class MacroSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    category = serializers.CharField()
    body = serializers.CharField(help_text="With its variables, as {{ customer.first_name }}.")
    is_own = serializers.BooleanField(help_text="Nobody else has it.")


class AvailabilitySerializer(StrictSerializer):
    """One's own switch; there is none for anybody else's (A17)."""

    online = serializers.BooleanField()


class PresenceSerializer(AvailabilitySerializer):
    """With what was measured beside it (C18)."""

    presence = serializers.ChoiceField(["online", "away", "offline"])
