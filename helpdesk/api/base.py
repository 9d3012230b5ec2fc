"""What all endpoints share: who may, what is answered, in what order pages come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.http import Http404
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, NotFound, PermissionDenied
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from agents.models import Agent
from agents.people import NotForYou
from helpdesk.conditions.grammar import DefinitionError
from helpdesk.customers.asking.patience import PATIENCE, TookTooLong, within
from helpdesk.customers.filing.incoming import Refusal
from helpdesk.customers.segments import SegmentError
from helpdesk.tickets.lists.saved_views import ViewError
from routing.rules import RuleError


class TryAgain(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "It could not be stored. Send it again."


class Conflict(APIException):
    status_code = status.HTTP_409_CONFLICT


def refused(problem: Exception, context: dict[str, Any]) -> Response | None:
    """As usual, but what is not there is called by no name of ours."""
    return exception_handler(NotFound() if isinstance(problem, Http404) else problem, context)


@contextmanager
def kept_or_try_again() -> Iterator[None]:
    """Nobody is told 2xx before the commit; whoever sends again, by their id, doubles nothing. What cannot be kept is refused in words."""
    try:
        yield
    except Refusal as problem:
        raise serializers.ValidationError({"non_field_errors": [str(problem)]}) from problem
    except DatabaseError as error:
        raise TryAgain from error


@contextmanager
def in_words(field: str = "name") -> Iterator[None]:
    """What a verb refuses, as an error of that field; of a definition, with the place in it. 403 for whom it is not for."""
    try:
        with kept_or_try_again():
            yield
    except DefinitionError as problem:
        raise serializers.ValidationError({"definition": [str(problem)]}) from problem
    except (RuleError, SegmentError, ViewError) as problem:
        raise serializers.ValidationError({field: [str(problem)]}) from problem
    except NotForYou as problem:
        raise PermissionDenied(str(problem)) from problem


@contextmanager
def in_time(field: str, advice: str) -> Iterator[None]:
    """400 for a question that takes longer than PATIENCE, with what to do instead. Only reading belongs in it."""
    try:
        with within(PATIENCE):
            yield
    except TookTooLong as error:
        raise serializers.ValidationError({field: [advice]}) from error


def answer(outcome: str, **ids: int | None) -> Response:
    """200 for what was there, 201 for what is new."""
    was_there = outcome in ("duplicate", "known")
    return Response({"status": outcome, **ids}, status=status.HTTP_200_OK if was_there else status.HTTP_201_CREATED)


def person(request: Request) -> Agent:
    """For whom the key acts. Only where a permission has asked whether there is somebody."""
    assert isinstance(request.user, Agent)
    return request.user


class AnswersTickets(BasePermission):
    message = "Only people who answer tickets can do this."

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.user, Agent) and request.user.can_answer


class ManagesOrReads(AnswersTickets):
    """R3: who answers tickets reads; Owner, Admin and Manager write."""

    message = "Only Owners, Admins and Managers can change this."

    def has_permission(self, request: Request, view: Any) -> bool:
        return super().has_permission(request, view) and (request.method in SAFE_METHODS or person(request).is_manager)


class NewestFirst(CursorPagination):
    """50 a page. A cursor that was not made here is answered like one that leads nowhere: 404."""

    page_size = 50
    ordering: tuple[str, ...] = ("-id",)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, ValidationError) as error:
            raise NotFound(self.invalid_cursor_message) from error
