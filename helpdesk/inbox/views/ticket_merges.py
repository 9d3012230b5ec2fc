"""Two tickets that are one conversation, and one that is two: merges and splits."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.inbox.access import signed_in
from helpdesk.inbox.forms import SplitForm, TicketMergeForm
from helpdesk.inbox.pages import AgentRequest, back_to_ticket, first_error, list_key, place_of, shell, ticket_page, ticket_url, visible_ticket
from helpdesk.tickets.acts.merging import MergeRefused, merge_tickets, undo_ticket_merge
from helpdesk.tickets.acts.splitting import SplitRefused, split_ticket
from helpdesk.tickets.models import Ticket, TicketMerge

OFFERED = 20  # other tickets of the customer


@signed_in
@require_http_methods(["GET", "POST"])
def ticket_merge(request: AgentRequest, number: int) -> HttpResponse:
    """GET: with which other, and which of the two is kept. POST: `other`, and `keep`, this or other."""
    ticket = visible_ticket(request, number)
    form = TicketMergeForm(request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        return _merge_page(request, ticket, problem=first_error(form) if form.is_bound else "")
    other = Ticket.objects.visible_to(request.user).filter(pk=form.cleaned_data["other"]).first()
    if other is None:
        return _merge_page(request, ticket, problem=str(form.NOT_THERE))
    kept, merged = (ticket, other) if form.cleaned_data["keep"] == "this" else (other, ticket)
    try:
        merge_tickets(kept, merged, by=request.user)
    except MergeRefused as problem:
        return _merge_page(request, ticket, problem=str(problem))
    return redirect(ticket_url(kept, place_of(request)))


def _merge_page(request: AgentRequest, ticket: Ticket, *, problem: str = "") -> HttpResponse:
    others = Ticket.objects.visible_to(request.user).filter(customer=ticket.customer_id, is_spam=False).exclude(pk=ticket.pk)
    others = others.exclude(merged_by__in=TicketMerge.objects.filter(undone_at=None))
    context: dict[str, Any] = {"ticket": ticket, "others": others.order_by("-last_message_at")[:OFFERED], "problem": problem, "place": place_of(request)}
    context |= {"other": request.POST.get("other", ""), "keep": request.POST.get("keep", "this")}
    return render(request, "inbox/ticket_merge.html", shell(request, list_key(request)) | context, status=422 if problem else 200)


@signed_in
@require_POST
def ticket_merge_undoing(request: AgentRequest, merge_id: int) -> HttpResponse:
    merges = TicketMerge.objects.filter(kept__in=Ticket.objects.visible_to(request.user)).select_related("merged")
    merge = get_object_or_404(merges, pk=merge_id)
    ticket = visible_ticket(request, merge.merged_id)
    try:
        undo_ticket_merge(merge, by=request.user)
    except MergeRefused as problem:
        return ticket_page(request, ticket, status=409, notice=str(problem))
    return back_to_ticket(request, ticket)


@signed_in
@require_http_methods(["GET", "POST"])
def ticket_split(request: AgentRequest, number: int) -> HttpResponse:
    """GET: which messages, and what the new ticket is about. POST: `message`, their numbers, and `subject`."""
    ticket = visible_ticket(request, number)
    form = SplitForm(ticket.messages.all(), request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        return _split_page(request, ticket, problem=first_error(form) if form.is_bound else "")
    chosen = {message.pk for message in form.cleaned_data["message"]}
    try:
        new = split_ticket(ticket, chosen, subject=form.cleaned_data["subject"], by=request.user)
    except SplitRefused as problem:
        return _split_page(request, ticket, problem=str(problem))
    return redirect(ticket_url(new, place_of(request)))


def _split_page(request: AgentRequest, ticket: Ticket, *, problem: str = "") -> HttpResponse:
    context: dict[str, Any] = {"ticket": ticket, "messages": ticket.messages.select_related("agent"), "problem": problem, "place": place_of(request)}
    context |= {"ticked": request.POST.getlist("message"), "subject": request.POST.get("subject", ticket.subject)}
    return render(request, "inbox/ticket_split.html", shell(request, list_key(request)) | context, status=422 if problem else 200)
