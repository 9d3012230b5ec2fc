"""Spreading the tickets of people who are not there (I8): what it would do, doing it, what it did, and taking it back."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents.models import Team
from helpdesk.inbox.access import reads_customers
from helpdesk.inbox.lists.backlog import backlog_of, team_of, ways_out
from helpdesk.inbox.pages import AgentRequest, list_key, shell
from helpdesk.tickets.acts.bulk import undo
from helpdesk.tickets.models import Act
from routing.backlog import KIND, may_spread, plan, spread


@reads_customers
@require_http_methods(["GET", "HEAD", "POST"])
def backlog(request: AgentRequest) -> HttpResponse:
    """`in`: the list, All or a team's; 404 for any other, that nobody spreads the desk for a team that is gone. GET: what it would do. POST: do it."""
    key = request.GET.get("in", "all")
    team = _team(key)
    if not may_spread(request.user, team):
        raise PermissionDenied
    if request.method != "POST":
        return _plan_page(request, key, team)
    outcome = spread(team, by=request.user)
    if outcome.act is None:
        return _plan_page(request, key, team, status=409)
    return redirect(f"{reverse('spreading', args=[outcome.act.pk])}?{urlencode({'in': key})}")


def _plan_page(request: AgentRequest, key: str, team: Team | None, status: int = 200) -> HttpResponse:
    found, would = backlog_of(request.user, key), plan(team)
    theirs = urlencode({"assignee": [owner.pk for owner in found.owners]}, doseq=True) if found else ""
    context = {"team": team, "place": key, "backlog": found, "plan": would, "ways_out": ways_out(would), "theirs": theirs, "is_refused": status == 409}
    return render(request, "backlog/plan.html", shell(request, key) | context, status=status)


def _team(key: str) -> Team | None:
    if key == "all":
        return None
    if team := team_of(key):
        return team
    raise Http404


@reads_customers
@require_safe
def spreading(request: AgentRequest, act_id: int) -> HttpResponse:
    """What it did: for whoever did it, who alone can undo it."""
    return _result_page(request, _mine(request, act_id))


@reads_customers
@require_POST
@transaction.atomic
def spreading_undoing(request: AgentRequest, act_id: int) -> HttpResponse:
    """A second press waits for the first: only one of them says what went back."""
    act = _mine(request, act_id)
    if act.undone_at:
        return _result_page(request, act)
    outcome = undo(act, by=request.user)
    act.refresh_from_db()
    return _result_page(request, act, returned=outcome.changed)


def _result_page(request: AgentRequest, act: Act, returned: int | None = None) -> HttpResponse:
    """`returned`: how many tickets this very press of Undo gave back."""
    key, count = list_key(request), len(act.was)
    context = {"act": act, "count": count, "gets": act.besides["gets"], "returned": returned, "kept": count - (returned or 0), "place": key}
    return render(request, "backlog/spreading.html", shell(request, key) | context)


def _mine(request: AgentRequest, act_id: int) -> Act:
    """Held, where it is undone."""
    acts = Act.objects.select_for_update() if request.method == "POST" else Act.objects.all()
    return get_object_or_404(acts, pk=act_id, by=request.user, kind=KIND)
