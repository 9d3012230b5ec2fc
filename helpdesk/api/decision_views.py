"""Why a ticket is where it is (I2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from agents.models import Agent
from helpdesk.api.base import AnswersTickets, NewestFirst, person
from helpdesk.customers.segments import segment_names
from helpdesk.tickets.models import Ticket
from routing.models import RoutingDecision
from routing.reasons import Verdict, verdicts


class SeenSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(help_text="The condition in words.")
    value = serializers.JSONField(allow_null=True, help_text="What was seen; of a text the first 200 characters.")
    result = serializers.BooleanField()


class VerdictSerializer(serializers.Serializer[Any]):
    """One rule as it was read."""

    id = serializers.IntegerField()
    number = serializers.IntegerField(help_text="Its place in the version, from 1.")
    name = serializers.CharField()
    goes_to = serializers.CharField(help_text="The name that its team or view had.")
    matched = serializers.BooleanField()
    is_winner = serializers.BooleanField(help_text="The first that matched and named a team; a team that a person chose stands all the same.")
    until = serializers.DateTimeField(allow_null=True, help_text="Until when it matches, if nothing else happens; null: no end is known.")
    error = serializers.CharField(help_text="Why it could not be read; mostly empty.")
    groups = serializers.ListField(child=SeenSerializer(many=True), help_text="One condition of each group must hold.")


class TeamSerializer(serializers.Serializer[Any]):
    team = serializers.IntegerField()
    because = serializers.ListField(child=serializers.ListField(child=serializers.CharField()), help_text="[“tag” or “segment”, its name].")


class CandidateSerializer(serializers.Serializer[Any]):
    agent = serializers.IntegerField()
    name = serializers.CharField()
    outcome = serializers.ChoiceField(["taken", "offline", "away", "full", "not their turn"])


class DecisionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    at = serializers.DateTimeField()
    cause = serializers.CharField(help_text="What made us decide, as “reopened 17”.")
    version = serializers.IntegerField(source="rule_set.number", default=None, allow_null=True, help_text="Of the rules; null before any were published.")
    team = serializers.IntegerField(source="team_id", allow_null=True)
    team_was_chosen = serializers.BooleanField(help_text="By a person, which stands.")
    agent = serializers.IntegerField(source="agent_id", allow_null=True)
    waiting_because = serializers.CharField()
    rules = VerdictSerializer(many=True)
    teams = TeamSerializer(many=True, help_text="Those that tags or segments named (A10).")
    candidates = CandidateSerializer(source="asked", many=True, help_text="In the order in which they were asked.")


class LatestDecisions(NewestFirst):
    """10 a page: each carries all its rules."""

    page_size = 10
    ordering = ("-at", "-id")


class DecisionsView(ListAPIView[Any]):
    """Why is it here? Each decision about a ticket, the newest first: every rule with the values it saw, every candidate with the outcome."""

    queryset = RoutingDecision.objects.none()
    serializer_class = DecisionSerializer
    permission_classes = (AnswersTickets,)
    pagination_class = LatestDecisions

    def get_queryset(self) -> Any:
        ticket = get_object_or_404(Ticket.objects.visible_to(person(self.request)), pk=self.kwargs["number"])
        return ticket.decisions.select_related("rule_set").defer("rule_set__rules")

    def paginate_queryset(self, queryset: Any) -> Any:
        return _explained(super().paginate_queryset(queryset) or ())


def _explained(decisions: Iterable[Any]) -> list[Any]:
    """With `rules` and `asked`, for the serializer."""
    names = segment_names()
    agents = Agent.objects.in_bulk({number for decision in decisions for number, _outcome in decision.candidates})
    for decision in decisions:
        decision.rules = [_verdict(each) for each in verdicts(decision, names=names)]
        decision.asked = [{"agent": number, "name": agents[number].name, "outcome": outcome} for number, outcome in decision.candidates]
    return list(decisions)


def _verdict(verdict: Verdict) -> dict[str, Any]:
    rule = verdict.rule
    told = {"id": rule.id, "number": rule.number, "name": rule.name, "goes_to": rule.goes_to, "matched": verdict.matched, "is_winner": verdict.is_winner}
    return told | {"until": verdict.until, "error": verdict.error, "groups": [[seen.as_json() for seen in group] for group in verdict.groups]}
