"""Customers: the list, a profile, and what is pinned of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from agents.text import number_in
from helpdesk.customers.models import Customer, PropertyValue, Segment
from helpdesk.customers.pins import TooManyPins, pin, unpin
from helpdesk.inbox.access import manages_customers, reads_customers
from helpdesk.inbox.customers.lines import customer_list
from helpdesk.inbox.customers.profiles import profile_page
from helpdesk.inbox.pages import AgentRequest, shell
from helpdesk.tickets.acts.spam import block, unblock

PARTS = {"customers": "customers/_list.html", "older": "customers/_rows.html"}
PARTS_OF_A_PROFILE = {"properties": "customers/_properties.html", "older": "customers/_timeline_rows.html", "timeline": "customers/_timeline.html"}


@reads_customers
@require_safe
def customers(request: AgentRequest) -> HttpResponse:
    query, segment = request.GET.get("q", "").strip()[:200], _segment(request.GET.get("segment", ""))
    found = customer_list(request.user, query=query, segment=segment, before=request.GET.get("before", ""))
    context = {"found": found, "q": query, "segment": segment, "segments": Segment.objects.all(), "before": request.GET.get("before", "")}
    if part := PARTS.get(request.htmx.target or ""):
        return render(request, part, context)
    return render(request, "customers/list.html", shell(request, "customers") | context)


def _segment(number: str) -> Segment | None:
    """One that is not there filters nothing, and the page shows so."""
    return Segment.objects.filter(pk=number_in(number)).first()


@reads_customers
@require_safe
def customer(request: AgentRequest, customer_id: int) -> HttpResponse:
    """One that was merged leads to the profile it became."""
    wanted = living_customer(customer_id)
    return redirect("customer", wanted.pk) if wanted.pk != customer_id else profile_of(request, wanted)


def living_customer(customer_id: int) -> Customer:
    return get_object_or_404(Customer, pk=customer_id).survivor


def profile_of(request: AgentRequest, wanted: Customer, *, status: int = 200, **problem: Any) -> HttpResponse:
    asked = {name: request.GET.get(name, "") for name in ("find", "metric", "before", "above")}
    context = {"customer": wanted} | profile_page(wanted, request.user, **asked) | problem
    if part := PARTS_OF_A_PROFILE.get(request.htmx.target or ""):
        return render(request, part, context, status=status)
    return render(request, "customers/profile.html", shell(request, "customers") | context, status=status)


@reads_customers
@require_POST
def blocking(request: AgentRequest, customer_id: int) -> HttpResponse:
    """POST: what they send becomes spam quietly. DELETE: no longer; what became spam meanwhile stays there."""
    wanted = living_customer(customer_id)
    if request.POST.get("_method") == "DELETE":
        unblock(wanted, by=request.user)
    else:
        block(wanted, by=request.user)
    return redirect("customer", wanted.pk)


@manages_customers
@require_POST
def pins(request: AgentRequest, customer_id: int) -> HttpResponse:
    """Pins a property for the whole desk, or unpins it: chosen on a profile that has it."""
    wanted, name = living_customer(customer_id), request.POST.get("name", "").replace("\0", "")
    if request.POST.get("_method") == "DELETE":
        unpin(name, by=request.user)
    elif PropertyValue.objects.filter(customer=wanted, name=name, until=None).exists() or name in wanted.properties:
        try:
            pin(name[:200], by=request.user)
        except TooManyPins as problem:
            return profile_of(request, wanted, status=409, problem=str(problem))
    return redirect("customer", wanted.pk)
