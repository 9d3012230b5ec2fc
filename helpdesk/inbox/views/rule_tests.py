"""Rule tests: the list with its results, writing one, and making one of a ticket (I4)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from helpdesk.inbox.access import reads_rules
from helpdesk.inbox.pages import AgentRequest, shell, visible_ticket
from helpdesk.inbox.rules.test_form import RuleTestForm
from routing.models import RuleTest
from routing.publication import draft
from routing.rule_tests.from_tickets import rule_test_from
from routing.rule_tests.results import results
from routing.rule_tests.writing import RuleTestError, change_test, create_test, delete_test
from routing.rules import must_publish


@reads_rules
@require_safe
def rule_tests(request: AgentRequest) -> HttpResponse:
    return _list_page(request)


def _list_page(request: AgentRequest, *, problem: str = "") -> HttpResponse:
    """Against the rules as they would be published now."""
    found = results(draft())
    failed = sum(not result.passed for result in found)
    context = {"results": found, "failed": failed, "problem": problem}
    return render(request, "routing/tests/list.html", shell(request, "rules") | context, status=409 if problem else 200)


@reads_rules
@require_http_methods(["GET", "POST"])
def new_rule_test(request: AgentRequest) -> HttpResponse:
    must_publish(request.user)
    return _form_page(request, RuleTestForm()) if request.method == "GET" else _save(request, RuleTestForm(request.POST))


@reads_rules
@require_http_methods(["GET", "POST"])
def rule_test(request: AgentRequest, test_id: int) -> HttpResponse:
    test = _test(test_id)
    if request.method == "GET":
        return _form_page(request, RuleTestForm(test=test), seen=version_of(test))
    must_publish(request.user)
    form = RuleTestForm(request.POST, test=test)
    if request.POST.get("seen", "") not in ("", version_of(test)):  # saving once more is meant
        return _form_page(request, form, seen=version_of(test), status=409)
    return _save(request, form)


def _test(test_id: int) -> RuleTest:
    return get_object_or_404(RuleTest.objects.select_related("team", "ticket", "by").prefetch_related("views"), pk=test_id)


def version_of(test: RuleTest) -> str:
    """Tells a test from what somebody else made of it meanwhile."""
    return test.changed_at.isoformat()


def _save(request: AgentRequest, form: RuleTestForm) -> HttpResponse:
    if form.is_valid():
        try:
            if form.test is None:
                form.test = create_test(**form.written(), by=request.user)
            else:
                change_test(form.test, **form.written(), by=request.user)
            return redirect(f"{reverse('rule-test', args=[form.test.pk])}?saved")
        except RuleTestError as problem:
            form.add_error(None, str(problem))
    return _form_page(request, form, seen=request.POST.get("seen", ""), status=422)


def _form_page(request: AgentRequest, form: RuleTestForm, *, seen: str = "", status: int = 200) -> HttpResponse:
    """With what the rules make of the test as it is kept, unless the form says something else."""
    found = results(draft(), tests=[form.test]) if form.test and not form.is_bound else []
    context: dict[str, Any] = {"form": form, "test": form.test, "result": found[0] if found else None, "seen": seen}
    context |= {"is_saved": "saved" in request.GET, "is_overtaken": status == 409}
    return render(request, "routing/tests/test.html", shell(request, "rules") | context, status=status)


@reads_rules
@require_http_methods(["GET", "POST"])
def rule_test_deletion(request: AgentRequest, test_id: int) -> HttpResponse:
    must_publish(request.user)
    test = _test(test_id)
    if request.method == "POST":
        delete_test(test, by=request.user)
        return redirect("rule-tests")
    return render(request, "routing/tests/deletion.html", shell(request, "rules") | {"test": test})


@reads_rules
@require_POST
def ticket_rule_test(request: AgentRequest, number: int) -> HttpResponse:
    """One click: the ticket as it was when it was decided about last, and where it went."""
    decision = visible_ticket(request, number).decisions.select_related("ticket__customer", "rule_set").first()
    if decision is None:
        raise Http404
    try:
        return redirect("rule-test", rule_test_from(decision, by=request.user).pk)
    except RuleTestError as problem:
        return _list_page(request, problem=str(problem))
