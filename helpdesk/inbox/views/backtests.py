"""Back-tests: what the draft would have done to the tickets of the last days (I1)."""

from __future__ import annotations

from collections.abc import Collection

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from helpdesk.inbox.access import reads_rules
from helpdesk.inbox.addresses import number_of
from helpdesk.inbox.pages import AgentRequest, shell
from helpdesk.inbox.rules.backtests import page_of
from routing.backtest.models import BackTest
from routing.backtest.runs import DAYS, cancel, start
from routing.models import Rule
from routing.rules import RuleError, may_publish


@reads_rules
@require_http_methods(["GET", "POST"])
def back_tests(request: AgentRequest) -> HttpResponse:
    """GET: the latest. POST begins one; `days`, and each `rule` that is tested as if it were on."""
    if request.method == "GET":
        return _list_page(request)
    days = request.POST.get("days", "30")
    numbers = [number_of(rule) for rule in request.POST.getlist("rule") if rule]
    also = list(Rule.objects.filter(pk__in=numbers).values_list("pk", flat=True))
    return begun(request, days=int(days) if days in map(str, DAYS) else 30, also=also)


def begun(request: AgentRequest, *, days: int, also: Collection[int]) -> HttpResponse:
    """Its page, or why it cannot begin."""
    try:
        return redirect("back-test", start(by=request.user, days=days, also=also).pk)
    except RuleError as problem:
        return _list_page(request, problem=str(problem))


def _list_page(request: AgentRequest, *, problem: str = "") -> HttpResponse:
    tests = BackTest.objects.select_related("by").defer("rules", "found")[:30]
    context = shell(request, "rules") | {"tests": tests, "days": DAYS, "may_publish": may_publish(request.user), "problem": problem}
    return render(request, "routing/backtest/list.html", context, status=409 if problem else 200)


@reads_rules
@require_safe
def back_test(request: AgentRequest, number: int) -> HttpResponse:
    test = get_object_or_404(BackTest.objects.select_related("by"), pk=number)
    context = {"test": test, "days": DAYS, "may_publish": may_publish(request.user)} | page_of(test)
    if request.htmx.target == "back-test":
        return render(request, "routing/backtest/_test.html", context)
    return render(request, "routing/backtest/test.html", shell(request, "rules") | context)


@reads_rules
@require_POST
def back_test_cancellation(request: AgentRequest, number: int) -> HttpResponse:
    cancel(get_object_or_404(BackTest, pk=number), by=request.user)
    return redirect("back-test", number)
