"""The endpoints of publishing rules: what would change, the versions that were, and going back to one. Owner, Admin and Manager publish (R3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api.asked import only_known
from helpdesk.api.base import AnswersTickets, Conflict, NewestFirst, in_words, person
from helpdesk.api.rule_serializers import (
    LeaveOutSerializer,
    NewPublicationSerializer,
    ObstaclesSerializer,
    PublicationSerializer,
    RestorationSerializer,
    VersionDetailSerializer,
    VersionSerializer,
)
from helpdesk.api.rule_views import in_full
from helpdesk.customers.segments import segment_names
from routing.checking import findings
from routing.models import RuleSet
from routing.publication import CannotPublish, Overtaken, changes, draft, fingerprint, obstacles, publish, restore
from routing.rule_set import Written

NOTHING = "Nothing would change: these rules are live already."


class PublicationView(GenericAPIView[Any]):
    """What would be different if the rules were published now, and what stands in the way. POST publishes them."""

    serializer_class = PublicationSerializer
    permission_classes = (AnswersTickets,)

    @extend_schema(parameters=[LeaveOutSerializer])
    def get(self, request: Request) -> Response:
        only_known(request, LeaveOutSerializer().fields)
        form = LeaveOutSerializer(data={"leave_out": request.query_params.getlist("leave_out")})
        form.is_valid(raise_exception=True)
        return Response(PublicationSerializer(_review(draft(**form.validated_data))).data)

    @extend_schema(request=NewPublicationSerializer, responses={201: VersionDetailSerializer, 400: ObstaclesSerializer})
    def post(self, request: Request) -> Response:
        """201 with the version that is live now; 409 where it would be the same, or somebody has changed the rules since they were `seen`."""
        form = NewPublicationSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return _going_live(lambda: publish(by=person(request), **form.validated_data))


def _review(contents: list[Written]) -> dict[str, Any]:
    names, hindering = segment_names(), obstacles(contents)

    def full(rule: Written | None) -> dict[str, Any] | None:
        return rule and in_full(rule, names)

    return {
        "changes": [{"kind": change.kind, "before": full(change.before), "after": full(change.after)} for change in changes(contents)],
        "obstacles": hindering,
        "findings": findings(contents),
        "fingerprint": fingerprint(contents),
    }


def _going_live(verb: Callable[[], RuleSet | None]) -> Response:
    try:
        with in_words():
            version = verb()
    except Overtaken as problem:
        raise Conflict(str(problem)) from problem
    except CannotPublish as problem:
        return Response(ObstaclesSerializer(problem).data, status=status.HTTP_400_BAD_REQUEST)
    if version is None:
        raise Conflict(NOTHING)
    return Response(_detail(version.number), status=status.HTTP_201_CREATED)


def _versions(*more: str) -> Any:
    return RuleSet.objects.values("number", "at", "by", "note", "restores__number", *more)


def _detail(number: int) -> Any:
    version, names = get_object_or_404(_versions("rules"), number=number), segment_names()
    return VersionDetailSerializer(version | {"rules": [in_full(rule, names) for rule in version["rules"]]}).data


class LatestVersions(NewestFirst):
    ordering = ("-number",)


class VersionsView(ListAPIView[Any]):
    """What was published, the newest first: that one is live."""

    queryset = _versions()
    serializer_class = VersionSerializer
    permission_classes = (AnswersTickets,)
    pagination_class = LatestVersions


class VersionView(GenericAPIView[Any]):
    """One version with its rules."""

    serializer_class = VersionDetailSerializer
    permission_classes = (AnswersTickets,)

    def get(self, request: Request, number: int) -> Response:
        return Response(_detail(number))


class RestorationView(GenericAPIView[Any]):
    """POST goes back: its rules are live again, as a new version, and drafts follow."""

    serializer_class = VersionDetailSerializer
    permission_classes = (AnswersTickets,)

    @extend_schema(request=RestorationSerializer, responses={201: VersionDetailSerializer, 400: ObstaclesSerializer})
    def post(self, request: Request, number: int) -> Response:
        """409 where they are live already, or somebody has changed the rules since they were `seen`."""
        form = RestorationSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        version = get_object_or_404(RuleSet, number=number)
        return _going_live(lambda: restore(version, by=person(request), **form.validated_data))
