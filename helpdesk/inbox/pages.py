"""Whole pages and the parts of them that htmx asks for by the id of what it will replace."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Prefetch
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django_htmx.middleware import HtmxDetails

from agents.models import Agent
from agents.text import number_in
from helpdesk.inbox.lists.backlog import backlog_of
from helpdesk.inbox.lists.navigation import latest_change, navigation
from helpdesk.inbox.lists.neighbours import neighbours
from helpdesk.inbox.lists.shown import ShownList, read_place
from helpdesk.inbox.ticket.composer import composer
from helpdesk.inbox.ticket.conversation import conversation
from helpdesk.inbox.ticket.overview import overview
from helpdesk.inbox.words import words
from helpdesk.tickets.acts.marks import marked_by
from helpdesk.tickets.conversation.drafts import drafted_by
from helpdesk.tickets.lists.finding import NoSuchList, as_rows
from helpdesk.tickets.lists.saved_views import may_keep
from helpdesk.tickets.models import Ticket, ViewEntry

PAGE = 50
MOST = 10 * PAGE  # rows that are read again at once
PARTS_OF_A_TICKET = {"ticket": "inbox/_ticket.html", "conversation": "inbox/_live.html"}
PARTS_OF_A_LIST = {"rows": "inbox/_rows.html", "older": "inbox/_rows.html"}


class AgentRequest(HttpRequest):
    """A request behind sign-in."""

    user: Agent
    htmx: HtmxDetails


def shell(request: AgentRequest, key: str) -> dict[str, Any]:
    """What surrounds every page: side bar, header, words for scripts."""
    nav = navigation(request.user)
    return {"nav": nav, "key": key, "link": nav.find(key), "words": words(), "latest": latest_change(), "heartbeat": settings.PRESENCE_HEARTBEAT}


def rows(shown: ShownList, agent: Agent, *, before: str = "", length: int = PAGE) -> dict[str, Any]:
    """One page of a list; a view's tickets with their `matches` (C20). `before` is where the page above it ended."""
    tickets = as_rows(shown.tickets)
    if shown.found.view is not None:
        tickets = tickets.prefetch_related(Prefetch("view_entries", ViewEntry.objects.filter(view=shown.found.view), to_attr="matches"))
    if before:
        try:
            tickets = shown.order.after(tickets, before)
        except ValueError:
            raise Http404 from None
    page = list(tickets[: length + 1])
    older = shown.order.cursor_of(page[length - 1]) if len(page) > length else ""
    context = {"tickets": page[:length], "older": older, "before": before, "marked": marked_by(agent, page), "drafted": drafted_by(agent, page)}
    return context | {"shown": shown, "place": shown.place, "may_keep": _may_keep(shown, agent)}


def _may_keep(shown: ShownList, agent: Agent) -> bool:
    return shown.found.view is not None and may_keep(shown.found.view, agent)


def shown_list(request: AgentRequest, key: str, data: QueryDict) -> ShownList:
    try:
        return ShownList.at(request.user, key, data)
    except NoSuchList:
        raise Http404 from None


def list_page(request: AgentRequest, key: str) -> HttpResponse:
    shown = shown_list(request, key, request.GET)
    length = min(max(number_in(request.GET.get("rows", "")), PAGE), MOST)  # of what is read again: all that were there
    context = {"key": key} | rows(shown, request.user, before=request.GET.get("before", ""), length=length)
    if part := PARTS_OF_A_LIST.get(request.htmx.target or ""):
        return render(request, part, context)
    return render(request, "inbox/list.html", context | shell(request, key) | {"backlog": backlog_of(request.user, key)})


def visible_ticket(request: AgentRequest, number: int) -> Ticket:
    """V3: what this person may not see is not there."""
    tickets = Ticket.objects.visible_to(request.user).select_related("customer", "assignee__availability", "team")
    return get_object_or_404(tickets.prefetch_related("tags"), pk=number)


def ticket_page(request: AgentRequest, ticket: Ticket, *, status: int = 200, **problem: Any) -> HttpResponse:
    """`problem`: `notice`, a sentence above the conversation; or `body`, `body_error`, `kind`, which the composer keeps."""
    shown = ShownList.from_place(request.user, request.GET.get("in", ""))
    place = shown.place
    everything = "everything" in request.GET
    items, left_out = conversation(ticket, reader=request.user, everything=everything)
    context = {"ticket": ticket, "place": place, "key": shown.key, "shown": shown, "items": items, "left_out": left_out}
    context["here"] = ticket_url(ticket, place) + ("&everything" if everything else "")
    context |= overview(ticket, reader=request.user) | composer(ticket, reader=request.user) | {"neighbours": neighbours(shown, ticket)} | problem
    part = PARTS_OF_A_TICKET.get(request.htmx.target or "")
    if part is None:
        context |= shell(request, shown.key) | rows(shown, request.user) | {"backlog": backlog_of(request.user, shown.key)}
    return render(request, part or "inbox/ticket.html", context, status=status)


def place_of(request: AgentRequest) -> str:
    """From where a ticket is looked at."""
    return ShownList.from_place(request.user, request.GET.get("in", "")).place


def list_key(request: AgentRequest) -> str:
    return read_place(place_of(request))[0]


def back_to_ticket(request: AgentRequest, ticket: Ticket) -> HttpResponse:
    """The end of every form of a ticket's page. htmx follows it, too, and gets the part that it asked for."""
    return redirect(ticket_url(ticket, place_of(request)))


def first_error(form: BaseForm) -> str:
    return next(str(error) for errors in form.errors.values() for error in errors)


def ticket_url(ticket: Ticket, place: str) -> str:
    return f"{reverse('ticket', args=[ticket.pk])}?{urlencode({'in': place})}"
