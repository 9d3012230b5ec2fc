"""Searching tickets over the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api.base import AnswersTickets, person
from helpdesk.api.serializers import StrictSerializer, TicketSerializer
from helpdesk.tickets.search.pages import ORDERS, STATUSES, Asked, results
from helpdesk.tickets.search.queries import MOST_LETTERS, parse


class SearchSerializer(StrictSerializer):
    """What is asked, in the address."""

    q = serializers.CharField(max_length=MOST_LETTERS, trim_whitespace=False, help_text='Words, "phrases", -excluded, from:anna, tag:returns, #1042.')
    status = serializers.ChoiceField(STATUSES, default=STATUSES[0])
    order = serializers.ChoiceField(ORDERS, default=ORDERS[0])
    before = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1, help_text="Newest first: the last ticket of the page before.")
    skip = serializers.IntegerField(default=0, min_value=0, max_value=MOST_LETTERS, help_text="Best first: how many are left out.")


class PartSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    is_found = serializers.BooleanField()


class HitSerializer(serializers.Serializer[Any]):
    ticket = TicketSerializer()
    subject = PartSerializer(many=True, source="snippet.subject")
    line = PartSerializer(many=True, allow_null=True, source="snippet.line")


class ResultsSerializer(serializers.Serializer[Any]):
    results = HitSerializer(many=True, source="hits")
    next = serializers.CharField(help_text="The query of the next page; empty at the end.", source="older")


class SearchView(GenericAPIView[Any]):
    """Tickets by their words, 50 a page."""

    serializer_class = ResultsSerializer
    permission_classes = (AnswersTickets,)

    @extend_schema(parameters=[OpenApiParameter("q", required=True), SearchSerializer])
    def get(self, request: Request) -> Response:
        """400 for a text in which there is nothing to look for, or whose search takes too long."""
        form = SearchSerializer(data=request.query_params.dict())
        form.is_valid(raise_exception=True)
        fields = form.validated_data
        if not parse(fields["q"]):
            raise ValidationError({"q": ["There is nothing to look for in it: write a word."]})
        found = results(Asked(fields["q"], fields["status"], fields["order"], fields.get("before"), fields["skip"]), person(request))
        if found.is_slow:
            raise ValidationError({"q": ["This search takes too long: write one word more, or the whole word."]})
        return Response(self.get_serializer(found).data)
