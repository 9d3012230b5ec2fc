"""The lists of the side bar."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from agents.setup import desk_has_owner
from helpdesk.inbox.access import signed_in
from helpdesk.inbox.lists.shown import ShownList, read_place
from helpdesk.inbox.pages import DEFAULT_LIST, AgentRequest, list_page, shell
from helpdesk.tickets.lists.finding import NoSuchList


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """A7: All tickets. A desk that nobody owns yet is set up first."""
    if not request.user.is_authenticated and not desk_has_owner():
        return redirect("setup")
    return redirect("list", DEFAULT_LIST)


@signed_in
@require_safe
def ticket_list(request: AgentRequest, key: str) -> HttpResponse:
    if not request.user.can_answer:
        return render(request, "inbox/no_tickets.html", shell(request, key))
    return list_page(request, key)


@signed_in
@require_safe
def sidebar(request: AgentRequest) -> HttpResponse:
    """The lists with their counts, which open pages fetch again after a change."""
    key, data = read_place(request.GET.get("in", ""))
    try:
        shown = ShownList.at(request.user, key, data)
    except NoSuchList:  # a page that is no list
        shown = None
    return render(request, "inbox/_sidebar.html", shell(request, key) | {"shown": shown})
