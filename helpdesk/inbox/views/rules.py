"""Rules: the list, and what is done to one of them as a whole."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from helpdesk.inbox.access import reads_rules
from helpdesk.inbox.pages import AgentRequest, shell
from helpdesk.inbox.rules import rule_list
from routing import rules as verbs
from routing.examples import EXAMPLES, add_example
from routing.models import Rule


@reads_rules
@require_safe
def rules(request: AgentRequest) -> HttpResponse:
    """`?at=up-3`: the button that a keyboard goes on from."""
    return _list_page(request)


def _list_page(request: AgentRequest, *, status: int = 200, problem: str = "") -> HttpResponse:
    context = {"list": rule_list(request.user), "may_publish": verbs.may_publish(request.user), "at": request.GET.get("at", ""), "problem": problem}
    if request.htmx.target == "rules":
        return render(request, "routing/_list.html", context)
    return render(request, "routing/list.html", shell(request, "rules") | context, status=status)


@reads_rules
@require_POST
def order(request: AgentRequest) -> HttpResponse:
    """The rules as they were dragged, or one of them moved `up` or `down` by one."""
    verbs.must_publish(request.user)
    numbers = list(Rule.objects.order_by("position", "pk").values_list("pk", flat=True))
    known = {str(number): number for number in numbers}
    for name, by in (("up", -1), ("down", 1)):
        if (moved := known.get(request.POST.get(name, ""))) is not None:
            verbs.order_rules(_moved(numbers, moved, by), by=request.user)
            return redirect(f"{reverse('rules')}?at={name}-{moved}")
    verbs.order_rules([known[number] for number in dict.fromkeys(request.POST.getlist("rule")) if number in known], by=request.user)
    return redirect("rules")


def _moved(numbers: list[int], number: int, by: int) -> list[int]:
    at = numbers.index(number)
    others = numbers[:at] + numbers[at + 1 :]
    to = max(0, at + by)
    return [*others[:to], number, *others[to:]]


@reads_rules
@require_POST
def example(request: AgentRequest) -> HttpResponse:
    """R14, R15: a draft, one click away."""
    key = request.POST.get("key", "")
    if key not in {each.key for each in EXAMPLES}:
        raise Http404
    try:
        return redirect("rule", add_example(key, by=request.user).pk)
    except verbs.RuleError as problem:
        return _list_page(request, status=409, problem=str(problem))


@reads_rules
@require_POST
def copies(request: AgentRequest, rule_id: int) -> HttpResponse:
    """A copy has another place, and mostly another reader: its own page."""
    try:
        return redirect("rule", verbs.copy_rule(known_rule(rule_id), by=request.user).pk)
    except verbs.RuleError as problem:
        return _list_page(request, status=409, problem=str(problem))


@reads_rules
@require_POST
def activity(request: AgentRequest, rule_id: int) -> HttpResponse:
    wanted = known_rule(rule_id)
    verbs.switch_rule(wanted, is_active=request.POST.get("active") == "on", by=request.user)
    return redirect("rule", wanted.pk) if "here" in request.POST else redirect("rules")


@reads_rules
@require_POST
def discarding(request: AgentRequest, rule_id: int) -> HttpResponse:
    """Back to the rule as it is live: changed, switched off or deleted."""
    wanted = known_rule(rule_id)
    try:
        verbs.discard_changes(wanted, by=request.user)
    except verbs.RuleError as problem:
        return _list_page(request, status=409, problem=str(problem))
    return redirect("rule", wanted.pk) if "here" in request.POST else redirect("rules")


@reads_rules
@require_http_methods(["GET", "POST"])
def deletion(request: AgentRequest, rule_id: int) -> HttpResponse:
    """GET: what it means, before it is done."""
    wanted = known_rule(rule_id)
    verbs.must_write(wanted, request.user)
    if request.method == "POST":
        verbs.delete_rule(wanted, by=request.user)
        return redirect("rules")
    context = shell(request, "rules") | {"rule": wanted, "is_live": verbs.live_version_of(wanted) is not None}
    return render(request, "routing/deletion.html", context)


def known_rule(rule_id: int) -> Rule:
    return get_object_or_404(Rule.objects.select_related("team", "view", "by"), pk=rule_id)
