"""The page of one rule: the builder, where its tickets go, and what it would catch."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from agents.text import number_in
from helpdesk.conditions.grammar import DefinitionError
from helpdesk.inbox.access import reads_rules
from helpdesk.inbox.builder.controls import sheet
from helpdesk.inbox.builder.state import Builder
from helpdesk.inbox.pages import AgentRequest, shell
from helpdesk.inbox.rules import lines as shown
from helpdesk.inbox.rules.form import RuleForm, as_written, draft_with, team_choices, version_of, view_choices
from helpdesk.inbox.rules.tests import tests_of
from helpdesk.inbox.views.backtests import begun
from helpdesk.inbox.views.rules import CONFIRMED, confirmation, known_rule
from routing import rules as verbs
from routing.backtest.effect import effect_of
from routing.checking import findings
from routing.models import Rule
from routing.publication import draft
from routing.rule_set import Written, live_contents
from routing.standing import by_number, standing

RESHAPE = "rule-builder"
CHECKED = 0.25  # seconds: whoever is typing waits for it


@reads_rules
@require_http_methods(["GET", "POST"])
def new_rule(request: AgentRequest) -> HttpResponse:
    verbs.must_draft(request.user)
    if request.method == "GET":
        return _page(request, RuleForm.empty())
    form = RuleForm.posted(request.POST)
    return _save(request, form, None) or _page(request, form, status=_status(request))


@reads_rules
@require_http_methods(["GET", "POST"])
def rule(request: AgentRequest, rule_id: int) -> HttpResponse:
    if request.method == "GET":
        wanted = known_rule(rule_id)
        return _page(request, RuleForm.of(wanted), wanted)
    form, found = RuleForm.posted(request.POST), Rule.objects.select_related("team", "view", "by").filter(pk=rule_id).first()
    return _gone(request, form) if found is None else _change(request, form, found)


def _gone(request: AgentRequest, form: RuleForm) -> HttpResponse:
    """What was written is kept: it can be saved as a new rule."""
    verbs.must_draft(request.user)
    form.is_gone = True
    return _page(request, form, status=409)


def _change(request: AgentRequest, form: RuleForm, wanted: Rule) -> HttpResponse:
    verbs.must_write(wanted, request.user)
    if (then := request.POST.get("then")) in CONFIRMED:
        return confirmation(request, wanted, then, kept=request.POST)
    if "do" not in request.POST and form.seen not in ("", version_of(wanted)):
        form.seen, form.is_overtaken = version_of(wanted), True  # saving once more is meant
        return _page(request, form, wanted, status=409)
    return _save(request, form, wanted) or _page(request, form, wanted, status=_status(request))


def _status(request: AgentRequest) -> int:
    return 200 if "do" in request.POST else 422


def _save(request: AgentRequest, form: RuleForm, rule: Rule | None) -> HttpResponse | None:
    """Where to go on from; None with the form's problems, or where a button only changed the form."""
    if "do" in request.POST:
        return None
    definition, to = form.builder.checked(), form.to()
    if definition is None or to is None:
        return None
    try:
        if rule is None:
            rule = verbs.create_rule(form.name, form.builder.json, to=to, by=request.user)
        else:
            verbs.change_rule(rule, name=form.name, definition=form.builder.json, to=to, by=request.user)
    except verbs.RuleError as problem:
        form.name_problem = str(problem)
        return None
    except DefinitionError as error:
        form.builder.refused(error)
        return None
    return _go_on(request, rule)


def _go_on(request: AgentRequest, rule: Rule) -> HttpResponse:
    """The button says where to."""
    then, may_publish = request.POST.get("then"), verbs.may_publish(request.user)
    if then == "copy":
        return redirect("rule", verbs.copy_rule(rule, by=request.user).pk)
    if then in ("on", "off", "publish") and may_publish and rule.is_active != (then != "off"):  # who publishes a rule wants it on
        verbs.switch_rule(rule, is_active=then != "off", by=request.user)
    if then == "back-test" and may_publish:
        return begun(request, days=30, also=[rule.pk])
    if then == "publish" and may_publish:
        return redirect(f"{reverse('publication')}?rule={rule.pk}")
    return redirect(f"{reverse('rule', args=[rule.pk])}?saved")


def _page(request: AgentRequest, form: RuleForm, rule: Rule | None = None, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = shell(request, "rules") | {"form": form, "rule": rule, "is_saved": "saved" in request.GET}
    may_write = rule is None or verbs.may_write(rule, request.user)
    is_written = may_write and (rule is None or not rule.is_deleted or form.is_overtaken)
    context |= {"may_publish": verbs.may_publish(request.user), "may_write": may_write, "is_written": is_written}
    context |= {"sheet": sheet(form.builder), "reshape": RESHAPE, "teams": team_choices(), "views": view_choices()}
    contents = draft()
    context |= _effect(Builder(form.builder.groups, about_tickets=True), form, rule, contents)
    if rule:
        context |= _standing(rule, contents) | {"tests": tests_of(rule, contents)}
    return render(request, "routing/rule.html", context, status=status)


def _standing(rule: Rule, contents: list[Written]) -> dict[str, Any]:
    """Its place, and how it stands to what is live."""
    written = by_number(contents)
    stands = standing(rule.pk, written, by_number(live_contents()))
    number = list(written).index(rule.pk) + 1 if rule.pk in written else None
    return {"state": shown.STATES[stands], "number": number, "total": len(written), "is_changed": stands in ("changed", "going")}


def _effect(builder: Builder, form: RuleForm, rule: Rule | None, contents: list[Written]) -> dict[str, Any]:
    """What follows from what is written so far. `builder` is asked instead of the form's, which shall not complain yet. `contents`: the draft."""
    definition = builder.checked()
    written = as_written(rule, form, definition)
    found = findings(draft_with(contents, rule, written), seconds=CHECKED) if definition else []
    about = [each for each in found if each.rule == written["id"]]
    return {"effect": effect_of(definition), "sentence": shown.sentence(definition, written), "findings": about}


@reads_rules
@require_POST
def reshaped(request: AgentRequest) -> HttpResponse:
    """The builder alone, as the form says now. What follows from it is asked for next."""
    verbs.must_draft(request.user)
    form = RuleForm.posted(request.POST)
    response = render(request, "builder/_builder.html", {"sheet": sheet(form.builder), "reshape": RESHAPE})
    response["HX-Trigger-After-Swap"] = "reshaped"
    return response


@reads_rules
@require_POST
def effect(request: AgentRequest) -> HttpResponse:
    """How many tickets match what is being built, a few of them, what it says, and what is wrong with it among the others. `rule`: its number."""
    verbs.must_draft(request.user)
    form = RuleForm.posted(request.POST)
    rule = Rule.objects.filter(pk=number_in(request.POST.get("rule", ""))).first()
    return render(request, "routing/_effect.html", _effect(form.builder, form, rule, draft()) | {"is_part": True})
