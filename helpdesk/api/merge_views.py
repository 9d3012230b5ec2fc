"""Two profiles that turned out to be one: POST merges, DELETE undoes."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api.base import AnswersTickets, Conflict, NewestFirst, kept_or_try_again, person
from helpdesk.api.customer_serializers import MergeSerializer, NewMergeSerializer
from helpdesk.api.customer_views import OfCustomer
from helpdesk.customers.merging import MergeRefused, merge_customers, undo_merge
from helpdesk.customers.models import Customer, CustomerMerge


class MergesView(OfCustomer, ListAPIView[Any]):
    """What was merged into this customer, newest first. POST: another one is, with tickets, events and all."""

    queryset = CustomerMerge.objects.none()
    serializer_class = MergeSerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> Any:
        customer = self.customer()
        return CustomerMerge.objects.filter(Q(kept=customer) | Q(merged=customer))

    @extend_schema(request=NewMergeSerializer, responses={201: MergeSerializer})
    def post(self, request: Request, number: int) -> Response:
        kept = get_object_or_404(Customer, pk=number)
        form = NewMergeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        other = Customer.objects.filter(pk=form.validated_data["other"]).first()
        if other is None:
            raise serializers.ValidationError({"other": ["There is no such customer."]})
        with kept_or_try_again():
            return Response(MergeSerializer(_merged(kept, other, request)).data, status=status.HTTP_201_CREATED)


def _merged(kept: Customer, other: Customer, request: Request) -> CustomerMerge:
    try:
        return merge_customers(kept, other, by=person(request))
    except MergeRefused as problem:
        raise Conflict(str(problem)) from problem


class MergeView(OfCustomer):
    """DELETE undoes it: each has their own again. What has come to the survivor since then stays there."""

    permission_classes = (AnswersTickets,)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, number: int, merge: int) -> Response:
        found = get_object_or_404(CustomerMerge, pk=merge, kept=number)
        try:
            with kept_or_try_again():
                undo_merge(found, by=person(request))
        except MergeRefused as problem:
            raise Conflict(str(problem)) from problem
        return Response(status=status.HTTP_204_NO_CONTENT)
