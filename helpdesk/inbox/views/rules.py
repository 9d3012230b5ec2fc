"""Rules: the list, and what is done to one of them as a whole."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from helpdesk.inbox.access import reads_rules
from helpdesk.inbox.pages import AgentRequest, shell
from helpdesk.inbox.rules.lines import rule_list
from routing import rules as verbs
from routing.examples import EXAMPLES, add_example
from routing.models import Rule
from routing.publication import was_published


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


def on_rule(verb: Callable[[AgentRequest, Rule], HttpResponse]) -> Callable[..., HttpResponse]:
    """What is done to one rule, and may be refused: the list says why, also that it was deleted meanwhile."""

    @reads_rules
    @wraps(verb)
    def acting(request: AgentRequest, rule_id: int) -> HttpResponse:
        try:
            return verb(request, known_rule(rule_id) if request.method == "GET" else verbs.rule_now(rule_id))
        except verbs.RuleError as problem:
            return _list_page(request, status=409, problem=str(problem))

    return acting


@require_POST
@on_rule
def copies(request: AgentRequest, rule: Rule) -> HttpResponse:
    """A copy has another place, and mostly another reader: its own page."""
    return redirect("rule", verbs.copy_rule(rule, by=request.user).pk)


@require_POST
@on_rule
def activity(request: AgentRequest, rule: Rule) -> HttpResponse:
    verbs.switch_rule(rule, is_active=request.POST.get("active") == "on", by=request.user)
    return redirect("rules")


@require_POST
@on_rule
def discarding(request: AgentRequest, rule: Rule) -> HttpResponse:
    """Back to the rule as it is live: changed, switched off or deleted."""
    verbs.discard_changes(rule, by=request.user)
    return redirect("rule", rule.pk) if "here" in request.POST else redirect("rules")


@require_http_methods(["GET", "POST"])
@on_rule
def deletion(request: AgentRequest, rule: Rule) -> HttpResponse:
    """GET: what it means, before it is done."""
    verbs.must_write(rule, request.user)
    if request.method == "GET":
        return confirmation(request, rule, "delete")
    verbs.delete_rule(rule, by=request.user)
    return redirect("rules")


CONFIRMED = {"delete": "routing/deletion.html", "discard": "routing/discarding.html"}


def confirmation(request: AgentRequest, rule: Rule, verb: str, *, kept: QueryDict | None = None) -> HttpResponse:
    """`kept`: what the person was writing, for whoever keeps the rule after all."""
    fields = [(name, value) for name, values in kept.lists() if name not in _OURS for value in values] if kept else []
    context = shell(request, "rules") | {"rule": rule, "kept": fields, "is_live": verbs.live_version_of(rule) is not None}
    context |= {"was_live": verb == "delete" and was_published(rule)}
    return render(request, CONFIRMED[verb], context)


_OURS = ("csrfmiddlewaretoken", "do", "then")


def known_rule(rule_id: int) -> Rule:
    return get_object_or_404(Rule.objects.select_related("team", "view", "by"), pk=rule_id)
