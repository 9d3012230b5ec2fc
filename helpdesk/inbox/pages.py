"""Whole pages and the parts of them that htmx asks for by the id of what it will replace."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Prefetch, Q
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.middleware import HtmxDetails

from agents.models import Agent
from helpdesk.inbox.addresses import cursor, read_cursor
from helpdesk.inbox.conversation import conversation
from helpdesk.inbox.navigation import latest_change, navigation
from helpdesk.inbox.overview import overview
from helpdesk.inbox.words import words
from helpdesk.tickets.lists import NoSuchList, tickets_in
from helpdesk.tickets.models import Ticket, ViewEntry

DEFAULT_LIST = "all"  # A7
PAGE = 50
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


def rows(agent: Agent, key: str, *, before: str = "") -> dict[str, Any]:
    """One page of a list; a view's tickets with their `matches` (C20). `before` is where the page above it ended."""
    tickets = tickets_in(agent, key)
    if key.startswith("view-"):
        tickets = tickets.prefetch_related(Prefetch("view_entries", ViewEntry.objects.filter(view=int(key.removeprefix("view-"))), to_attr="matches"))
    if before:
        at, number = read_cursor(before)
        # Redundant on purpose: the plain comparison is what the index is searched by.
        tickets = tickets.filter(last_message_at__lte=at).filter(Q(last_message_at__lt=at) | Q(pk__lt=number))
    page = list(tickets[: PAGE + 1])
    older = cursor(page[PAGE - 1].last_message_at, page[PAGE - 1].pk) if len(page) > PAGE else ""
    return {"tickets": page[:PAGE], "older": older, "before": before}


def list_page(request: AgentRequest, key: str) -> HttpResponse:
    try:
        context = {"key": key} | rows(request.user, key, before=request.GET.get("before", ""))
    except NoSuchList:
        raise Http404 from None
    if part := PARTS_OF_A_LIST.get(request.htmx.target or ""):
        return render(request, part, context)
    context |= shell(request, key)
    if context["link"] is None:
        raise Http404
    return render(request, "inbox/list.html", context)


def visible_ticket(request: AgentRequest, number: int) -> Ticket:
    """V3: what this person may not see is not there."""
    tickets = Ticket.objects.visible_to(request.user).select_related("customer", "assignee__availability", "team")
    ticket = tickets.prefetch_related("tags").filter(pk=number).first()
    if ticket is None:
        raise Http404
    return ticket


def ticket_page(request: AgentRequest, ticket: Ticket, *, status: int = 200, **problem: Any) -> HttpResponse:
    """`problem`: `notice`, a sentence above the conversation; or `body`, `body_error`, `kind`, which the composer keeps."""
    key = list_key(request)
    everything = "everything" in request.GET
    items, left_out = conversation(ticket, reader=request.user, everything=everything)
    context = {"ticket": ticket, "key": key, "here": ticket_url(ticket, key), "items": items, "left_out": left_out}
    context |= overview(ticket, reader=request.user) | problem
    part = PARTS_OF_A_TICKET.get(request.htmx.target or "")
    if part is None:
        context |= shell(request, key) | rows(request.user, key)
    return render(request, part or "inbox/ticket.html", context, status=status)


def list_key(request: AgentRequest) -> str:
    """The list that a ticket is looked at from: `?in=`. One that means nothing is the default."""
    key = request.GET.get("in", "")
    try:
        tickets_in(request.user, key)
    except NoSuchList:
        return DEFAULT_LIST
    return key


def back_to_ticket(request: AgentRequest, ticket: Ticket) -> HttpResponse:
    """The end of every form of a ticket's page. htmx follows it, too, and gets the part that it asked for."""
    return redirect(ticket_url(ticket, list_key(request)))


def first_error(form: BaseForm) -> str:
    return next(str(error) for errors in form.errors.values() for error in errors)


def ticket_url(ticket: Ticket, key: str) -> str:
    return f"{reverse('ticket', args=[ticket.pk])}?{urlencode({'in': key})}"
