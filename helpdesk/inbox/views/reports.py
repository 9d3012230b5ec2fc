"""Reports (B12, B13): the page, the tickets behind each number, and the numbers as CSV."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agents.models import Agent
from agents.text import number_in
from helpdesk.customers.asking.patience import PATIENCE, TookTooLong, within
from helpdesk.imports.refusals import csv_lines
from helpdesk.inbox.access import signed_in
from helpdesk.inbox.addresses import number_of, part_of
from helpdesk.inbox.pages import AgentRequest, shell
from helpdesk.inbox.reports.page import TITLES, choices, duration, page_of
from helpdesk.reports.access import may_read
from helpdesk.reports.asked import Asked, NotUnderstood
from helpdesk.reports.questions import SLOW, newest_first, tickets_behind
from helpdesk.reports.tables import TABLES
from helpdesk.tickets.models import Ticket

PAGE = 50


def reads_reports[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    @signed_in
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request: Any = args[0]
        if not may_read(request.user):
            raise PermissionDenied(_("Owners, Admins, Managers and Analysts read reports."))
        return view(*args, **kwargs)

    return guarded


@reads_reports
@require_safe
def service_report(request: AgentRequest) -> HttpResponse:
    """What could not be read is said, and the usual days are shown."""
    problem = ""
    try:
        asked = Asked.read(request.GET.dict())
    except NotUnderstood as error:
        asked, problem = Asked.usual(), str(error)
    typed = {"first": request.GET.get("from") or asked.first, "last": request.GET.get("until") or asked.last}
    context = {"asked": asked, "typed": typed, "problem": problem} | choices(asked)
    try:
        with within(PATIENCE):
            context |= page_of(asked, may_open=request.user.can_answer)
    except TookTooLong:
        context["is_slow"] = True
    return render(request, "reports/service.html", context | shell(request, "reports"), status=422 if problem else 200)


@reads_reports
@require_safe
def report_tickets(request: AgentRequest) -> HttpResponse:
    """`of`, `agent`, `minutes`: see `tickets_behind`; `before`: where the page above ended. 404 for who sees no tickets (V3, C4)."""
    asked, of = _asked(request), request.GET.get("of", "")
    if of not in TITLES or not request.user.can_answer:
        raise Http404
    agent = get_object_or_404(Agent, pk=number_of(request.GET["agent"])) if request.GET.get("agent") else None
    at_least = number_in(request.GET.get("minutes", ""))
    found = tickets_behind(asked, of, agent=agent, at_least=min(at_least, 2**31 - 1)).visible_to(request.user)
    context: dict[str, Any] = {"asked": asked, "title": TITLES[of](), "agent": agent, "at_least": duration(at_least) if of == SLOW else ""}
    try:
        with within(PATIENCE):
            context |= _page(newest_first(found).select_related("customer", "assignee"), request)
    except TookTooLong:
        context["is_slow"] = True
    return render(request, "reports/tickets.html", context | shell(request, "reports"))


def _asked(request: HttpRequest) -> Asked:
    try:
        return Asked.read(request.GET.dict())
    except NotUnderstood:
        raise Http404 from None


def _page(tickets: QuerySet[Ticket], request: HttpRequest) -> dict[str, Any]:
    data = request.GET.copy()
    page, data["before"] = part_of(tickets, "created_at", above=data.get("before", ""), length=PAGE)
    return {"tickets": page, "older": f"?{data.urlencode()}" if data["before"] else ""}


@reads_reports
@require_safe
def report_csv(request: AgentRequest, table: str) -> HttpResponse:
    if table not in TABLES:
        raise Http404
    asked = _asked(request)
    try:
        with within(PATIENCE):
            rows = list(TABLES[table](asked))
    except TookTooLong:
        return HttpResponse(_("This takes too long to count: choose fewer days, or one channel."), status=503, content_type="text/plain")
    response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{table}-{asked.first}-{asked.last}.csv"'
    return response  # type: ignore[return-value] # both are what a view gives
