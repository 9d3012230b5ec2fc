"""Routing rules, what is published of them, and what they decided."""

from __future__ import annotations

from typing import Any, get_args

from rest_framework import serializers

from agents.models import Team
from agents.text import one_line
from helpdesk.api.customer_serializers import MOST_ROWS
from helpdesk.api.fields import PropertiesField
from helpdesk.api.segment_serializers import BIGGEST
from helpdesk.api.serializers import StrictSerializer, TicketSerializer
from helpdesk.tickets.models import SavedView
from routing.models import Rule
from routing.rules import To
from routing.standing import Standing


class NothingSerializer(StrictSerializer):
    """The address says all."""


class RulesField(serializers.ListField):
    """Numbers of rules that there are."""

    child = serializers.IntegerField(min_value=1, max_value=BIGGEST)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MOST_ROWS, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        numbers: list[int] = super().to_internal_value(data)
        if unknown := sorted(set(numbers).difference(Rule.objects.filter(pk__in=numbers).values_list("pk", flat=True))):
            raise serializers.ValidationError(f"There is no rule {unknown[0]}.")
        return numbers


class DestinationSerializer(StrictSerializer):
    """R11: one of them."""

    team = serializers.IntegerField(required=False, min_value=1, max_value=BIGGEST, help_text="The number of a team.")
    view = serializers.IntegerField(required=False, min_value=1, max_value=BIGGEST, help_text="The number of a view.")
    new_view = serializers.CharField(required=False, max_length=80, help_text="The name of a view that is made when the rule is published.")

    def validate_team(self, number: int) -> Team:
        return _there(Team.objects.filter(pk=number).first(), f"There is no team {number}.")

    def validate_view(self, number: int) -> SavedView:
        return _there(SavedView.objects.filled_by_rules().filter(pk=number).first(), f"There is no view {number}.")

    def validate_new_view(self, name: str) -> str:
        return _there(one_line(name), "Give the view a name.")

    def validate(self, attrs: dict[str, Any]) -> Any:
        if len(attrs) != 1:
            raise serializers.ValidationError('Give one of team, view and new_view, as {"team": 3}.')
        return To(**attrs)


def _there[T](found: T | None, problem: str) -> T:
    if not found:
        raise serializers.ValidationError(problem)
    return found


class NewRuleSerializer(StrictSerializer):
    name = serializers.CharField(max_length=120)
    definition = PropertiesField(help_text="Which tickets: groups of conditions.")
    destination = DestinationSerializer()
    is_active = serializers.BooleanField(required=False, help_text="One that is off is left out when the rules are published.")


class WrittenSerializer(serializers.Serializer[Any]):
    """A rule as it is, was or would be live."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    definition = serializers.JSONField()
    words = serializers.CharField(help_text="Its definition in words; of one that cannot be read, why.")
    destination = DestinationSerializer(help_text="Of a draft, empty where its team or view was deleted; a version keeps their numbers.")
    goes_to = serializers.CharField(help_text="The name of its team or view.")


class RuleSerializer(WrittenSerializer):
    position = serializers.IntegerField()
    is_active = serializers.BooleanField()
    state = serializers.ChoiceField(get_args(Standing), help_text="How it stands to what is live; “going”: live until the rules are published again.")


class OrderSerializer(StrictSerializer):
    rules = RulesField(help_text="Their numbers in the new order. Those that are left out stay behind these, as they were.")


class RulePreviewSerializer(serializers.Serializer[Any]):
    words = serializers.CharField()
    total = serializers.IntegerField(help_text="How many tickets were routed in the last 30 days.")
    count = serializers.IntegerField(help_text="How many of them a rule of this definition would have caught, each as it was then.")
    sample = TicketSerializer(many=True, help_text="The latest that it would have caught.")


class LeaveOutSerializer(StrictSerializer):
    leave_out = RulesField(default=list, help_text="Rules whose changes wait: these stay as they are live.")


class NewPublicationSerializer(LeaveOutSerializer):
    note = serializers.CharField(max_length=200, default="", allow_blank=True)
    seen = serializers.CharField(max_length=64, help_text="The fingerprint of what you looked at, with the same leave_out.")

    def validate_note(self, note: str) -> str:
        return one_line(note)


class RestorationSerializer(StrictSerializer):
    seen = serializers.CharField(
        max_length=64, default="", help_text="The fingerprint of rules/publication/ when you looked: drafts follow what you go back to."
    )


class ChangeSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(["added", "changed", "moved", "removed"])
    before = WrittenSerializer(allow_null=True)
    after = WrittenSerializer(allow_null=True)


class ObstacleSerializer(serializers.Serializer[Any]):
    rule = serializers.IntegerField(allow_null=True, help_text="Null: all of them together.")
    test = serializers.IntegerField(allow_null=True, help_text="Of the rule test that fails.")
    words = serializers.CharField()


class ObstaclesSerializer(serializers.Serializer[Any]):
    obstacles = ObstacleSerializer(many=True, help_text="While there is one, the rules cannot be published.")


class FindingSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    rule = serializers.IntegerField()
    words = serializers.CharField()
    by = serializers.ListField(child=serializers.IntegerField(), help_text="The rules that are to blame.")


class PublicationSerializer(ObstaclesSerializer):
    """What would be published."""

    changes = ChangeSerializer(many=True)
    findings = FindingSerializer(many=True)
    fingerprint = serializers.CharField()


class VersionSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()
    restores = serializers.IntegerField(source="restores__number", allow_null=True, help_text="The version that it went back to.")


class VersionDetailSerializer(VersionSerializer):
    rules = WrittenSerializer(many=True, help_text="In their order.")
