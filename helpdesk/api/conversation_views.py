"""Files and macros, read by programs."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Value, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.views import APIView

from helpdesk.api.base import AnswersTickets, NewestFirst, person
from helpdesk.api.serializers import AttachmentSerializer, MacroSerializer
from helpdesk.tickets.conversation.downloads import download
from helpdesk.tickets.models import Attachment, Macro, Ticket


class NewestFiles(NewestFirst):
    ordering = ("-created_at", "-id")


class TicketAttachmentsView(ListAPIView[Attachment]):
    """The files of a ticket's messages, newest first; of those that can still be taken back, none."""

    queryset = Attachment.objects.none()
    serializer_class = AttachmentSerializer
    pagination_class = NewestFiles
    permission_classes = (AnswersTickets,)

    def get_queryset(self) -> Any:
        ticket = get_object_or_404(Ticket.objects.visible_to(person(self.request)), pk=self.kwargs["number"])
        return Attachment.objects.filter(message__ticket=ticket, message__held_until=None)


class AttachmentView(APIView):
    """One file, byte by byte."""

    permission_classes = (AnswersTickets,)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, number: int) -> HttpResponse:
        tickets = Ticket.objects.visible_to(person(request))
        return download(get_object_or_404(Attachment.objects.filter(message__ticket__in=tickets, message__held_until=None), pk=number))


class ByName(NewestFirst):
    ordering = ("category", "name", "id")


class MacrosView(ListAPIView[Macro]):
    """The shared macros and one's own."""

    queryset = Macro.objects.none()
    serializer_class = MacroSerializer
    pagination_class = ByName
    permission_classes = (AnswersTickets,)

    def get_queryset(self) -> Any:
        return Macro.objects.usable_by(person(self.request)).annotate(is_own=Case(When(owner=None, then=Value(False)), default=Value(True)))
