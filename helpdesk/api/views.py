"""The endpoints of tickets: thin, each calling the verb that the inbox calls too."""

from __future__ import annotations

import json
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from agents.availability import presence_of
from agents.models import Agent
from helpdesk import intake
from helpdesk.api.base import AnswersTickets, NewestFirst, answer, kept_or_try_again, person
from helpdesk.api.serializers import AvailabilitySerializer, MessageSerializer, NewMessageSerializer, PresenceSerializer, ReceiptSerializer, TicketSerializer
from helpdesk.tickets.conversation.attachments import File
from helpdesk.tickets.lists.filters import TicketFilters
from helpdesk.tickets.models import Message, Ticket
from routing.shifts import go_offline, go_online


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
    files = tuple(File(**file) for file in data["attachments"])
    raw = json.dumps(request.data).encode()
    return intake.InboundMessage(**fields, files=files, tags=tuple(data["tags"]), sender=sender, conversation_id=conversation, raw=raw)


class Newest(NewestFirst):
    ordering = ("-last_message_at", "-id")


class VisibleTickets(GenericAPIView[Ticket]):
    queryset = Ticket.objects.none()  # for the schema, which is made without anybody
    serializer_class = TicketSerializer
    permission_classes = (AnswersTickets,)

    def get_queryset(self) -> Any:
        return Ticket.objects.visible_to(person(self.request)).select_related("customer")


class TicketsView(VisibleTickets, ListAPIView[Ticket]):
    """Tickets, newest message first: of every status, spam too, unless `status` says which."""

    pagination_class = Newest
    filterset_class = TicketFilters


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
        ticket = get_object_or_404(Ticket.objects.visible_to(person(self.request)), pk=self.kwargs["number"])
        return ticket.messages.filter(held_until=None).values("pk", "author", "is_internal", "text", "created_at")


class AvailabilityView(GenericAPIView[Any]):
    """One's own Online/Offline switch (A14–A17)."""

    serializer_class = AvailabilitySerializer
    permission_classes = (AnswersTickets,)

    @extend_schema(responses=PresenceSerializer)
    def get(self, request: Request) -> Response:
        presence = presence_of(Agent.objects.select_related("availability").get(pk=person(request).pk))
        return Response({"online": presence != "offline", "presence": presence})

    @extend_schema(responses=PresenceSerializer)
    def put(self, request: Request) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        if form.validated_data["online"]:
            go_online(person(request), session_key=_session_of(request))
        else:
            go_offline(person(request))
        return self.get(request)


def _session_of(request: Request) -> str:
    """Empty for whoever comes with a key: there is no session that could end."""
    return "" if request.auth else request.session.session_key or ""
