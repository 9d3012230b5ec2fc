"""What can be done to tickets, with the rules of the inbox: acts on many, their undoing, merges, splits."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api.base import AnswersTickets, Conflict, person
from helpdesk.api.serializers import StrictSerializer
from helpdesk.tickets.acts.bulk import MOST, Chosen, undo
from helpdesk.tickets.acts.merging import MergeRefused, merge_tickets, undo_ticket_merge
from helpdesk.tickets.acts.splitting import SplitRefused, split_ticket
from helpdesk.tickets.models import Act, Ticket, TicketMerge
from routing.acts import ACTS, ActRefused, act_on

_NUMBER: dict[str, Any] = {"min_value": 1, "max_value": 2**63 - 1}


class ActSerializer(StrictSerializer):
    act = serializers.ChoiceField(sorted(ACTS))
    tickets = serializers.ListField(child=serializers.IntegerField(**_NUMBER), min_length=1, max_length=MOST)
    value = serializers.CharField(
        max_length=100,
        allow_blank=True,
        default="",
        help_text=(
            "assign, team: a number, or nothing for nobody. tag: a name. untag: the tag's number. prioritise: low, normal, high, urgent. "
            "snooze: later, tomorrow, week, or a time. spam: block, to block the senders, too."
        ),
    )
    seen_assignee = serializers.IntegerField(
        **_NUMBER, allow_null=True, required=False, help_text="With assign: only tickets that this agent has, or, with null, that nobody has."
    )


class DoneSerializer(serializers.Serializer[Any]):
    changed = serializers.IntegerField()
    act = serializers.IntegerField(allow_null=True, help_text="DELETE it to undo what it did to tickets that nobody has touched since.")
    left = serializers.ListField(child=serializers.CharField(), help_text="Why some tickets were left as they were.")


class ActsView(GenericAPIView[Any]):
    """One thing is done to up to 10,000 tickets, in one transaction. Those that are so already, or are not there, are left alone."""

    serializer_class = ActSerializer
    permission_classes = (AnswersTickets,)

    @extend_schema(responses=DoneSerializer)
    def post(self, request: Request) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        data = form.validated_data
        seen = dict.fromkeys(data["tickets"], data["seen_assignee"]) if "seen_assignee" in data else {}
        try:
            outcome = act_on(Chosen(data["tickets"], seen), data["act"], data["value"], by=person(request))
        except ActRefused as problem:
            raise serializers.ValidationError({"value": [str(problem)]}) from problem
        return Response({"changed": outcome.changed, "act": outcome.act.pk if outcome.act else None, "left": outcome.left})


class ActView(GenericAPIView[Any]):
    """DELETE undoes an act of one's own."""

    permission_classes = (AnswersTickets,)
    serializer_class = DoneSerializer

    @extend_schema(responses=DoneSerializer)
    def delete(self, request: Request, number: int) -> Response:
        outcome = undo(get_object_or_404(Act, pk=number, by=request.user.pk), by=person(request))
        return Response({"changed": outcome.changed, "act": None, "left": outcome.left})


class NewTicketMergeSerializer(StrictSerializer):
    other = serializers.IntegerField(**_NUMBER, help_text="It is closed, and leads to this one.")


class TicketMergeSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(source="pk")
    kept = serializers.IntegerField(source="kept_id")
    merged = serializers.IntegerField(source="merged_id")
    at = serializers.DateTimeField()


class TicketMergesView(GenericAPIView[Any]):
    """POST: another ticket's messages, tags and places in views go over to this one."""

    serializer_class = NewTicketMergeSerializer
    permission_classes = (AnswersTickets,)

    @extend_schema(responses={201: TicketMergeSerializer})
    def post(self, request: Request, number: int) -> Response:
        kept = _visible(request, number)
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        merged = Ticket.objects.visible_to(person(request)).filter(pk=form.validated_data["other"]).first()
        if merged is None:
            raise serializers.ValidationError({"other": ["There is no such ticket."]})
        try:
            merge = merge_tickets(kept, merged, by=person(request))
        except MergeRefused as problem:
            raise Conflict(str(problem)) from problem
        return Response(TicketMergeSerializer(merge).data, status=status.HTTP_201_CREATED)


class TicketMergeView(GenericAPIView[Any]):
    """DELETE undoes it, while nothing has been added to either ticket."""

    permission_classes = (AnswersTickets,)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, number: int, merge: int) -> Response:
        found = get_object_or_404(TicketMerge, pk=merge, kept=_visible(request, number))
        try:
            undo_ticket_merge(found, by=person(request))
        except MergeRefused as problem:
            raise Conflict(str(problem)) from problem
        return Response(status=status.HTTP_204_NO_CONTENT)


class NewSplitSerializer(StrictSerializer):
    messages = serializers.ListField(child=serializers.IntegerField(**_NUMBER), min_length=1, max_length=1000)
    subject = serializers.CharField(max_length=300, allow_blank=True, default="", help_text="Of the new ticket; without it, the same.")


class SplitSerializer(serializers.Serializer[Any]):
    ticket = serializers.IntegerField()


class SplitsView(GenericAPIView[Any]):
    """POST: messages of this ticket become one of their own, scored and routed like a new one (S16)."""

    serializer_class = NewSplitSerializer
    permission_classes = (AnswersTickets,)

    @extend_schema(responses={201: SplitSerializer})
    def post(self, request: Request, number: int) -> Response:
        ticket = _visible(request, number)
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            new = split_ticket(ticket, set(form.validated_data["messages"]), subject=form.validated_data["subject"], by=person(request))
        except SplitRefused as problem:
            raise serializers.ValidationError({"messages": [str(problem)]}) from problem
        return Response({"ticket": new.pk}, status=status.HTTP_201_CREATED)


def _visible(request: Request, number: int) -> Ticket:
    return get_object_or_404(Ticket.objects.visible_to(person(request)), pk=number)
