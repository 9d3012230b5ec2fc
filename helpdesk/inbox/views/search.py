"""Searching all tickets."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from helpdesk.inbox.access import signed_in
from helpdesk.inbox.lists.searching import asked_at
from helpdesk.inbox.pages import AgentRequest, shell
from helpdesk.tickets.search.pages import results

PARTS = {"found": "inbox/_search_found.html", "older": "inbox/_search_hits.html"}


@signed_in
@require_safe
def search_page(request: AgentRequest) -> HttpResponse:
    """Part 4: full-text search. Open and closed tickets, unless one of them is asked for."""
    if not request.user.can_answer:
        return render(request, "inbox/no_tickets.html", shell(request, "search"))
    asked = asked_at(request.GET)
    context = {"asked": asked, "found": results(asked, request.user)}
    if part := PARTS.get(request.htmx.target or ""):
        return render(request, part, context)
    return render(request, "inbox/search.html", context | shell(request, "search"))
