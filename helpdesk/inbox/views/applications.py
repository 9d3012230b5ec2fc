"""Applying the live rules to the tickets that nobody has: what it would do, how far it is, and undoing it (C14)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from helpdesk.inbox.access import reads_rules
from helpdesk.inbox.pages import AgentRequest, shell
from routing.applying.models import Application
from routing.applying.preview import preview
from routing.applying.runs import CannotApply, cancel, start, undo
from routing.rule_set import live
from routing.rules import must_publish

PAGE = 50
EARLIER = 10


@reads_rules
@require_http_methods(["GET", "POST"])
def applications(request: AgentRequest) -> HttpResponse:
    """GET: what it would do. POST: do it."""
    must_publish(request.user)
    if request.method == "GET":
        return _preview_page(request)
    try:
        return redirect("application", start(by=request.user).pk)
    except CannotApply as problem:
        return _preview_page(request, problem=str(problem))


def _preview_page(request: AgentRequest, *, problem: str = "") -> HttpResponse:
    earlier = Application.objects.select_related("rule_set", "by").defer("rule_set__rules")[:EARLIER]
    context = {"preview": preview(), "is_published": live().id is not None, "earlier": earlier, "problem": problem}
    return render(request, "routing/applications/list.html", shell(request, "rules") | context, status=409 if problem else 200)


@reads_rules
@require_safe
def application(request: AgentRequest, number: int) -> HttpResponse:
    must_publish(request.user)
    return _run_page(request, number)


def _run_page(request: AgentRequest, number: int, *, problem: str = "") -> HttpResponse:
    run = get_object_or_404(Application.objects.select_related("rule_set", "by", "undone_by").defer("rule_set__rules"), pk=number)
    moves = run.moves.select_related("ticket", "team", "agent").order_by("pk")[:PAGE]
    context = {"run": run, "moves": moves, "rest": max(0, run.moves.count() - PAGE), "problem": problem}
    if request.htmx.target == "run":
        return render(request, "routing/applications/_run.html", context)
    return render(request, "routing/applications/run.html", shell(request, "rules") | context, status=409 if problem else 200)


@reads_rules
@require_POST
def application_cancellation(request: AgentRequest, number: int) -> HttpResponse:
    cancel(get_object_or_404(Application, pk=number), by=request.user)
    return redirect("application", number)


@reads_rules
@require_POST
def application_undoing(request: AgentRequest, number: int) -> HttpResponse:
    try:
        undo(get_object_or_404(Application, pk=number), by=request.user)
    except CannotApply as problem:
        return _run_page(request, number, problem=str(problem))
    return redirect("application", number)
