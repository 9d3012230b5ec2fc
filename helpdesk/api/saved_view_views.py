"""The endpoints of views: everybody's and one's own (S9, V3)."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api.base import AnswersTickets, in_words, person
from helpdesk.api.fields import PropertiesField
from helpdesk.api.segment_views import ByName
from helpdesk.api.serializers import StrictSerializer, TicketSerializer
from helpdesk.api.views import Newest
from helpdesk.tickets.lists.finding import ORDERS, find_list
from helpdesk.tickets.lists.saved_views import LONGEST_NAME, change_view, create_view, delete_view
from helpdesk.tickets.models import SavedView


class NewViewSerializer(StrictSerializer):
    name = serializers.CharField(max_length=LONGEST_NAME)
    definition = PropertiesField(help_text="Which tickets: groups of conditions. Open ones, unless a condition is about the status.")
    is_shared = serializers.BooleanField(default=False, help_text="Everybody sees it. For managers.")
    sort = serializers.ChoiceField(choices=list(ORDERS), default="newest")


class SavedViewSerializer(serializers.Serializer[SavedView]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    definition = serializers.JSONField(allow_null=True, help_text="Null: rules fill it.")
    is_shared = serializers.SerializerMethodField()
    sort = serializers.CharField()

    def get_is_shared(self, view: SavedView) -> bool:
        return view.owner_id is None


class SavedViewsView(ListAPIView[SavedView]):
    """Views by name: everybody's, and those of whoever asks."""

    queryset = SavedView.objects.none()  # for the schema, which is made without anybody
    serializer_class = SavedViewSerializer
    permission_classes = (AnswersTickets,)
    pagination_class = ByName

    def get_queryset(self) -> Any:
        return SavedView.objects.seen_by(person(self.request))

    @extend_schema(request=NewViewSerializer, responses={201: SavedViewSerializer})
    def post(self, request: Request) -> Response:
        form = NewViewSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        with in_words():
            view = create_view(**form.validated_data, by=person(request))
        return Response(SavedViewSerializer(view).data, status=status.HTTP_201_CREATED)


class OfView(GenericAPIView[SavedView]):
    queryset = SavedView.objects.none()
    serializer_class: type[serializers.Serializer[Any]] = SavedViewSerializer
    permission_classes = (AnswersTickets,)

    def view(self) -> SavedView:
        return get_object_or_404(SavedView.objects.seen_by(person(self.request)), pk=self.kwargs["number"])


class SavedViewView(OfView):
    """One view. What rules fill is kept in the admin."""

    @extend_schema(responses=SavedViewSerializer)
    def get(self, request: Request, number: int) -> Response:
        return Response(SavedViewSerializer(self.view()).data)

    @extend_schema(request=NewViewSerializer, responses=SavedViewSerializer)
    def put(self, request: Request, number: int) -> Response:
        form = NewViewSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        with in_words():
            view = change_view(self.view(), **form.validated_data, by=person(request))
        return Response(SavedViewSerializer(view).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, number: int) -> Response:
        delete_view(self.view(), by=person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ViewTicketsView(OfView, ListAPIView[SavedView]):
    """The tickets that a view shows now, newest message first."""

    serializer_class = TicketSerializer
    pagination_class = Newest

    def get_queryset(self) -> Any:
        return find_list(person(self.request), f"view-{self.view().pk}").shown.select_related("customer")
