"""Acts: one thing done to the tickets that are chosen on a page, and its undoing."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from helpdesk.inbox.access import signed_in
from helpdesk.inbox.lists.acts import chosen_in, menu, told
from helpdesk.inbox.lists.navigation import teams_with_members
from helpdesk.inbox.lists.neighbours import following
from helpdesk.inbox.lists.shown import ShownList, read_place
from helpdesk.inbox.pages import AgentRequest, place_of, shell
from helpdesk.tickets.acts.bulk import undo
from helpdesk.tickets.models import Act, Ticket
from routing.acts import ACTS, ActRefused, act_on

GONE = ("close", "snooze", "spam")  # what takes a ticket out of the list
AT_MOST = 50  # numbers that a page is told, so that it can show what it holds of them again


@signed_in
@require_safe
def actions(request: AgentRequest) -> HttpResponse:
    """What can be done to the tickets chosen: a page, or the part of one that opens as a menu."""
    chosen = chosen_in(request.GET, by=request.user)
    place = place_of(request)
    context = menu(chosen, request.GET, reader=request.user) | {"teams": teams_with_members(), "place": place}
    if context["count"] == 0:
        raise Http404
    if request.htmx.target == "menu":
        return render(request, "inbox/_menu.html", context)
    return render(request, "inbox/actions.html", shell(request, read_place(place)[0]) | context)


@signed_in
@require_POST
def acts(request: AgentRequest) -> HttpResponse:
    """`do` is an act, or an act and its value: "close", "assign:5"; the value may be in a field of its own."""
    act, _colon, value = request.POST.get("do", "").partition(":")
    if act not in ACTS:
        raise Http404
    value = value or request.POST.get("value", "")
    chosen = chosen_in(request.POST, by=request.user)
    try:
        outcome = act_on(chosen, act, value, by=request.user)
    except ActRefused as problem:
        return _answer(request, {"title": str(problem), "isError": True}, status=422)
    message = {"isMarked": act == "unread", "isGone": act in GONE} | told("unassign" if act == "assign" and not value else act, outcome)
    return _answer(request, message, undo=outcome.act, tickets=list(chosen.numbers)[:AT_MOST])


@signed_in
@require_POST
def undoing(request: AgentRequest, act_id: int) -> HttpResponse:
    """The tickets that nobody has touched since are as they were."""
    act = get_object_or_404(Act, pk=act_id, by=request.user)
    return _answer(request, {"isUndone": True} | told("undo", undo(act, by=request.user)), tickets=list(map(int, act.was))[:AT_MOST])


def _answer(request: AgentRequest, message: dict[str, Any], *, undo: Act | None = None, tickets: list[int] | None = None, status: int = 200) -> HttpResponse:
    """To a script: an event that it shows as a toast. Else a page with the same words."""
    if request.htmx:
        message |= {"undo": undo.pk if undo else None, "tickets": tickets or []}
        return trigger_client_event(HttpResponse(status=status if status == 422 else 204), "acted", message)
    shown = ShownList.from_place(request.user, request.POST.get("in", ""))
    only = Ticket.objects.visible_to(request.user).filter(pk=tickets[0]).first() if tickets and len(tickets) == 1 else None
    context = {"message": message, "undo": undo, "only": only, "shown": shown, "following": following(shown, only) if only else None}
    return render(request, "inbox/act.html", shell(request, shown.key) | context, status=status)
