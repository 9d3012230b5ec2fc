"""The lists of the side bar."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from agents.setup import desk_has_owner
from helpdesk.inbox.access import signed_in
from helpdesk.inbox.lists.backlog import backlog_of
from helpdesk.inbox.lists.shown import DEFAULT_LIST, ShownList, read_place
from helpdesk.inbox.pages import AgentRequest, list_page, shell
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
    asked = [(name, value) for name, values in request.GET.lists() for value in values]
    if not all(value for _name, value in asked):  # what a form sends of its empty fields
        return redirect("?".join(filter(None, [request.path, urlencode([(name, value) for name, value in asked if value])])))
    return list_page(request, key)


@signed_in
@require_safe
def sidebar(request: AgentRequest) -> HttpResponse:
    """The lists with their counts and what stands over the rows, which open pages fetch again after a change."""
    key, data = read_place(request.GET.get("in", ""))
    try:
        shown = ShownList.at(request.user, key, data)
    except NoSuchList:  # a page that is no list
        shown = None
    return render(request, "inbox/_sidebar.html", shell(request, key) | {"shown": shown, "backlog": backlog_of(request.user, key)})
