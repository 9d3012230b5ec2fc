"""Many rows in one request. Always 200: each row has an outcome of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api.base import AnswersTickets, kept_or_try_again
from helpdesk.api.customer_serializers import (
    CustomerBatchSerializer,
    CustomerOutcomesSerializer,
    CustomerSerializer,
    EventBatchSerializer,
    EventOutcomesSerializer,
    EventSerializer,
)
from helpdesk.customers.bulk import EventRow, Refused, identify_many, track_many
from helpdesk.customers.models import Customer, Event

Outcome = dict[str, Any]


class CustomerBatchView(GenericAPIView[Any]):
    """Up to 1,000 customers at once, each found by their keys or made."""

    serializer_class = CustomerBatchSerializer
    permission_classes = (AnswersTickets,)

    @extend_schema(responses=CustomerOutcomesSerializer)
    def post(self, request: Request) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        return _answer(form.validated_data["customers"], CustomerSerializer(), identify_many, _identified)


class EventBatchView(GenericAPIView[Any]):
    """Up to 1,000 events at once, of any customers."""

    serializer_class = EventBatchSerializer
    permission_classes = (AnswersTickets,)

    @extend_schema(responses=EventOutcomesSerializer)
    def post(self, request: Request) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        return _answer(form.validated_data["events"], EventSerializer(), lambda rows: track_many([EventRow(**row) for row in rows]), _tracked)


def _identified(customer: Customer) -> Outcome:
    return {"status": "created" if customer.is_new else "known", "customer": customer.pk}


def _tracked(event: Event) -> Outcome:
    return {"status": "created" if event.is_new else "duplicate", "event": event.pk, "customer": event.customer_id}


def _answer[Kept: (Customer, Event)](
    rows: Sequence[Any], form: serializers.Serializer[Any], keep: Callable[[Sequence[Any]], Sequence[Kept | Refused]], written: Callable[[Kept], Outcome]
) -> Response:
    read = [_read(form, row) for row in rows]
    with kept_or_try_again():
        kept = iter(keep([data for data, error in read if error is None]))
    outcomes = [_refused(error) if error is not None else _outcome(next(kept), written) for _data, error in read]
    return Response({"outcomes": [{"index": index} | outcome for index, outcome in enumerate(outcomes)]})


def _read(form: serializers.Serializer[Any], row: Any) -> tuple[Any, Any]:
    try:
        return form.run_validation(row), None
    except serializers.ValidationError as problem:
        return None, problem.detail


def _refused(error: Any) -> Outcome:
    return {"status": "refused", "error": error}


def _outcome[Kept: (Customer, Event)](kept: Kept | Refused, written: Callable[[Kept], Outcome]) -> Outcome:
    return _refused({"non_field_errors": [kept.reason]}) if isinstance(kept, Refused) else written(kept)
