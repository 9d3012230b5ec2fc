"""Publishing rules: what would change, the versions that were, and going back to one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents.text import one_line
from helpdesk.inbox.access import reads_rules
from helpdesk.inbox.addresses import number_of
from helpdesk.inbox.pages import AgentRequest, shell
from helpdesk.inbox.rules.changes import as_text, change_lines, changed_rules, in_words, review
from helpdesk.inbox.rules.lines import live_version
from routing import publication as verbs
from routing.models import Rule, RuleSet
from routing.rule_tests.results import results
from routing.rules import may_publish, must_publish

PAGE = 30
_UNSEEN = gettext_lazy("What goes live is different from what you saw. Look at it, then publish.")


@reads_rules
@require_http_methods(["GET", "POST"])
def publication(request: AgentRequest) -> HttpResponse:
    """`?rule=3`: that change alone. POST with `do`: the page again, with other ticks."""
    must_publish(request.user)
    changed = changed_rules()
    if request.method == "GET":
        only = request.GET.get("rule", "")
        return _review(request, {number for number in changed if only and str(number) != only})
    ticked = set(request.POST.getlist("publish"))
    left_out = {number for number in changed if str(number) not in ticked}
    if "do" in request.POST:
        return _review(request, left_out)
    looked_at = set(request.POST.get("ticked", "").split())
    if looked_at.isdisjoint(map(str, changed)) and verbs.is_live(verbs.draft(leave_out=left_out)):
        return redirect("rules")  # the button was pressed twice
    return _publish(request, left_out, as_text(changed - left_out))


def _publish(request: AgentRequest, left_out: Collection[int], ticked: str) -> HttpResponse:
    """Nothing goes live that was not on the page: without scripts ticks change, and the page does not."""
    note, seen = one_line(request.POST.get("note", "")), request.POST.get("seen") or "nothing"
    if ticked != request.POST.get("ticked", ""):
        return _review(request, left_out, status=409, problem=str(_UNSEEN))
    try:
        verbs.publish(by=request.user, note=note, leave_out=left_out, seen=seen)
    except verbs.Overtaken as problem:
        return _review(request, left_out, status=409, problem=str(problem))
    except verbs.CannotPublish:
        return _review(request, left_out, status=422)
    return redirect("rules")


def _review(request: AgentRequest, left_out: Collection[int], *, status: int = 200, problem: str = "") -> HttpResponse:
    looked = review(left_out=left_out)
    context = {"review": looked, "tests": looked.tests, "version": live_version(), "note": request.POST.get("note", ""), "problem": problem}
    if request.htmx.target == "review":
        return render(request, "routing/_review.html", context, status=status)
    return render(request, "routing/publication.html", shell(request, "rules") | context, status=status)


@reads_rules
@require_safe
def versions(request: AgentRequest) -> HttpResponse:
    """The newest first. `?before=40`: those that are older."""
    found = RuleSet.objects.select_related("by", "restores").defer("restores__rules")
    if before := request.GET.get("before", ""):
        found = found.filter(number__lt=number_of(before))
    page = list(found[: PAGE + 1])
    context = {"versions": page[:PAGE], "older": page[PAGE - 1].number if len(page) > PAGE else None, "live": live_version()}
    return render(request, "routing/versions.html", shell(request, "rules") | context)


@reads_rules
@require_safe
def version(request: AgentRequest, version_number: int) -> HttpResponse:
    return _version_page(request, _version(version_number))


def _version(number: int) -> RuleSet:
    return get_object_or_404(RuleSet.objects.select_related("by", "restores"), number=number)


def _version_page(request: AgentRequest, wanted: RuleSet, *, status: int = 200, problem: str = "") -> HttpResponse:
    """Its rules, what was new in it, and what stands in the way of going back to it."""
    before = RuleSet.objects.filter(number__lt=wanted.number).first()
    live, seen = live_version(), verbs.fingerprint(verbs.draft())  # before what it guards is read
    context: dict[str, Any] = {
        "version": wanted,
        "before": before,
        "rules": in_words(wanted.rules),
        "changes": change_lines(wanted.rules, since=before.rules) if before else [],
    }
    context |= {"is_live": live == wanted, "obstacles": verbs.unfit(wanted.rules), "failing": verbs.failing_tests(results(wanted.rules))}
    context |= {"may_publish": may_publish(request.user), "problem": problem, "undone": _undone(wanted), "seen": seen}
    return render(request, "routing/version.html", shell(request, "rules") | context, status=status)


def _undone(wanted: RuleSet) -> list[dict[str, Any]]:
    """What going back does to drafts. Who changed a live rule is not kept: `by` is who drafted one that is not live."""
    found, kept = verbs.undone(wanted), {rule["id"] for rule in wanted.rules}
    drafts = Rule.objects.filter(pk__in=[change.rule["id"] for change in found if change.kind == "added"]).select_related("by")
    drafters = {rule.pk: rule.by for rule in drafts}
    return [{"rule": change.rule, "by": drafters.get(change.rule["id"]), "words": _fate(change, kept)} for change in found]


def _fate(change: verbs.Change, kept: Collection[int]) -> str:
    if change.rule["id"] not in kept:
        return _("it is switched off, and stays as a draft.")
    if change.kind == "moved":
        return _("its new place is lost.")
    return _("it stays, though it was to go.") if change.kind == "removed" else _("what it says now is lost.")


@reads_rules
@require_POST
def restoration(request: AgentRequest, version_number: int) -> HttpResponse:
    """I2: one click back, over nothing that was not on the page."""
    wanted = _version(version_number)
    try:
        verbs.restore(wanted, by=request.user, seen=request.POST.get("seen") or "nothing")
    except verbs.CannotPublish:
        return _version_page(request, wanted, status=409)
    except verbs.Overtaken as problem:
        return _version_page(request, wanted, status=409, problem=str(problem))
    return redirect("rules")
