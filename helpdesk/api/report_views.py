"""Reports over the API: numbers alone, for who reads reports (C4)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from agents.models import Agent
from helpdesk.api.base import in_time
from helpdesk.api.serializers import StrictSerializer
from helpdesk.reports.access import may_read
from helpdesk.reports.asked import Asked, NotUnderstood
from helpdesk.reports.service import first_replies, given
from helpdesk.reports.surges import unassigned_arrivals
from helpdesk.tickets.models import Channel


class ReadsReports(BasePermission):
    message = "Owners, Admins, Managers and Analysts read reports."

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.user, Agent) and may_read(request.user)


class AskedSerializer(StrictSerializer):
    """What is asked, in the address."""

    days = serializers.CharField(required=False, help_text="7, 28 or 84, until today; 28 if nothing is said.")
    until = serializers.CharField(required=False, help_text="The last day, as 2026-11-23, of the desk's time zone; with `from`, the first.")
    channel = serializers.ChoiceField(Channel.choices, required=False, help_text="Left out: all.")
    hours = serializers.ChoiceField(["business", "clock"], required=False, help_text="Which minutes count; business if nothing is said.")

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of Python, and no name of an attribute."""
        return super().get_fields() | {"from": serializers.CharField(required=False, help_text="The first day.")}


class RepliesSerializer(serializers.Serializer[Any]):
    new = serializers.IntegerField()
    answered = serializers.IntegerField()
    unanswered = serializers.IntegerField(help_text="Without a first reply so far, open or closed.")
    median = serializers.IntegerField(allow_null=True, help_text="Whole minutes to the first reply; null without an answered ticket.")
    slowest = serializers.IntegerField(allow_null=True, help_text="From how many minutes on the slowest tenth begins.")


class RepliesOfDaySerializer(RepliesSerializer):
    day = serializers.DateField()


class RepliesOfChannelSerializer(RepliesSerializer):
    channel = serializers.CharField()


class GivenSerializer(serializers.Serializer[Any]):
    agent = serializers.IntegerField(source="agent.pk")
    name = serializers.CharField(source="agent")
    by_turn = serializers.IntegerField(help_text="Tickets that round robin gave.")
    by_hand = serializers.IntegerField()


class ArrivalsSerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    channel = serializers.CharField()
    count = serializers.IntegerField(help_text="Left without a team and an assignee.")
    usual = serializers.FloatField(allow_null=True, help_text="Median of the weekday in the eight weeks before; null: too little is known.")
    is_surge = serializers.BooleanField()


class ServiceSerializer(serializers.Serializer[Any]):
    first = serializers.DateField(help_text="The first day.")
    last = serializers.DateField(help_text="The last one, included.")
    hours = serializers.ChoiceField(["business", "clock"])
    all = RepliesSerializer()
    before = RepliesSerializer(help_text="As many days before.")
    days = RepliesOfDaySerializer(many=True)
    channels = RepliesOfChannelSerializer(many=True)
    agents = GivenSerializer(many=True)
    unassigned = ArrivalsSerializer(many=True)


class ServiceReportView(GenericAPIView[Any]):
    """Time to first reply, tickets assigned per agent, and surges in Unassigned. A ticket counts on the day it was created."""

    serializer_class = ServiceSerializer
    permission_classes = (ReadsReports,)

    @extend_schema(parameters=[AskedSerializer])
    def get(self, request: Request) -> Response:
        """400 for what cannot be read, or takes too long."""
        form = AskedSerializer(data=request.query_params.dict())
        form.is_valid(raise_exception=True)
        try:
            asked = Asked.read(form.validated_data)
        except NotUnderstood as problem:
            raise ValidationError({"non_field_errors": [str(problem)]}) from problem
        with in_time("non_field_errors", "This takes too long to count: ask for fewer days, or one channel."):
            return Response(self.get_serializer(_report(asked)).data)


def _report(asked: Asked) -> dict[str, Any]:
    replies = first_replies(asked)
    return {
        "first": asked.first,
        "last": asked.last,
        "hours": "business" if asked.is_business else "clock",
        "all": replies.all,
        "before": replies.before,
        "days": [_with(found, day=day) for day, found in replies.days.items()],
        "channels": [_with(found, channel=channel) for channel, found in sorted(replies.channels.items())],
        "agents": given(asked),
        "unassigned": unassigned_arrivals(asked),
    }


def _with(found: Any, **where: Any) -> dict[str, Any]:
    return {**RepliesSerializer(found).data, **where}
