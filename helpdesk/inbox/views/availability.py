"""The Online/Offline switch: one's own, nobody else's (A14–A17)."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from helpdesk.inbox.access import signed_in
from helpdesk.inbox.pages import AgentRequest
from helpdesk.tickets.permissions import must_answer
from routing.shifts import go_offline, go_online


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def availability(request: AgentRequest) -> HttpResponse:
    """`online` is 1 or 0. There is no field for whose switch it is. GET: the switch alone, for a page on which it may be out of date."""
    must_answer(request.user)
    if request.method == "POST":
        _choose(request)
    next_page = request.POST.get("next", request.GET.get("next", ""))
    if request.htmx or request.method != "POST":
        return render(request, "inbox/_availability.html", {"next": next_page})
    return redirect(next_page if url_has_allowed_host_and_scheme(next_page, allowed_hosts=None) else "home")


def _choose(request: AgentRequest) -> None:
    choice = request.POST.get("online", "")
    if choice == "1":
        go_online(request.user, session_key=request.session.session_key or "")
    elif choice == "0":
        go_offline(request.user)
    else:
        raise BadRequest
    request.user.refresh_from_db()
