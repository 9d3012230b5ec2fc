"""The endpoints of customers and what they did."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.api.base import AnswersTickets, NewestFirst, answer, in_time, kept_or_try_again, person
from helpdesk.api.customer_serializers import (
    CustomerDetailSerializer,
    CustomerReceiptSerializer,
    CustomerRowSerializer,
    CustomerSerializer,
    EventReceiptSerializer,
    EventSerializer,
    HappenedSerializer,
    HeldSerializer,
)
from helpdesk.customers.models import Customer, Event, PropertyValue, Segment
from helpdesk.customers.profiles import identify, track
from helpdesk.customers.searching import search
from helpdesk.tickets.models import Ticket


class CustomerFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", help_text="An e-mail, phone number or ID, or a part of one or of the name.")
    segment = django_filters.ModelChoiceFilter(queryset=Segment.objects.all(), method="members", help_text="The number of a segment.")

    class Meta:
        model = Customer
        fields = ()

    def search(self, customers: QuerySet[Customer], _name: str, query: str) -> QuerySet[Customer]:
        return search(customers, query)

    @extend_schema_field(OpenApiTypes.INT)
    def members(self, customers: QuerySet[Customer], _name: str, segment: Segment) -> QuerySet[Customer]:
        return customers.filter(memberships__segment=segment, memberships__until=None)


class CustomersView(ListAPIView[Customer]):
    """Who the customers are, the newest first; a merged profile is in none of the pages. POST: found by their keys, or made."""

    queryset = Customer.objects.filter(merged_into=None).values(*CustomerRowSerializer().fields)
    serializer_class = CustomerRowSerializer
    permission_classes = (AnswersTickets,)
    pagination_class = NewestFirst
    filterset_class = CustomerFilter

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with in_time("q", "There are too many customers to look through for this. A whole e-mail, phone number or ID is found at once."):
            return super().list(request, *args, **kwargs)

    @extend_schema(request=CustomerSerializer, responses={201: CustomerReceiptSerializer, 200: CustomerReceiptSerializer})
    def post(self, request: Request) -> Response:
        form = CustomerSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        with kept_or_try_again():
            customer = identify(**form.validated_data)
        return answer("created" if customer.is_new else "known", customer=customer.pk)


class OfCustomer(GenericAPIView[Any]):
    """Of the customer whose number is in the address; of a merged one, the survivor's."""

    permission_classes = (AnswersTickets,)

    def customer(self) -> Customer:
        return get_object_or_404(Customer, pk=self.kwargs["number"]).survivor


class CustomerView(OfCustomer, RetrieveAPIView[Customer]):
    """One customer. Of a merged one, the survivor, who has another `id`."""

    queryset = Customer.objects.none()  # for the schema
    serializer_class = CustomerDetailSerializer

    def get_object(self) -> Any:
        customer: Any = self.customer()
        customer.number_of_tickets = Ticket.objects.visible_to(person(self.request)).filter(customer=customer).count()
        return customer


class LatestEvents(NewestFirst):
    ordering = ("-occurred_at", "-id")


class EventFilter(django_filters.FilterSet):
    class Meta:
        model = Event
        fields = ("metric",)


class CustomerEventsView(OfCustomer, ListAPIView[Any]):
    """What a customer did, newest first."""

    queryset = Event.objects.none()
    serializer_class = HappenedSerializer
    pagination_class = LatestEvents
    filterset_class = EventFilter

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return self.customer().events.values(*HappenedSerializer().fields)


class LatestHeld(NewestFirst):
    ordering = ("-since", "-id")


class PropertyHistoryView(OfCustomer, ListAPIView[Any]):
    """What a property was, and when: a custom one by its name, the profile's own as `$country`."""

    queryset = PropertyValue.objects.none()
    serializer_class = HeldSerializer
    pagination_class = LatestHeld

    def get_queryset(self) -> Any:
        if "\0" in self.kwargs["name"]:
            raise Http404
        return self.customer().property_values.filter(name=self.kwargs["name"]).values("id", "value", "since", "until")


class EventsView(GenericAPIView[Any]):
    """What a customer did (R8)."""

    serializer_class = EventSerializer
    permission_classes = (AnswersTickets,)

    @extend_schema(responses={201: EventReceiptSerializer, 200: EventReceiptSerializer})
    def post(self, request: Request) -> Response:
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        details = dict(form.validated_data)
        with kept_or_try_again(), transaction.atomic():
            event = track(identify(**details.pop("customer")), details.pop("metric"), **details)
        return answer("created" if event.is_new else "duplicate", event=event.pk, customer=event.customer_id)
