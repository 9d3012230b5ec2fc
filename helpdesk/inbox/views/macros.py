"""Macros: chosen in the composer, and the page where people keep their own."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from agents.models import Agent
from agents.text import number_in
from helpdesk.inbox.access import reads_customers, signed_in
from helpdesk.inbox.pages import AgentRequest, back_to_ticket, shell, visible_ticket
from helpdesk.tickets.conversation.drafts import draft_of, save_draft
from helpdesk.tickets.conversation.macro_form import MacroForm
from helpdesk.tickets.conversation.macros import delete_macro, fill, holes, save_macro
from helpdesk.tickets.models import Macro, Ticket

AT_MOST = 50


@dataclass(frozen=True)
class Pick:
    """One macro as it would read in this ticket; `missing` are the variables nobody could fill."""

    macro: Macro
    text: str
    missing: list[str]


@signed_in
@require_http_methods(["GET", "POST"])
def ticket_macros(request: AgentRequest, number: int) -> HttpResponse:
    """GET: those that `q` finds, filled for this ticket; `pick` asks for the list alone. POST: one goes to the end of the draft."""
    ticket = visible_ticket(request, number)
    if request.method == "POST":
        return _use(request, ticket)
    found = _found(request.user, request.GET.get("q", ""))
    context = {"ticket": ticket, "q": request.GET.get("q", ""), "picks": [_pick(macro, ticket, request.user) for macro in found]}
    if "pick" in request.GET:
        return render(request, "inbox/_macro_picks.html", context)
    return render(request, "inbox/ticket_macros.html", context | shell(request, "macros"))


def _use(request: AgentRequest, ticket: Ticket) -> HttpResponse:
    macro = get_object_or_404(Macro.objects.usable_by(request.user), pk=number_in(request.POST.get("macro", "")))
    draft = draft_of(ticket, request.user)
    text = f"{draft.text}\n\n{fill(macro.body, ticket, by=request.user)}".strip() if draft else fill(macro.body, ticket, by=request.user)
    save_draft(ticket, text, is_internal=draft.is_internal if draft else False, seen=None, by=request.user)
    return back_to_ticket(request, ticket)


def _found(agent: Agent, text: str) -> list[Macro]:
    found = Macro.objects.usable_by(agent)
    for word in text.replace("\0", "").split()[:5]:
        found = found.filter(Q(name__icontains=word) | Q(category__icontains=word) | Q(body__icontains=word))
    return list(found[:AT_MOST])


def _pick(macro: Macro, ticket: Ticket, agent: Agent) -> Pick:
    text = fill(macro.body, ticket, by=agent)
    return Pick(macro, text, holes(text))


@reads_customers
@require_http_methods(["GET", "POST"])
def macros(request: AgentRequest) -> HttpResponse:
    """Own ones can be changed here; shared ones in the admin, by those who may."""
    return _edited(request, Macro(owner=request.user))


@reads_customers
@require_http_methods(["GET", "POST", "DELETE"])
def macro(request: AgentRequest, macro_id: int) -> HttpResponse:
    own = get_object_or_404(Macro, pk=macro_id, owner=request.user)
    if request.method == "DELETE" or request.POST.get("_method") == "DELETE":
        delete_macro(own, by=request.user)
        return redirect("macros")
    return _edited(request, own)


def _edited(request: AgentRequest, row: Macro) -> HttpResponse:
    form = MacroForm(request.POST if request.method == "POST" else None, instance=row)
    if form.is_bound and form.is_valid():
        save_macro(form.save(commit=False), by=request.user)
        return redirect("macros")
    usable = Macro.objects.usable_by(request.user)
    context = {"form": form, "row": row, "own": usable.filter(owner=request.user), "shared": usable.filter(owner=None)}
    return render(request, "inbox/macros.html", context | shell(request, "macros"), status=422 if form.is_bound else 200)
