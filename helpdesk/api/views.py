"""The endpoints: thin, each calling the verb that the inbox calls too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from agents.availability import presence_of
from agents.models import Agent, Availability
from helpdesk import intake
from helpdesk.api.serializers import (
    AvailabilitySerializer,
    CustomerReceiptSerializer,
    CustomerSerializer,
    EventReceiptSerializer,
    EventSerializer,
    MessageSerializer,
    NewMessageSerializer,
    PresenceSerializer,
    ReceiptSerializer,
    TicketSerializer,
)
from helpdesk.customers.profiles import identify, track
from helpdesk.tickets.models import Message, Ticket
from routing.shifts import go_offline, go_online


class TryAgain(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "It could not be stored. Send it again."


@contextmanager
def kept_or_try_again() -> Iterator[None]:
    """Nobody is told 2xx before the commit; whoever sends again, by their id, doubles nothing."""
    try:
        yield
    except DatabaseError as error:
        raise TryAgain from error


def answer(outcome: str, **ids: int | None) -> Response:
    """200 for what was there, 201 for what is new."""
    was_there = outcome in ("duplicate", "known")
    return Response({"status": outcome, **ids}, status=status.HTTP_200_OK if was_there else status.HTTP_201_CREATED)


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
        with kept_or_try_again():
            receipt = intake.receive_message(_inbound(form.validated_data, request))
        return answer(receipt.status, ticket=receipt.ticket, message=receipt.message)


def _inbound(data: dict[str, Any], request: Request) -> intake.InboundMessage:
    sender = intake.Sender(**data["sender"])
    conversation = data.get("conversation_id") or sender.external_id or sender.email or sender.phone
    fields = {name: data[name] for name in ("channel", "inbox", "external_id", "subject", "text")}
    return intake.InboundMessage(**fields, sender=sender, conversation_id=conversation, raw=json.dumps(request.data).encode())


class CustomersView(GenericAPIView[Any]):
    """Who a customer is: found by e-mail, phone or external_id, or made."""

    serializer_class = CustomerSerializer
    permission_classes = (AnswersTickets,)

    @extend_schema(responses={201: CustomerReceiptSerializer, 200: CustomerReceiptSerializer})
    def post(self, request: Request) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        with kept_or_try_again():
            customer = identify(**form.validated_data)
        return answer("created" if customer.is_new else "known", customer=customer.pk)


class EventsView(GenericAPIView[Any]):
    """What a customer did (R8)."""

    serializer_class = EventSerializer
    permission_classes = (AnswersTickets,)

    @extend_schema(responses={201: EventReceiptSerializer, 200: EventReceiptSerializer})
    def post(self, request: Request) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        details = dict(form.validated_data)
        with kept_or_try_again(), transaction.atomic():
            event = track(identify(**details.pop("customer")), details.pop("metric"), **details)
        return answer("created" if event.is_new else "duplicate", event=event.pk, customer=event.customer_id)


class TicketFilter(django_filters.FilterSet):
    open = django_filters.BooleanFilter(field_name="closed_at", lookup_expr="isnull")

    class Meta:
        model = Ticket
        fields = ("channel", "assignee", "team", "sentiment_label")


class NewestFirst(CursorPagination):
    """50 a page. A cursor that was not made here is answered like one that leads nowhere: 404."""

    page_size = 50

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, ValidationError) as error:
            raise NotFound(self.invalid_cursor_message) from error


class Newest(NewestFirst):
    ordering = ("-last_message_at", "-id")


class VisibleTickets(GenericAPIView[Ticket]):
    queryset = Ticket.objects.none()  # for the schema, which is made without anybody
    serializer_class = TicketSerializer
    permission_classes = (AnswersTickets,)

    def get_queryset(self) -> Any:
        assert isinstance(self.request.user, Agent)
        return Ticket.objects.visible_to(self.request.user).select_related("customer")


class TicketsView(VisibleTickets, ListAPIView[Ticket]):
    """Tickets, newest message first."""

    pagination_class = Newest
    filterset_class = TicketFilter


class TicketView(VisibleTickets, RetrieveAPIView[Ticket]):
    """One ticket."""

    lookup_url_kwarg = "number"


class NewestWritten(NewestFirst):
    ordering = ("-created_at", "-id")


class TicketMessagesView(ListAPIView[Any]):
    """What was said in a ticket, newest first: by the customer, to the customer, and among the team."""

    queryset = Message.objects.none()
    serializer_class = MessageSerializer
    pagination_class = NewestWritten
    permission_classes = (AnswersTickets,)

    def get_queryset(self) -> Any:
        assert isinstance(self.request.user, Agent)
        ticket = get_object_or_404(Ticket.objects.visible_to(self.request.user), pk=self.kwargs["number"])
        return ticket.messages.values("pk", "author", "is_internal", "text", "created_at")


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
