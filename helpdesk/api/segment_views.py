"""The endpoints of segments. Who answers tickets reads them; Owner, Admin and Manager write (R3)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api.base import AnswersTickets, Conflict, ManagesOrReads, NewestFirst, in_words, person
from helpdesk.api.segment_serializers import (
    DefinitionSerializer,
    MemberSerializer,
    MembersReceiptSerializer,
    NewMembersSerializer,
    NewSegmentSerializer,
    PreviewSerializer,
    SegmentDetailSerializer,
    SegmentSerializer,
)
from helpdesk.conditions.grammar import Definition, parse_definition
from helpdesk.conditions.wording import describe
from helpdesk.customers.asking.effect import effect_of
from helpdesk.customers.definitions import definition_of
from helpdesk.customers.models import Customer, Membership, Segment
from helpdesk.customers.segments import SegmentError, add_members, change_segment, create_segment, remove_members, segment_names, size, warnings
from routing.uses import delete_segment

TOO_SLOW = "This takes too long to preview. Make the segment: its size and its members appear when everybody has been asked."


def words(definition: Definition | None) -> str:
    return describe(definition, segment_names()) if definition else ""


class ByName(NewestFirst):
    ordering = ("name", "id")


class SegmentsView(ListAPIView[Any]):
    """All segments, by name."""

    queryset = Segment.objects.values(*SegmentSerializer().fields)
    serializer_class = SegmentSerializer
    permission_classes = (ManagesOrReads,)
    pagination_class = ByName

    @extend_schema(request=NewSegmentSerializer, responses={201: SegmentDetailSerializer})
    def post(self, request: Request) -> Response:
        form = NewSegmentSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        with in_words("name"), transaction.atomic():
            segment = create_segment(form.validated_data["name"], form.validated_data["definition"], by=person(request))
            if not form.validated_data["is_active"]:
                change_segment(segment, by=person(request), is_active=False)
        return Response(_detail(segment), status=status.HTTP_201_CREATED)


def _detail(segment: Segment) -> dict[str, Any]:
    segment.words, segment.size, segment.warnings = words(definition_of(segment)), size(segment), warnings(segment)  # type: ignore[attr-defined] # for the serializer
    return SegmentDetailSerializer(segment).data


class OfSegment(GenericAPIView[Any]):
    permission_classes = (ManagesOrReads,)
    serializer_class: type[serializers.Serializer[Any]] = SegmentDetailSerializer

    def segment(self) -> Segment:
        return get_object_or_404(Segment.objects.all(), pk=self.kwargs["number"])


class SegmentView(OfSegment):
    """One segment. PATCH changes it, DELETE empties it and frees its name."""

    def get(self, request: Request, number: int) -> Response:
        return Response(_detail(self.segment()))

    @extend_schema(request=NewSegmentSerializer)
    def patch(self, request: Request, number: int) -> Response:
        """What is left out stays as it is. There is no PUT: a definition left out would make a list of it."""
        segment = self.segment()
        form = NewSegmentSerializer(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        with in_words("name"):
            change_segment(segment, by=person(request), **form.validated_data)
        return Response(_detail(segment))

    def delete(self, request: Request, number: int) -> Response:
        """409 where a rule asks about it."""
        try:
            delete_segment(self.segment(), by=person(request))
        except SegmentError as problem:
            raise Conflict(str(problem)) from problem
        return Response(status=status.HTTP_204_NO_CONTENT)


class MembersView(OfSegment, ListAPIView[Any]):
    """Who is in it, the latest first. POST adds to a list."""

    queryset = Membership.objects.none()  # for the schema
    serializer_class = MemberSerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> Any:
        return self.segment().memberships.filter(until=None).select_related("customer")

    @extend_schema(request=NewMembersSerializer, responses=MembersReceiptSerializer)
    def post(self, request: Request, number: int) -> Response:
        segment, form = self.segment(), NewMembersSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        numbers = set(form.validated_data["customers"])
        customers = Customer.objects.in_bulk(numbers)
        if unknown := sorted(numbers - customers.keys()):
            raise serializers.ValidationError({"customers": [f"There is no customer {unknown[0]}."]})
        with in_words("customers"):
            return Response({"added": add_members(segment, customers.values(), by=person(request))})


class MemberView(OfSegment):
    """DELETE takes somebody from a list."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, number: int, customer: int) -> Response:
        member = get_object_or_404(Customer, pk=customer, memberships__segment=self.segment(), memberships__until=None)
        with in_words("customers"):
            remove_members(self.segment(), [member], by=person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class SegmentPreviewView(GenericAPIView[Any]):
    """Who would be in a segment of this definition: how many, a few of them, and the definition in words. Nothing is kept."""

    serializer_class = DefinitionSerializer
    permission_classes = (AnswersTickets,)

    @extend_schema(responses=PreviewSerializer)
    def post(self, request: Request) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        with in_words("definition"):
            definition = parse_definition(form.validated_data["definition"])
            effect = effect_of(definition)
        if effect.is_slow:
            raise serializers.ValidationError({"definition": [TOO_SLOW]})
        return Response(PreviewSerializer({"words": words(definition), "count": effect.count, "sample": effect.sample}).data)
