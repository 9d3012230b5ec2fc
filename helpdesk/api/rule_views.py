"""The endpoints of routing rules as they are being written. Who answers tickets reads and drafts their own (C2); Owner, Admin and Manager write (R3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from agents.models import Agent
from helpdesk.api.base import AnswersTickets, Conflict, NewestFirst, in_words, person
from helpdesk.api.rule_serializers import NewRuleSerializer, NothingSerializer, OrderSerializer, RulePreviewSerializer, RuleSerializer
from helpdesk.api.segment_serializers import DefinitionSerializer
from helpdesk.conditions.grammar import DefinitionError, parse_definition
from helpdesk.conditions.wording import describe
from helpdesk.customers.segments import segment_names
from routing.backtest.effect import effect_of
from routing.models import Rule
from routing.publication import draft, written
from routing.rule_set import Written, live_contents
from routing.rules import RuleError, change_rule, copy_rule, create_rule, delete_rule, discard_changes, order_rules, switch_rule
from routing.standing import by_number, standing

TOO_SLOW = "This takes too long to preview. Save the rule: a single ticket is asked quickly."


def take_nothing(request: Request) -> None:
    NothingSerializer(data=request.data).is_valid(raise_exception=True)


class InOrder(NewestFirst):
    ordering = ("position", "id")


class RulesView(ListAPIView[Any]):
    """All rules as they are being written, in their order."""

    queryset = Rule.objects.select_related("team", "view")
    serializer_class = RuleSerializer
    permission_classes = (AnswersTickets,)
    pagination_class = InOrder

    def paginate_queryset(self, queryset: Any) -> Any:
        return told(super().paginate_queryset(queryset) or ())

    @extend_schema(request=NewRuleSerializer, responses={201: RuleSerializer})
    def post(self, request: Request) -> Response:
        """The last one; a draft until the rules are published."""
        form = NewRuleSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        given, by = form.validated_data, person(request)
        with in_words(), transaction.atomic():
            rule = create_rule(given["name"], given["definition"], to=given["destination"], by=by)
            _switch(rule, given.get("is_active"), by)
        return Response(_detail(rule), status=status.HTTP_201_CREATED)


def _switch(rule: Rule, is_active: bool | None, by: Agent) -> None:
    """Whoever says what is so already switches nothing."""
    if is_active not in (None, rule.is_active):
        switch_rule(rule, is_active=is_active, by=by)


def _detail(rule: Rule) -> Any:
    return RuleSerializer(told([rule])[0]).data


def told(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    """As `RuleSerializer` has them, in a number of queries that does not grow."""
    names, drafts, live = segment_names(), by_number(draft()), by_number(live_contents())
    return [
        in_full(written(rule), names) | {"position": rule.position, "is_active": rule.is_active, "state": standing(rule.pk, drafts, live)} for rule in rules
    ]


def in_full(rule: Written, names: Mapping[str, str]) -> dict[str, Any]:
    """As `WrittenSerializer` has it. `names`: of segments."""
    return rule | {"words": _words(rule["definition"], names), "destination": _destination(rule)}


def _words(definition: Any, names: Mapping[str, str]) -> str:
    try:
        return describe(parse_definition(definition), names)
    except DefinitionError as problem:
        return str(problem)


def _destination(rule: Written) -> dict[str, Any]:
    given = {"team": rule["team"], "view": rule["view"]}
    return {kind: number for kind, number in given.items() if number} or ({"new_view": rule["goes_to"]} if rule["goes_to"] else {})


class OfRule(GenericAPIView[Any]):
    permission_classes = (AnswersTickets,)
    serializer_class = RuleSerializer

    def rule(self) -> Rule:
        return get_object_or_404(Rule.objects.select_related("team", "view"), pk=self.kwargs["number"])


class RuleView(OfRule):
    """One rule. DELETE removes it; one that is live goes when the rules are published."""

    def get(self, request: Request, number: int) -> Response:
        return Response(_detail(self.rule()))

    @extend_schema(request=NewRuleSerializer)
    def patch(self, request: Request, number: int) -> Response:
        """What is left out stays as it is. What is live stays, too, until the rules are published."""
        rule, form, by = self.rule(), NewRuleSerializer(data=request.data, partial=True), person(request)
        form.is_valid(raise_exception=True)
        given = form.validated_data
        with in_words(), transaction.atomic():
            change_rule(rule, by=by, name=given.get("name"), definition=given.get("definition"), to=given.get("destination"))
            _switch(rule, given.get("is_active"), by)
        return Response(_detail(rule))

    def delete(self, request: Request, number: int) -> Response:
        with in_words():
            delete_rule(self.rule(), by=person(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class RuleCopiesView(OfRule):
    """POST drafts the same once more, off and under another name."""

    @extend_schema(request=None, responses={201: RuleSerializer})
    def post(self, request: Request, number: int) -> Response:
        take_nothing(request)
        with in_words():
            return Response(_detail(copy_rule(self.rule(), by=person(request))), status=status.HTTP_201_CREATED)


class RuleChangesView(OfRule):
    """DELETE discards them: the rule is as it is live, and stays."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, number: int) -> Response:
        with in_words():
            try:
                discard_changes(self.rule(), by=person(request))
            except RuleError as problem:  # there is nothing to go back to
                raise Conflict(str(problem)) from problem
        return Response(status=status.HTTP_204_NO_CONTENT)


class RuleOrderView(GenericAPIView[Any]):
    """The order in which rules are read: the first that names a team wins."""

    serializer_class = OrderSerializer
    permission_classes = (AnswersTickets,)

    def put(self, request: Request) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        with in_words():
            order_rules(form.validated_data["rules"], by=person(request))
        return Response({"rules": list(Rule.objects.values_list("pk", flat=True))})


class RulePreviewView(GenericAPIView[Any]):
    """What a rule of this definition would have caught: how many of the latest tickets, a few of them, and the definition in words. Nothing is kept."""

    serializer_class = DefinitionSerializer
    permission_classes = (AnswersTickets,)

    @extend_schema(responses=RulePreviewSerializer)
    def post(self, request: Request) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        with in_words():
            definition = parse_definition(form.validated_data["definition"])
            effect = effect_of(definition)
        if effect.is_slow:
            raise serializers.ValidationError({"definition": [TOO_SLOW]})
        words = describe(definition, segment_names())
        return Response(RulePreviewSerializer({"words": words, "count": effect.count, "total": effect.total, "sample": effect.sample}).data)
