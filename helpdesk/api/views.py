"""The endpoints: thin, each calling the verb that the inbox calls too."""

from __future__ import annotations

import json
from typing import Any

import django_filters
from django.db import DatabaseError
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from agents.availability import presence_of
from agents.models import Agent, Availability
from helpdesk import intake
from helpdesk.api.serializers import AvailabilitySerializer, NewMessageSerializer, PresenceSerializer, ReceiptSerializer, TicketSerializer
from helpdesk.tickets.models import Ticket
from routing.shifts import go_offline, go_online


class TryAgain(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "The message could not be stored. Send it again."


class AnswersTickets(BasePermission):
    message = "Only people who answer tickets can do this."

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.user, Agent) and request.user.can_answer


class MessagesView(GenericAPIView[Any]):
    """A customer's message comes in."""

    serializer_class = NewMessageSerializer
    permission_classes = (AnswersTickets,)

    @extend_schema(responses={201: ReceiptSerializer, 200: ReceiptSerializer})
    def post(self, request: Request) -> Response:
        """201 when the message is committed, 200 when it already was; 503 when it is not."""
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            receipt = intake.receive_message(_inbound(form.validated_data, request))
        except DatabaseError as error:
            raise TryAgain from error
        code = status.HTTP_200_OK if receipt.status == "duplicate" else status.HTTP_201_CREATED
        return Response({"status": receipt.status, "ticket": receipt.ticket, "message": receipt.message}, status=code)


def _inbound(data: dict[str, Any], request: Request) -> intake.InboundMessage:
    sender = intake.Sender(**data["sender"])
    conversation = data.get("conversation_id") or sender.external_id or sender.email or sender.phone
    fields = {name: data[name] for name in ("channel", "inbox", "external_id", "subject", "text")}
    return intake.InboundMessage(**fields, sender=sender, conversation_id=conversation, raw=json.dumps(request.data).encode())


class TicketFilter(django_filters.FilterSet):
    open = django_filters.BooleanFilter(field_name="closed_at", lookup_expr="isnull")

    class Meta:
        model = Ticket
        fields = ("channel", "assignee", "team", "sentiment_label")


class Newest(CursorPagination):
    ordering = ("-last_message_at", "-id")
    page_size = 50


class TicketsView(ListAPIView[Ticket]):
    """Tickets, newest message first."""

    queryset = Ticket.objects.none()  # for the schema, which is made without anybody
    serializer_class = TicketSerializer
    pagination_class = Newest
    filterset_class = TicketFilter
    permission_classes = (AnswersTickets,)

    def get_queryset(self) -> Any:
        assert isinstance(self.request.user, Agent)
        return Ticket.objects.visible_to(self.request.user).select_related("customer")


class AvailabilityView(GenericAPIView[Any]):
    """One's own Online/Offline switch (A14–A17)."""

    serializer_class = AvailabilitySerializer
    permission_classes = (AnswersTickets,)

    @extend_schema(responses=PresenceSerializer)
    def get(self, request: Request) -> Response:
        availability = Availability.objects.filter(agent=request.user.pk).first()
        return Response({"online": bool(availability and availability.is_online), "presence": presence_of(availability)})

    @extend_schema(responses=PresenceSerializer)
    def put(self, request: Request) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        assert isinstance(request.user, Agent)
        (go_online if form.validated_data["online"] else go_offline)(request.user)
        return self.get(request)
