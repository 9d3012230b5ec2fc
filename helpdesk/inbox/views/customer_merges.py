"""Two profiles that are one person: chosen, looked at side by side, merged, and taken apart again."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.customers.merging import MergeRefused, merge_customers, undo_merge
from helpdesk.customers.models import Customer, CustomerMerge
from helpdesk.inbox.access import reads_customers
from helpdesk.inbox.addresses import number_of
from helpdesk.inbox.builder import words
from helpdesk.inbox.customers.lines import find_customers
from helpdesk.inbox.customers.profiles import OWN
from helpdesk.inbox.pages import AgentRequest, shell
from helpdesk.inbox.views.customers import living_customer, profile_of

FOUND = 8


@reads_customers
@require_http_methods(["GET", "POST"])
def merge(request: AgentRequest, customer_id: int) -> HttpResponse:
    """`?q=` finds the other one, `?with=` shows both."""
    kept = living_customer(customer_id)
    if request.method == "POST":
        return _merge(request, kept, _other(request.POST.get("merged")))
    return _page(request, kept, other=_other(request.GET["with"]) if "with" in request.GET else None)


def _merge(request: AgentRequest, kept: Customer, merged: Customer) -> HttpResponse:
    try:
        merge_customers(kept, merged, by=request.user)
    except MergeRefused as problem:
        return _page(request, kept, other=merged, problem=str(problem), status=409)
    return redirect("customer", kept.pk)


def _other(number: str | None) -> Customer:
    return living_customer(number_of(number or ""))


def _page(request: AgentRequest, kept: Customer, *, other: Customer | None, problem: str = "", status: int = 200) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:200]
    context: dict[str, Any] = {"customer": kept, "other": other, "q": query, "problem": problem}
    if other:
        context["rows"] = _side_by_side(kept, other)
    elif query:
        context["found"] = [each for each in find_customers(query) if each != kept][:FOUND]
    return render(request, "customers/merge.html", shell(request, "customers") | context, status=status)


def _side_by_side(kept: Customer, other: Customer) -> list[tuple[Any, Any, Any]]:
    """(what, of the one, of the other), where one of them has it."""
    facts = [(words.OWN_PROPERTIES[f"${name}"], getattr(kept, name), getattr(other, name)) for name in OWN]
    counts = [
        (_("Tickets"), kept.tickets.count(), other.tickets.count()),
        (_("Events"), kept.events.count(), other.events.count()),
        (_("Properties"), len(kept.properties), len(other.properties)),
    ]
    return [fact for fact in facts if fact[1] or fact[2]] + counts


@reads_customers
@require_POST
def undoing(request: AgentRequest, merge_id: int) -> HttpResponse:
    merged = get_object_or_404(CustomerMerge.objects.select_related("kept"), pk=merge_id)
    try:
        undo_merge(merged, by=request.user)
    except MergeRefused as problem:
        return profile_of(request, living_customer(merged.kept_id), status=409, problem=str(problem))
    return redirect("customer", merged.kept_id)
